import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from model.cli import cli
from model.cli.train import history_point
from model.config import TrainingConfig
from model.data import load
from model.inference import thresholds
from model.inference.classification import classify_files
from model.inference.committee import Committee
from model.ink import sampler
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.presets import PRESETS
from model.training import checkpoint, resume, train
from model.training.checkpoint import Checkpoint
from tests.cli.conftest import last_json, program
from tests.inference.test_classification import doubting
from tests.paths import INK, ROOT
from tests.pictures import image_file

pytestmark = pytest.mark.usefixtures("shared_cache")


@pytest.fixture(scope="module")
def weights(tmp_path_factory, mnist_5k):
    """A network that reads fairly well."""
    config = TrainingConfig(hidden_sizes=(32,), epochs=3, augmentation="affine")
    *_, progress = train(config, mnist_5k)
    path = tmp_path_factory.mktemp("weights") / "network.safetensors"
    Checkpoint.of(config, progress, mnist_5k, "finished").save(path)
    return path


def picture(path, image):
    path.write_bytes(image_file(image))
    return path


# ------------------------------------------------------------------------------------------ as a program of its own


def test_train_ends_with_what_it_promises_and_writes_what_the_others_read(tmp_path, answer):
    out = tmp_path / "network.safetensors"
    with program("train", "--epochs", 4, "--hidden-sizes", "64,32", "--seed", 7, "--out", out, "--json") as training:
        stdout, stderr = training.communicate()
    assert training.returncode == 0, stderr
    (line,) = stdout.splitlines()  # progress is on stderr
    assert "epoch" in stderr
    result = json.loads(line)
    assert result["epochs"] == 4
    assert result["seed"] == 7
    assert result["parameters"] == 784 * 64 + 64 + 64 * 32 + 32 + 32 * 10 + 10
    assert result["validation_accuracy"] > 0.85
    assert result["test_accuracy"] > 0.85
    assert result["seconds"] > 0
    assert (result["status"], result["out"]) == ("finished", str(out))
    assert [point["epoch"] for point in result["history"]][-1] == 4

    # The same settings give the same network in another process, and through the library.
    *_, here = train(TrainingConfig(epochs=4, hidden_sizes=(64, 32), seed=7), load("mnist-5k"))
    assert result["checksum"] == here.network.checksum() == checkpoint.load(out).network.checksum()

    scores = answer("evaluate", "--weights", out)
    assert scores["accuracy"] == result["test_accuracy"]
    assert np.sum(scores["confusion"]) == scores["n"] == 1000
    assert np.trace(scores["confusion"]) == round(scores["accuracy"] * 1000)
    readings = answer("classify", INK, "--weights", out)
    assert readings["accuracy"] > 0.5


def test_ctrl_c_keeps_what_was_learned(tmp_path):
    out = tmp_path / "network.npz"
    with program("train", "--epochs", 10_000, "--hidden-sizes", 16, "--out", out, "--json") as training:
        assert any("epoch" in line for line in training.stderr), "it ended before it had learned anything"
        training.send_signal(signal.SIGINT)
        stdout, stderr = training.communicate()
    assert training.returncode == 0, stderr
    assert "Stopping after this step" in stderr
    assert "Traceback" not in stderr
    result = last_json(stdout)
    assert result["status"] == "interrupted"
    assert 0 < result["epochs"] < 10_000
    assert checkpoint.load(out).network.checksum() == result["checksum"]


def test_bad_input_ends_with_one_line_and_exit_code_2():
    with program("train", "--learning-rate", "1000") as training:
        stdout, stderr = training.communicate()
    assert training.returncode == 2
    assert stdout == ""
    assert stderr == "error: learning_rate must be above 0 and at most 10; got '1000'\n"


# ------------------------------------------------------------------------------------------------------ train


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.figures])
def test_every_published_preset_runs_by_name(name, answer):
    result = answer("train", "--preset", name, "--data", "mnist-5k", "--epochs", 1)
    assert result["epochs"] == 1
    assert result["status"] == "finished"
    assert result["config"]["hidden_sizes"] == list(PRESETS[name].config.hidden_sizes)
    assert 0 <= result["test_accuracy"] <= 1
    assert (result["validation_accuracy"] is None) == (PRESETS[name].config.validation_size == 0)


def test_every_setting_is_an_option(answer):
    texts = {
        "activation": "gelu", "batch_normalization": "true", "dropout": "0.1", "initialization": "glorot",
        "initial_std": "0.02", "optimizer": "nesterov", "learning_rate": "0.05", "momentum": "0.8", "beta2": "0.99",
        "weight_decay": "0.001", "schedule": "one_cycle", "warmup": "0.2", "step_epochs": "3", "step_factor": "0.3",
        "batch_size": "100", "epochs": "2", "label_smoothing": "0.1", "clip_norm": "2", "early_stopping": "5",
        "augmentation": "affine", "augmentation_strength": "0.5", "seed": "3", "data": "mnist-5k",
        "training_size": "500", "validation_size": "100", "hidden_sizes": "20,10", "ink": str(INK),
        "background": "true", "average_last": "1", "teacher": "handwriting", "teacher_temperature": "3",
        "teacher_weight": "0.5", "start_from": "",
    }  # fmt: skip
    assert set(texts) == set(TrainingConfig.model_fields)
    options = [part for name, text in texts.items() for part in (f"--{name.replace('_', '-')}", text)]
    result = answer("train", *options)
    assert TrainingConfig.of(result["config"]) == TrainingConfig.of(texts | {"hidden_sizes": (20, 10)})


GUESSING = ("--optimizer", "sgd", "--learning-rate", 10, "--hidden-sizes", 32, "--epochs", 2)


def test_the_diagnosis_is_the_last_line_and_a_key_of_the_json(run, answer):
    code, out, _ = run("train", *GUESSING)
    (found,) = answer("train", *GUESSING)["diagnosis"]
    assert code == 0
    assert (found["kind"], found["cause"]) == ("guessing", "dead units")
    assert out.splitlines()[-1] == f"{found['sentence']} {found['advice']}"
    assert out.splitlines()[-1].startswith("No better than guessing (9.5 %); ")


def test_no_hidden_layer_is_a_choice(answer):
    assert answer("train", "--hidden-sizes", "", "--epochs", 1)["parameters"] == 7850


def test_threads_are_as_asked_for_and_kept(answer, tmp_path):
    out = tmp_path / "network.npz"
    asked = ("--threads", "2,1@3", "--training-size", 300, "--epochs", 1, "--hidden-sizes", 8)
    assert answer("train", *asked, "--out", out)["threads"] == "2,1@3"
    assert checkpoint.load(out).scores["threads"] == "2,1@3"


@pytest.fixture
def mine(tmp_path):
    """A file of ten drawings by ten writers, and letters."""
    lines = [json.loads(line) for line in INK.read_text().splitlines()]
    lines = [line | {"writer": f"writer {number}"} for number, line in enumerate(lines[::3])]
    lines += [{"label": "K", "strokes": [[[0, 0], [0, 40]], [[30, 0], [0, 20], [30, 40]]]}] * 3
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def test_ink_is_learned_from_and_what_is_no_digit_is_told(answer, mine, tmp_path):
    out = tmp_path / "network.safetensors"
    options = ("--hidden-sizes", 32, "--epochs", 1, "--training-size", 800)
    result = answer("train", "--ink", mine, "--background", "true", *options, "--out", out)
    assert result["parameters"] == 784 * 32 + 32 + 32 * 11 + 11
    assert result["status"] == "finished"
    assert (result["config"]["ink"], result["config"]["background"]) == (str(mine), True)
    # It is the library's training of the same config on the same drawings, and another than without them.
    config = TrainingConfig.of(result["config"])
    *_, here = train(config, load("mnist-5k"), ink=sampler.read_ink_files(str(mine)))
    assert result["checksum"] == here.network.checksum() == checkpoint.load(out).network.checksum()
    assert answer("train", "--background", "true", *options)["checksum"] != result["checksum"]

    scores = answer("evaluate", "--weights", out, "--data", mine)
    assert scores["n"] == np.sum(scores["confusion"]) == 10
    assert "trained on these images" in scores["note"]
    assert answer("evaluate", "--weights", out, "--data", INK)["note"] is None
    found = answer("classify", "--weights", out, mine)
    assert [prediction["label"] for prediction in found["predictions"]] == [*"0123456789"] + ["K"] * 3
    assert all(0 <= prediction["is_digit"] <= 1 for prediction in found["predictions"])
    assert found["accuracy"] == pytest.approx(scores["accuracy"])


def test_people_get_a_table(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a long path would be folded
    code, stdout, stderr = run("train", "--epochs", 1, "--hidden-sizes", 8, "--out", "odd [bold].npz")
    assert code == 0, stderr
    assert "MLP 784-8-10 relu" in stdout
    assert "test accuracy" in stdout
    assert "odd [bold].npz" in stdout
    assert (tmp_path / "odd [bold].npz").exists()


def test_divergence_is_said_and_keeps_sound_parameters(run, tmp_path):
    out = tmp_path / "network.npz"
    code, stdout, stderr = run(
        "train", "--optimizer", "nesterov", "--learning-rate", 10, "--initialization", "normal", "--initial-std", 10,
        "--hidden-sizes", "30,30", "--weight-decay", 1, "--momentum", 0.99, "--out", out, "--json",
    )  # fmt: skip
    assert code == 0
    assert json.loads(stdout)["status"] == "diverged"
    assert "Try a smaller learning rate" in " ".join(stderr.split())
    assert np.isfinite(checkpoint.load(out).network.mlp.parameters).all()


# ----------------------------------------------------------------------------------- evaluate, classify, presets


def test_evaluate_follows_its_confusion(answer, weights):
    result = answer("evaluate", "--weights", weights, "--data", "mnist-5k")
    confusion = np.array(result["confusion"])
    right, shown, answered = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    assert result["n"] == confusion.sum() == 1000
    assert result["accuracy"] == pytest.approx(right.sum() / 1000)
    assert result["precision"] == pytest.approx((right / answered).mean())
    assert result["recall"] == pytest.approx((right / shown).mean())
    assert result["f1"] == pytest.approx((2 * right / (shown + answered)).mean())
    assert result["note"] is None


def test_evaluate_reports_the_expected_calibration_error(answer, run, weights, mnist_5k):
    probabilities = checkpoint.load(weights).network.predict_proba(mnist_5k.test_images).astype(float)
    certainty, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == mnist_5k.test_labels
    bins = np.ceil(15 * certainty.clip(0, 1))
    expected = sum(abs((right - certainty)[bins == index].sum()) for index in range(1, 16)) / 1000
    assert answer("evaluate", "--weights", weights)["expected_calibration_error"] == pytest.approx(expected)
    assert f"expected calibration error  {expected:.2%}" in run("evaluate", "--weights", weights)[1]


def test_a_network_that_knows_what_is_no_digit_is_evaluated(answer, tmp_path):
    path = tmp_path / "eleven.npz"
    Checkpoint(DigitClassifier(MLP((784, 11)).initialize("he", np.random.default_rng(0)))).save(path)
    assert np.shape(answer("evaluate", "--weights", path)["confusion"]) == (10, 10)


def test_several_networks_and_views_answer_together(answer, weights, mnist_5k, tmp_path):
    both = f"{weights},starter"
    networks = [checkpoint.load(weights).network, checkpoint.load(checkpoint.WEIGHTS / "starter.safetensors").network]
    for views in (1, 3):
        committee = Committee(networks, views)
        result = answer("evaluate", "--weights", both, "--views", views)
        accuracy = (committee.predict_proba(mnist_5k.test_images).argmax(axis=1) == mnist_5k.test_labels).mean()
        assert (result["accuracy"], result["weights"], result["views"]) == (pytest.approx(accuracy), both, views)
        told = answer("classify", INK, "--weights", both, "--views", views)["predictions"]
        expected = classify_files(committee, INK)
        assert [one["probability"] for one in told] == pytest.approx([one.probability for one in expected])


def test_a_committee_is_as_fair_as_the_least_fair_of_its_members(answer, weights):
    assert "was trained on" in answer("evaluate", "--weights", f"{weights},wide-512")["note"]


def test_a_score_on_images_that_a_teacher_knows_comes_with_a_note(answer, tmp_path):
    path = tmp_path / "network.npz"
    options = ("--hidden-sizes", 64, "--epochs", 1, "--training-size", 500, "--data", "mnist-5k")
    result = answer("train", *options, "--start-from", "starter", "--teacher", "wide-512", "--out", path)
    assert result["ancestors_trained_on"] == "mnist,mnist-5k"
    assert "its teacher or the one it started from" in answer("evaluate", "--weights", path)["note"]


def test_a_score_on_known_images_comes_with_a_note(answer, run, tmp_path):
    path = tmp_path / "network.npz"
    Checkpoint(DigitClassifier(MLP((784, 128, 10))), TrainingConfig(data="mnist")).save(path)
    assert "was trained on" in answer("evaluate", "--weights", path)["note"]
    code, stdout, _ = run("evaluate", "--weights", path)
    assert code == 0
    assert "says nothing about new digits" in " ".join(stdout.split())
    assert "Confusion" in stdout


def test_a_whole_ink_file_is_classified(answer, weights):
    lines = [json.loads(line) for line in INK.read_text().splitlines()]
    result = answer("classify", INK, "--weights", weights)
    predictions = result["predictions"]
    assert result["n"] == len(lines) == len(predictions)
    assert [prediction["label"] for prediction in predictions] == [line["label"] for line in lines]
    right = [str(prediction["digit"]) == prediction["label"] for prediction in predictions]
    assert result["accuracy"] == pytest.approx(np.mean(right))
    assert all(0.1 <= prediction["probability"] <= 1 for prediction in predictions)


def test_pictures_and_drawings_are_classified(answer, run, weights, mnist_5k, tmp_path):
    digit = picture(tmp_path / "digit.png", mnist_5k.test_images[3].reshape(28, 28))
    paper = picture(tmp_path / "paper.png", np.full((60, 60), 255, np.uint8))
    drawing, blank = tmp_path / "one.jsonl", tmp_path / "blank.jsonl"
    drawing.write_text('{"strokes": [[[5, 0], [5, 40]]]}')
    blank.write_text('{"label": "4", "strokes": []}')
    result = answer("classify", digit, paper, drawing, blank, "--weights", weights)
    found = [prediction["digit"] for prediction in result["predictions"]]
    expected = checkpoint.load(weights).network.predict_proba(mnist_5k.test_images[3:4]).argmax()
    assert found == [expected, None, 1, None]
    assert [prediction["probability"] is None for prediction in result["predictions"]] == [False, True, False, True]
    assert (result["n"], result["accuracy"]) == (4, 0)  # of the one that has a label
    code, stdout, _ = run("classify", paper, drawing, "--weights", weights)
    assert code == 0
    assert stdout.splitlines()[0] == f"{paper}: nothing drawn"
    assert stdout.splitlines()[1].startswith(f"{drawing}, line 1: 1  ")


def test_each_digit_of_a_picture_is_an_answer_with_its_box(answer, run, weights, mnist_5k, tmp_path):
    page = np.full((300, 500), 235, np.uint8)
    page[60:200, 80:100] = page[50:190, 380:402] = 20
    result = answer("classify", picture(tmp_path / "two.png", page), "--weights", weights)
    assert [prediction["part"] for prediction in result["predictions"]] == [1, 2]
    boxes = [prediction["box"] for prediction in result["predictions"]]
    np.testing.assert_allclose(boxes, [[0.16, 0.2, 0.2, 0.667], [0.76, 0.167, 0.804, 0.633]], atol=0.02)
    assert result["notes"] == ["two.png: 2 digits are in the picture; each is read by itself"]
    _, stdout, _ = run("classify", tmp_path / "two.png", "--weights", weights)
    assert [line.split(": ")[0] for line in stdout.splitlines()] == [
        f"{tmp_path / 'two.png'}, digit {n}" for n in (1, 2)
    ]


def test_what_has_no_label_has_no_accuracy(answer, weights, tmp_path):
    drawing = tmp_path / "one.jsonl"
    drawing.write_text('{"strokes": [[[5, 0], [5, 40]]]}\n{"label": "Q", "strokes": [[[5, 0], [5, 40]]]}')
    assert answer("classify", drawing, "--weights", weights)["accuracy"] is None


def ink_of(*labels):
    return "".join(f'{{"label": "{label}", "strokes": [[[5, 0], [5, 40]]]}}\n' for label in labels)


@pytest.mark.parametrize(
    ("is_digit", "verdict", "passed", "refused", "said"),
    [
        (0.97, "digit", 1, 0, ["7  90.0 %", "100.00% of 4 labeled digits accepted", "0.00% of 2 with another label"]),
        (0.6, "perhaps", 1, 0, ["perhaps 7 (90 %), if a digit at all"]),
        (0.3, "no digit", 0, 1, ["no digit (7?)", "0.00% of 4 labeled digits accepted", "100.00% of 2 with another"]),
    ],
)
def test_what_is_no_digit_is_refused(answer, run, tmp_path, is_digit, verdict, passed, refused, said):
    weights, drawings = tmp_path / "network.npz", tmp_path / "drawings.jsonl"
    Checkpoint(doubting({7: 0.9, 1: 0.1}, is_digit)).save(weights)
    drawings.write_text(ink_of(*"7A17Q2") + '{"strokes": [[[5, 0], [5, 40]]]}\n{"label": "4", "strokes": []}\n')
    result = answer("classify", drawings, "--weights", weights)
    assert (result["passed"], result["refused"]) == (passed, refused)
    assert result["accuracy"] == pytest.approx(2 / 5)  # the best guess counts, and what was not drawn is not right
    predictions = result["predictions"]
    assert [prediction["verdict"] for prediction in predictions] == [verdict] * 7 + [None]
    assert [prediction["is_digit"] for prediction in predictions] == [pytest.approx(is_digit, abs=1e-5)] * 7 + [None]
    _, stdout, _ = run("classify", drawings, "--weights", weights)
    assert [line for line in said if line not in stdout] == []


def test_shares_are_of_the_digits_and_of_the_rest(answer, weights, tmp_path):
    """A network that cannot tell refuses nothing; what does not occur has no share."""
    letters, digits = tmp_path / "letters.jsonl", tmp_path / "digits.jsonl"
    letters.write_text(ink_of(*"ABC", "12"))
    digits.write_text(ink_of(*"123"))
    for files, passed, refused in (([letters], None, 0), ([digits], 1, None), ([letters, digits], 1, 0)):
        result = answer("classify", *files, "--weights", weights)
        assert (result["passed"], result["refused"]) == (passed, refused)
        assert {prediction["is_digit"] for prediction in result["predictions"]} == {None}


def test_the_help_of_classify_names_the_thresholds(run):
    _, stdout, _ = run("classify", "--help")
    stdout = " ".join(stdout.split())
    assert f"gives less than {thresholds.ACCEPT_AT_LEAST} to its being a digit" in stdout
    assert f"that is less than {thresholds.CERTAIN_DIGIT_AT_LEAST}, or" in stdout
    assert f"the most probable digit has less than {thresholds.CONFIDENT_AT_LEAST}." in stdout


def test_presets_are_listed(answer, run):
    listed = answer("presets")["presets"]
    assert list(listed) == list(PRESETS)
    for name, preset in listed.items():
        assert TrainingConfig.of(preset["config"]) == PRESETS[name].config
    code, stdout, _ = run("presets")
    assert code == 0
    assert all(name in stdout for name in PRESETS)


def test_help_names_every_command_and_setting(run):
    code, stdout, _ = run("--help")
    assert code == 0
    listed = set(re.findall(r"^  ([\w-]+)  ", stdout.partition("Commands:\n")[2], re.MULTILINE))
    assert listed == set(cli.commands)
    assert {"train", "evaluate", "classify", "presets"} <= listed
    _, stdout, _ = run("train", "--help")
    assert all(f"--{name.replace('_', '-')}" in stdout for name in TrainingConfig.model_fields)


def test_no_command_shows_the_help(run):
    code, stdout, stderr = run()
    assert code == 2
    assert "Commands:\n" in stdout + stderr


# ---------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("train --preset best", "preset must be one of full-batch, .*; got 'best'"),
        ("train --epochs 0", "epochs must be a whole number, at least 1"),
        ("train --hidden-sizes 10,5000", "hidden_sizes must be .* got '5000' in layer 2"),
        ("train --hidden-sizes=-5", "hidden_sizes must be .* got '-5' in layer 1"),
        ("train --activation swish", "activation must be one of relu, .*; got 'swish'"),
        ("train --batch-size 4001 --epochs 1", "batch_size must be at most 3,600, .*; got 4,001"),
        ("train --speed 3", "No such option '--speed'"),
        ("train --ink nowhere.jsonl", "ink must be files of drawings, .*; nowhere.jsonl is not there"),
        ("train --ink {notes}", r"notes\.txt: line 1: a drawing must be a JSON object"),
        ("train --ink {folder}", "ink must be files of drawings, JSON lines"),
        ("train --background perhaps", "background must be true or false; got 'perhaps'"),
        ("train --data nowhere.csv", "data must be mnist-5k, mnist, or a file or folder that exists; got nowhere.csv"),
        ("train --out nowhere/network.safetensors", "--out must be in a folder that exists and can be written to"),
        ("train --out network.pt", r"a network's file must end in \.safetensors or \.npz; got 'network\.pt'"),
        (
            "evaluate --weights nowhere.safetensors",
            "nowhere.safetensors: there is no such file; networks that come with Inkling are champion, ",
        ),
        ("evaluate --weights {broken}", r"broken\.safetensors: no safetensors file"),
        ("evaluate --weights {notes}", r"a network's file must end in .*; got 'notes\.txt'"),
        ("evaluate --weights {weights} --data {notes}", r"notes\.txt: "),
        ("classify nowhere.png", "expected a file to read; nowhere.png is not there"),
        ("classify {notes} --weights {weights}", r"notes\.txt: a picture must be"),
        ("classify {folder} --weights {weights}", "expected a file to read; .* is a folder"),
        ("evaluate --views 0", "0 is not in the range 1<=x<=256"),
        ("evaluate --weights ,", "--weights must name a network's file; networks with Inkling are champion"),
        ("train --teacher handwriting", "teacher must have 10 outputs, as many as this network; handwriting has 11"),
        ("train --teacher {broken}", r"teacher: broken\.safetensors: no safetensors file"),
        ("train --start-from starter", "start_from must be a network of the same layers, 784-128-10 relu; starter is"),
        ("classify", "Missing argument 'FILES...'"),
        ("read", "No such command 'read'"),
    ],
)
def test_bad_input_is_refused_in_one_line(arguments, message, run, weights, tmp_path):
    broken, notes = tmp_path / "broken.safetensors", tmp_path / "notes.txt"
    broken.write_bytes(b"not a network")
    notes.write_text("no digits here\n")
    names = {"broken": broken, "notes": notes, "weights": weights, "folder": tmp_path}
    code, stdout, stderr = run(*(part.format(**names) for part in arguments.split()))
    assert code == 2
    assert stdout == ""
    (line,) = stderr.splitlines()
    assert line.startswith("error: ")
    assert re.search(message, line), line


def test_a_folder_that_cannot_be_written_to_is_found_out_before_the_training(run, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    code, _, stderr = run("train", "--out", tmp_path / "network.npz")
    assert code == 2
    assert "can be written to" in stderr


def test_too_little_memory_is_said_in_one_line(run, monkeypatch):
    def refuse(*_, **__):
        raise MemoryError

    monkeypatch.setattr("model.cli.train.Trainer", refuse)
    assert run("train")[::2] == (
        2,
        "error: there is not enough memory for this network and batch: make either smaller\n",
    )


# ------------------------------------------------------------------------------------------- going on where it was

SHORT = ("--training-size", 300, "--batch-size", 32, "--hidden-sizes", 12, "--epochs", 5, "--augmentation", "affine")


@pytest.fixture
def unfinished_folder(session_cache, tmp_path, monkeypatch):
    """A cache of its own, where every report is kept."""
    (tmp_path / "mnist-5k").symlink_to(session_cache / "mnist-5k")
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path))
    monkeypatch.setattr(resume, "SAVE_INTERVAL_S", 0)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "unfinished"


@pytest.fixture
def interrupt(monkeypatch, run, unfinished_folder):
    """Trains and is interrupted in the middle of the third epoch: what it says on stderr."""

    def training(*arguments, by=signal.SIGINT):
        def point(progress):
            if progress.epoch == 3 and not progress.epoch_ended:
                signal.raise_signal(by)
            return history_point(progress)

        with monkeypatch.context() as patch:
            patch.setattr("model.cli.train.history_point", point)
            code, _, err = run("train", *arguments)
        assert code == {signal.SIGINT: 0, signal.SIGTERM: 143}[by]
        assert "Stopping after this step" in err
        return err

    return training


@pytest.fixture
def whole(answer):
    """What SHORT comes to without an interruption."""
    return answer("train", *SHORT)


def test_a_killed_training_goes_on_by_the_same_command(run, unfinished_folder, tmp_path, whole):
    # It kills itself as if by kill -9, in the middle of an epoch: no handler and no clean-up runs.
    script = tmp_path / "killed.py"
    script.write_text(
        "import os, runpy, signal\n"
        "from model.nn import optimizers\n"
        "from model.training import resume\n"
        "resume.SAVE_INTERVAL_S = 0\n"
        "step = optimizers.Adam.step\n"
        "def counted(self, *rest):\n"
        "    if self.steps == 29:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    step(self, *rest)\n"
        "optimizers.Adam.step = counted\n"
        "runpy.run_module('model', run_name='__main__')\n"
    )
    arguments = ["train", *map(str, SHORT), "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    killed = subprocess.run([sys.executable, script, *arguments], cwd=ROOT, env=environment, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    code, stdout, stderr = run(*arguments)
    assert code == 0
    assert re.search(r"^Going on from epoch 4 of 5, interrupted 20\d\d-\d\d-\d\d \d\d:\d\d; --fresh", stderr, re.M)
    result = json.loads(stdout)
    assert (result["checksum"], result["history"]) == (whole["checksum"], whole["history"])
    assert [point["step"] for point in result["history"]] == list(range(9 * 5 + 1))
    assert not list(unfinished_folder.iterdir())


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupted_training_keeps_its_network_and_goes_on(by, interrupt, run, whole, tmp_path):
    assert "The same command goes on from epoch 3; --fresh starts over." in interrupt(*SHORT, by=by)
    assert checkpoint.load(tmp_path / "interrupted.safetensors").scores["epochs"] == 3
    code, stdout, stderr = run("train", *SHORT, "--json")
    assert code == 0
    assert "Going on from epoch 3 of 5" in stderr
    result = json.loads(stdout)
    assert result["status"] == "finished"
    assert (result["checksum"], result["history"]) == (whole["checksum"], whole["history"])
    assert result["diagnosis"] == whole["diagnosis"]  # from all points, not from the new ones alone


@pytest.fixture
def _default_ctrl_c():
    """Ctrl-C raises KeyboardInterrupt; a process that a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_default_ctrl_c")
def test_a_second_ctrl_c_ends_a_training_at_once(run, unfinished_folder, tmp_path, monkeypatch):
    def point(progress):
        if progress.epoch == 3:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        return history_point(progress)

    monkeypatch.setattr("model.cli.train.history_point", point)
    code, stdout, stderr = run("train", *SHORT, "--json")
    assert (code, stdout) == (130, "")
    assert "Ctrl-C again to give up" in stderr
    assert "Traceback" not in stderr
    assert not (tmp_path / "interrupted.safetensors").exists()


def test_a_training_may_be_interrupted_again_and_again(interrupt, answer, whole):
    for _ in range(3):
        interrupt(*SHORT)
    assert answer("train", *SHORT)["checksum"] == whole["checksum"]


def test_short_trainings_are_not_kept(interrupt, monkeypatch, unfinished_folder):
    monkeypatch.setattr(resume, "SAVE_INTERVAL_S", 30)
    assert "goes on" not in interrupt(*SHORT)
    assert not unfinished_folder.exists()


def test_fresh_begins_anew(interrupt, run, whole, unfinished_folder):
    interrupt(*SHORT)
    code, stdout, stderr = run("train", *SHORT, "--fresh", "--json")
    assert code == 0
    assert "Going on" not in stderr
    result = json.loads(stdout)
    assert (result["checksum"], result["history"]) == (whole["checksum"], whole["history"])
    assert not list(unfinished_folder.iterdir())


def test_another_training_does_not_go_on_from_it(interrupt, run, unfinished_folder):
    interrupt(*SHORT)
    (kept,) = unfinished_folder.iterdir()
    code, _, stderr = run("train", *SHORT, "--seed", 1)
    assert code == 0
    assert "Going on" not in stderr
    assert list(unfinished_folder.iterdir()) == [kept]


@pytest.mark.parametrize("damage", [lambda content: content[:-40], lambda _: b"", lambda _: b"something else"])
def test_what_was_kept_and_is_damaged_is_passed_over(damage, interrupt, run, whole, unfinished_folder):
    interrupt(*SHORT)
    (kept,) = unfinished_folder.iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    code, stdout, stderr = run("train", *SHORT, "--json")
    assert code == 0
    assert f"Starting over: the snapshot of the interrupted run can't be used ({kept.name}: expected an npz" in stderr
    assert json.loads(stdout)["checksum"] == whole["checksum"]


def test_what_cannot_be_kept_is_said_once_and_training_goes_on(run, unfinished_folder, whole):
    unfinished_folder.rmdir()
    unfinished_folder.write_text("no folder")
    code, stdout, stderr = run("train", *SHORT, "--json")
    assert code == 0
    assert stderr.count("can't be saved in") == 1
    assert "the same command goes back to epoch 0" in stderr
    assert json.loads(stdout)["checksum"] == whole["checksum"]
