import ast
import csv
import io
import json
import math
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from scipy import special

from model.config import TrainingConfig
from model.export import archive
from model.nn.activations import ACTIVATIONS
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import checkpoint
from model.training.checkpoint import Checkpoint
from model.training.history import HistoryPoint


def trained(
    hidden=(16, 12), activation="relu", *, normalized=False, background=False, temperature=1.0, reject_bias=0.0
):
    """A checkpoint of a network with all values random, such that its answers differ."""
    config = TrainingConfig(
        hidden_sizes=hidden, activation=activation, batch_normalization=normalized, background=background
    )
    network = DigitClassifier(MLP(config.sizes, activation, batch_normalization=normalized))
    rng = np.random.default_rng(0)
    network.mlp.initialize("he", rng)
    for layer in network.mlp.layers:
        layer.biases[:] = rng.normal(0, 0.5, layer.biases.shape)
        if layer.gamma is not None:
            layer.gamma[:] = rng.uniform(0.5, 2, layer.gamma.shape)
    network.mlp.layers[-1].weights[:] *= 2
    network.mlp.running_statistics[0] = rng.normal(size=network.mlp.running_statistics.shape[1])
    network.mlp.running_statistics[1] = rng.uniform(0.5, 2, network.mlp.running_statistics.shape[1])
    network.temperature, network.reject_bias = temperature, reject_bias
    network.mlp.layers[-1].biases[:] -= network.mlp.logits(pixels()).mean(axis=0)  # or all were the same digit
    if background:  # half of the images are digits, and half none
        logits = network.mlp.logits(pixels())
        network.mlp.layers[-1].biases[10] -= np.median(
            logits[:, 10] + reject_bias - special.logsumexp(logits[:, :10], axis=1)
        )
    return Checkpoint(network, config, {"test_accuracy": 0.9712, "tested_on": "mnist-5k"})


def pixels(count=40):
    return np.random.default_rng(1).integers(0, 256, (count, 784)).astype(np.uint8)


POINTS = [
    HistoryPoint(0.0, 0, math.nan, math.nan, math.nan, math.nan, 2.31, 0.1, 0.001),
    HistoryPoint(0.25, 16, 1.7000000000000002, 0.5, 1.9, 0.45, None, None, 0.001),
]


@pytest.fixture
def unpacked(tmp_path):
    """Packs a checkpoint and unpacks it into an empty folder."""

    def unpack(made, images=None):
        content = archive.bundle(made, POINTS, "mine", pixels() if images is None else images)
        zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
        return tmp_path

    return unpack


def run(folder, *arguments):
    """The program, cut off from this checkout: no environment variables, no folder but its own."""
    command = [sys.executable, "-I", "-W", "error", "predict.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def imported(program, folder):
    """The program as a module."""
    values = {"__name__": "predict", "__file__": str(folder / "predict.py")}
    exec(compile(program, "predict.py", "exec"), values)
    return values


# -------------------------------------------------------------------------------------------------- program


@pytest.mark.parametrize(
    "options",
    [
        *({"activation": activation} for activation in ACTIVATIONS),
        {"activation": "gelu", "normalized": True},
        {"hidden": (), "temperature": 1.7},
        {"hidden": (9,), "normalized": True, "temperature": 0.6},
        {"background": True},
        {"background": True, "normalized": True, "activation": "tanh", "temperature": 1.7, "reject_bias": -0.4},
        {"hidden": (20, 18, 16, 14, 12, 11), "background": True, "reject_bias": 0.3},
    ],
    ids=str,
)
def test_the_program_says_what_the_network_says(unpacked, options):
    made = trained(**options)
    folder = unpacked(made)
    done = run(folder, "examples.npy")
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    probabilities, is_digit = made.network.predict(pixels())
    for line, row, doubt in zip(said, probabilities, [1.0] * 40 if is_digit is None else is_digit, strict=True):
        answer, probability = line.rsplit(" ", 1)
        expected = (str(row.argmax()), row.max()) if doubt >= 0.5 else ("no digit", 1 - doubt)
        assert (answer, float(probability)) == (expected[0], pytest.approx(expected[1], abs=1e-5))
    assert len({line.rsplit(" ", 1)[0] for line in said}) > 1
    if is_digit is not None:
        assert sum(line.startswith("no digit") for line in said) == 20

    predict = imported((folder / "predict.py").read_text(), folder)["predict"]
    np.testing.assert_allclose(predict(pixels()), probabilities, atol=1e-5)
    assert predict(pixels()).shape == (40, 10)


def test_square_images_and_none_at_all(unpacked):
    folder = unpacked(trained())
    np.save(folder / "square.npy", pixels().reshape(-1, 28, 28))
    np.save(folder / "none.npy", pixels(0))
    assert run(folder, "square.npy").stdout == run(folder, "examples.npy").stdout
    done = run(folder, "none.npy")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("normalized", [False, True])
def test_the_program_needs_numpy_alone(normalized, background):
    tree = ast.parse(archive.script(trained(normalized=normalized, background=background).network, "m.safetensors"))
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").partition(".")[0])
    assert "numpy" in modules
    assert modules - {"numpy"} <= sys.stdlib_module_names
    assert not {"importlib", "subprocess", "urllib", "socket"} & modules
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in ("__import__", "exec")]


def test_the_program_has_only_what_its_network_needs():
    plain = archive.script(trained().network, "m.safetensors")
    assert "ReLU" in plain
    for part in ("variance", "reject_bias", "no digit", "tanh", "GELU", "is_digit", "$"):
        assert part not in plain
    full = trained(activation="gelu", normalized=True, background=True, temperature=1.5, reject_bias=0.25).network
    program = archive.script(full, "m.safetensors")
    for part in ("variance", "no digit", "GELU", "is_digit", "1.5", "0.25", "784-16-12-11", "m.safetensors"):
        assert part in program
    assert "np.maximum" not in program
    for text in (plain, program):
        assert max(map(len, text.splitlines())) <= 120
        assert len([line for line in text.splitlines() if line.strip()]) <= 70


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (pixels()[:, :783], r"uint8 of shape \(40, 783\)"),
        (pixels() / 255, r"float64 of shape \(40, 784\)"),
        (pixels()[0], r"uint8 of shape \(784,\)"),
        (np.array({}, object), "Object arrays"),
        (b"", "."),
        (b"no array\n" * 30, "."),
        (None, "No such file"),
    ],
    ids=["783 pixels", "floats", "one row", "an object", "empty", "text", "missing"],
)
def test_what_it_cannot_read_it_says_in_one_line(unpacked, content, complaint):
    folder = unpacked(trained((5,)))
    if isinstance(content, bytes):
        (folder / "bad.npy").write_bytes(content)
    elif content is not None:
        np.save(folder / "bad.npy", content)
    done = run(folder, "bad.npy")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"predict\.py: expected one \.npy file of images, .*{complaint}.*\n", done.stderr)


def test_a_truncated_file_missing_weights_and_no_file_are_one_line_too(unpacked):
    folder = unpacked(trained((5,)))
    (folder / "part.npy").write_bytes((folder / "examples.npy").read_bytes()[:2000])
    outcomes = [run(folder, "part.npy"), run(folder), run(folder, "examples.npy", "examples.npy")]
    (folder / "mine.safetensors").unlink()
    outcomes.append(run(folder, "examples.npy"))
    for done in outcomes:
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "mine.safetensors" in outcomes[-1].stderr


@pytest.mark.parametrize("name", ["", "mine.npz", "../mine.safetensors", 'a".safetensors', "a\nb.safetensors"])
def test_a_name_that_no_weights_file_can_have_is_refused(name):
    with pytest.raises(ValueError, match=r"must be called like mine\.safetensors; got"):
        archive.script(trained().network, name)


@pytest.mark.parametrize("sizes", [(100, 10), (784, 12), (784, 5)])
def test_a_network_for_something_else_is_refused(sizes):
    with pytest.raises(ValueError, match=r"must .* got MLP"):
        archive.script(DigitClassifier(MLP(sizes)), "mine.safetensors")


# --------------------------------------------------------------------------------------------------- bundle


def test_the_bundle_holds_all_that_belongs_to_the_network(unpacked):
    made = trained(normalized=True)
    folder = unpacked(made)
    names = {path.name for path in folder.iterdir()}
    expected = {"mine.safetensors", "history.csv", "settings.json", "predict.py", "examples.npy", "README.txt"}
    assert names == expected
    back = checkpoint.load(folder / "mine.safetensors")
    assert back.network.checksum() == made.network.checksum()
    assert (back.config, back.scores) == (made.config, made.scores)
    assert TrainingConfig.of(json.loads((folder / "settings.json").read_text())) == made.config
    assert (folder / "history.csv").read_text() == archive.history_csv(POINTS)
    np.testing.assert_array_equal(np.load(folder / "examples.npy"), pixels())
    readme = (folder / "README.txt").read_text()
    assert all(name in readme for name in names - {"README.txt"})
    assert "python predict.py examples.npy" in readme
    assert "97.12%" in readme


def test_the_same_network_is_the_same_bundle_to_the_last_byte():
    made = trained()
    assert len({archive.bundle(made, POINTS, "mine", pixels()) for _ in range(6)}) == 1
    assert archive.bundle(made, POINTS[:1], "mine", pixels()) != archive.bundle(made, POINTS, "mine", pixels())


def test_a_network_of_unknown_making_has_no_settings(unpacked):
    made = Checkpoint(trained().network)
    folder = unpacked(made)
    assert not (folder / "settings.json").exists()
    assert "settings" not in (folder / "README.txt").read_text()
    assert run(folder, "examples.npy").returncode == 0


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("run 3: 64, 64", "run-3-64-64"),
        ("../../etc/passwd", "etc-passwd"),
        ("№ 7 ✎", "7"),
        ("", "network"),
        ("x" * 300, "x" * 60),
    ],
)
def test_any_name_becomes_one_that_a_file_can_have(name, file):
    packed = zipfile.ZipFile(io.BytesIO(archive.bundle(trained(()), POINTS, name, pixels(2))))
    assert f"{file}.safetensors" in packed.namelist()
    assert all(re.fullmatch(r"[\w-]+\.\w+", entry) for entry in packed.namelist())
    assert f'"{file}.safetensors"' in packed.read("predict.py").decode()


@pytest.mark.parametrize("examples", [pixels() / 255, pixels()[:, 1:], pixels()[0]])
def test_examples_that_are_no_images_are_refused(examples):
    with pytest.raises(ValueError, match=r"examples must be uint8 of shape \(n, 784\); got"):
        archive.bundle(trained(), POINTS, "mine", examples)


# -------------------------------------------------------------------------------------------------- history


def test_history_has_a_column_for_each_field_and_is_empty_where_nothing_was_measured():
    rows = list(csv.DictReader(io.StringIO(archive.history_csv(POINTS), newline="")))
    assert [tuple(row) for row in rows] == [HistoryPoint._fields, HistoryPoint._fields]
    for row, point in zip(rows, POINTS, strict=True):
        for name, value in point._asdict().items():
            if value is None or math.isnan(value):
                assert row[name] == ""
            else:
                assert float(row[name]) == value  # to the last bit
    assert rows[0]["loss"] == rows[1]["validation_loss"] == ""


def test_no_history_is_its_header_alone():
    assert archive.history_csv([]) == ",".join(HistoryPoint._fields) + "\n"
