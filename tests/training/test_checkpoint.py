import io
import json
import os
import struct
import tracemalloc
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.data import fingerprint
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import checkpoint_formats
from model.training.checkpoint import FORMAT, Checkpoint, load
from model.training.history import Progress
from tests.digit_files import npz
from tests.figures import report
from tests.toy_data import patterns

KINDS = (".safetensors", ".npz")
SCORES = {"test_accuracy": 0.98765432109, "tested_on": "mnist", "epochs": 3, "validation_accuracy": None}


def trained(hidden=(7, 5), activation="gelu", *, batch_normalization=True):
    """A checkpoint with all values random."""
    config = TrainingConfig(hidden_sizes=hidden, activation=activation, batch_normalization=batch_normalization)
    network = DigitClassifier(MLP(config.sizes, activation, batch_normalization=batch_normalization))
    rng = np.random.default_rng(0)
    network.mlp.parameters[:] = rng.normal(size=network.mlp.parameters.size)
    network.mlp.running_statistics[:] = rng.uniform(0.5, 2, network.mlp.running_statistics.shape)
    return Checkpoint(network, config, SCORES)


GOOD = trained()
TENSORS = safetensors.numpy.load(GOOD.to_bytes())
METADATA = {
    "format": FORMAT,
    "activation": "gelu",
    "config": GOOD.config.model_dump_json(),
    "scores": json.dumps(SCORES),
}


def file(kind, tensors=TENSORS, metadata=METADATA):
    """A file with these tensors and metadata, made without Inkling."""
    if kind == ".safetensors":
        return safetensors.numpy.save(tensors, metadata)
    return npz(tensors | {"metadata": np.array(json.dumps(metadata))})


def raw_safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def changed(**tensors):
    """The good tensors with some exchanged, or dropped where None; dots in names are written __."""
    new = TENSORS | {name.replace("__", "."): tensor for name, tensor in tensors.items()}
    return {name: tensor for name, tensor in new.items() if tensor is not None}


# -------------------------------------------------------------------------------------------------- round trip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("hidden", [(), (3,), (9, 8, 7, 6, 5, 4)], ids=str)
def test_what_was_saved_comes_back_bit_for_bit(hidden, batch_normalization, kind, tmp_path):
    before = trained(hidden, "tanh", batch_normalization=batch_normalization)
    path = tmp_path / f"network{kind}"
    before.save(path)
    for after in (load(path), load(path.read_bytes(), path.name)):
        assert after.network.checksum() == before.network.checksum()
        assert repr(after.network) == repr(before.network)
        assert after.config == before.config
        assert after.scores == SCORES
    assert os.listdir(tmp_path) == [path.name]


def test_other_tools_can_read_the_tensors(tmp_path):
    network = GOOD.network
    GOOD.save(tmp_path / "network.npz")
    with np.load(tmp_path / "network.npz", allow_pickle=False) as arrays:
        for found in (TENSORS, arrays):
            np.testing.assert_array_equal(found["layers.0.weights"], network.mlp.layers[0].weights)
            np.testing.assert_array_equal(found["layers.2.biases"], network.mlp.layers[2].biases)
            np.testing.assert_array_equal(found["layers.1.scales"], network.mlp.layers[1].gamma)
            np.testing.assert_array_equal(found["layers.1.variance"], network.mlp.running_statistics_of(1)[1])
    assert {name.split(".")[-1] for name in TENSORS} == {"weights", "biases", "scales", "mean", "variance"}


@pytest.mark.parametrize("kind", KINDS)
def test_files_made_elsewhere_are_read(kind):
    after = load(file(kind), f"network{kind}")
    assert after.network.checksum() == GOOD.network.checksum()
    bare = load(file(kind, metadata={"format": FORMAT, "activation": "gelu"}), f"network{kind}")
    assert bare.network.checksum() == GOOD.network.checksum()
    assert (bare.config, bare.scores) == (None, {})


def test_a_loaded_network_is_its_own(tmp_path):
    content = GOOD.to_bytes()
    loaded = load(content, "network.safetensors")
    loaded.network.mlp.parameters[:] = 0
    assert load(content, "network.safetensors").network.checksum() == GOOD.network.checksum()


@pytest.mark.parametrize("kind", KINDS)
def test_temperature_and_reject_bias_are_kept_to_the_last_bit(kind):
    network = GOOD.network.copy()
    network.temperature, network.reject_bias = 1.1 + 0.2, -(0.1 + 0.2)  # 1.3000000000000003, -0.30000000000000004
    after = load(Checkpoint(network).to_bytes(kind), f"network{kind}").network
    assert (after.temperature, after.reject_bias) == (network.temperature, network.reject_bias)
    assert after.checksum() == network.checksum() != GOOD.network.checksum()


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_temperature_and_reject_bias_loads_neutral_values(kind):
    assert not {"temperature", "caution"} & METADATA.keys()
    after = load(file(kind), f"network{kind}").network
    assert (after.temperature, after.reject_bias) == (1, 0)


def test_a_training_is_kept_with_its_scores():
    data = patterns(40, 60)
    progress = Progress(GOOD.network, 5, epoch=3, validation_accuracy=0.5, seconds=1.23456)
    kept = Checkpoint.of(GOOD.config, progress, data, "stopped")
    right = (GOOD.network.predict_proba(data.test_images).argmax(axis=1) == data.test_labels).mean()
    assert kept.scores == {
        "validation_accuracy": 0.5,
        "test_accuracy": right,
        "tested_on": "patterns",
        "epochs": 3,
        "seconds": 1.235,
        "status": "stopped",
        "threads": None,
        "trained_on_hashes": fingerprint.sample(data.images),
        "test_images_seen": 0,
    }
    untested = Checkpoint.of(GOOD.config, progress, patterns(40), "finished").scores
    assert (untested["test_accuracy"], untested["tested_on"]) == (None, None)


# ----------------------------------------------------------------------------------------------------- saving


def test_a_save_that_fails_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    path = tmp_path / "network.safetensors"
    GOOD.save(path)

    def fail(self, target):
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        trained((3,)).save(path)
    assert load(path).network.checksum() == GOOD.network.checksum()
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("name", ["network.pt", "network", "network.safetensors.gz"])
def test_other_endings_are_refused(name, tmp_path):
    message = r"a network's file must end in \.safetensors or \.npz; got "
    with pytest.raises(ValueError, match=message):
        GOOD.save(tmp_path / name)
    with pytest.raises(ValueError, match=message):
        load(GOOD.to_bytes(), name)


# -------------------------------------------------------------------------------------------------- refusals


WRONG_TENSORS = {
    "nothing": ({}, r"must hold layers\.0\.biases, .*; got nothing"),
    "other names": ({"fc1.weight": TENSORS["layers.0.weights"]}, r"; got fc1\.weight"),
    "a tensor missing": (changed(layers__1__weights=None), r"it lacks layers\.1\.weights"),
    "a mean missing": (changed(layers__0__mean=None), r"it lacks layers\.0\.mean"),
    "a tensor too many": (changed(extra=np.zeros(3, np.float32)), "has tensors that no network has: extra"),
    "weights transposed": (
        changed(layers__0__weights=np.ascontiguousarray(TENSORS["layers.0.weights"].T)),
        r"layers\.0\.weights must be float32 of shape \(784, 7\); got float32 of \(7, 784\)",
    ),
    "weights flattened": (changed(layers__1__weights=np.zeros(35, np.float32)), r"of shape \(7, 5\)"),
    "scales too short": (changed(layers__0__scales=np.ones(6, np.float32)), r"scales must be .* shape \(7,\)"),
    "not ten classes, nor eleven": (changed(layers__2__biases=np.zeros(12, np.float32)), "784-7-5-12"),
    "biases of two sides": (changed(layers__0__biases=np.zeros((7, 1), np.float32)), r"must hold layers\.0\.biases"),
    "biases without side": (changed(layers__0__biases=np.array(1, np.float32)), r"must hold layers\.0\.biases"),
    "an empty layer": (changed(layers__0__biases=np.zeros(0, np.float32)), "784-0-5-10"),
    "float64": (changed(layers__0__biases=np.zeros(7)), r"layers\.0\.biases must be float32"),
    "integers": (changed(layers__1__mean=np.zeros(5, np.int32)), r"layers\.1\.mean must be float32"),
    "not a number": (changed(layers__1__biases=np.full(5, np.nan, np.float32)), "biases has numbers .* not finite"),
    "infinite": (changed(layers__0__mean=np.full(7, np.inf, np.float32)), "mean has numbers that are not finite"),
    "negative variance": (changed(layers__0__variance=np.full(7, -1, np.float32)), "variance has negative numbers"),
    "7 hidden layers": (
        {f"layers.{index}.biases": np.zeros(10, np.float32) for index in range(8)},
        "up to 6 hidden layers of up to 4,096 units; got 784-10-10-10-10-10-10-10-10",
    ),
    "5,000 units": (
        {"layers.0.biases": np.zeros(5000, np.float32), "layers.1.biases": np.zeros(10, np.float32)},
        "784-5000-10",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", WRONG_TENSORS)
def test_tensors_that_make_no_network_are_refused(case, kind):
    tensors, message = WRONG_TENSORS[case]
    metadata = {"format": FORMAT, "activation": "gelu"}
    with pytest.raises(ValueError, match=message) as refusal:
        load(file(kind, tensors, metadata), f"network{kind}")
    assert str(refusal.value).startswith(f"network{kind}: ")
    assert "\n" not in str(refusal.value)


def but(**values):
    return {name: value for name, value in (METADATA | values).items() if value is not None}


WRONG_METADATA = {
    "another format": (but(format="inkling-9"), "its metadata must say format inkling-1"),
    "no format": (but(format=None), "its metadata must say format"),
    "unknown activation": (but(activation="swish"), "activation of relu, .*; got 'swish'"),
    "no activation": (but(activation=None), "activation of relu, .*; got None"),
    **{
        f"temperature {given[:9]}": (but(temperature=given), "temperature must be a number from 0.01 to 100; got '")
        for given in ("", "hot", "nan", "inf", "-1", "0", "0.0099", "100.1", "1,5", "1" * 5000)
    },
    **{
        f"caution {given[:9]}": (but(caution=given), "caution must be a number from -100 to 100; got '")
        for given in ("", "hot", "nan", "-inf", "100.1", "-101")
    },
    "config no JSON": (but(config="{"), "its metadata's config must be a JSON object"),
    "config a list": (but(config="[]"), "its metadata's config must be a JSON object"),
    "config deeply nested": (but(config="[" * 100_000), "its metadata's config must be a JSON object"),
    "config of numbers": (but(config="1" * 5000), "its metadata's config must be a JSON object"),
    "config out of range": (but(config='{"epochs": 0}'), "epochs must be a whole number, at least 1"),
    "config unknown field": (but(config=json.dumps({"x" * 5000: 0})), "x is not a setting"),
    "config of other sizes": (
        but(config=TrainingConfig(hidden_sizes=(7, 6), activation="gelu").model_dump_json()),
        r"its tensors make a network of .* \(\(784, 7, 5, 10\), .* config describes \(\(784, 7, 6, 10\)",
    ),
    "config of another activation": (but(activation="relu"), "its tensors make .* but its config describes"),
    "config without normalization": (
        but(config=GOOD.config.changed(batch_normalization=False).model_dump_json()),
        "its tensors make .* but its config describes",
    ),
    "scores no JSON": (but(scores="no"), "its metadata's scores must be a JSON object"),
    "scores deeply nested": (but(scores='{"a":' * 100_000), "its metadata's scores must be a JSON object"),
    "scores of lists": (but(scores='{"test_accuracy": [1]}'), "the scores in its metadata must be at most 100"),
    "scores not finite": (but(scores='{"test_accuracy": NaN}'), "the scores in its metadata must be"),
    "scores too many": (but(scores=json.dumps(dict.fromkeys(map(str, range(101)), 1))), "at most 100"),
    "scores too long": (but(scores=json.dumps({"note": "x" * 1001})), "short texts"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", WRONG_METADATA)
def test_metadata_that_does_not_fit_is_refused(case, kind):
    metadata, message = WRONG_METADATA[case]
    with pytest.raises(ValueError, match=message) as refusal:
        load(file(kind, metadata=metadata), f"network{kind}")
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 1000


@pytest.mark.parametrize("metadata", [None, [], "text", 5, {"format": FORMAT, "activation": ["relu"]}])
def test_npz_metadata_of_another_form_is_refused(metadata):
    with pytest.raises(ValueError, match="its metadata must"):
        load(file(".npz", metadata=metadata), "network.npz")


@pytest.mark.parametrize("temperature", [None, [1], {}, 0, 101, 10**400], ids=lambda value: repr(value)[:9])
def test_an_npz_temperature_that_is_none_is_refused(temperature):
    with pytest.raises(ValueError, match=r"its metadata's temperature must be a number from 0\.01 to 100; got "):
        load(file(".npz", metadata=METADATA | {"temperature": temperature}), "network.npz")


@pytest.mark.parametrize(
    "text", [np.array("[" * 100_000), np.array("{"), np.arange(5), np.array(b"{}"), np.zeros((0, 3))], ids=range(5)
)
def test_npz_metadata_that_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match="metadata must"):
        load(npz(TENSORS | {"metadata": text}), "network.npz")


class Trap:
    """Whoever unpickles this gives itself away."""

    def __reduce__(self):
        return (os.mkdir, ("unpickled",))


def test_pickled_objects_are_never_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trap = np.array([Trap()], object)
    for arrays in ({"metadata": trap}, {"layers.0.biases": trap}):
        content = npz(TENSORS | {"metadata": np.array(json.dumps(METADATA))} | arrays)
        with pytest.raises(ValueError, match="must be plain numbers; got pickled objects, which are never opened"):
            load(content, "network.npz")
    assert not os.listdir(tmp_path)


def member(descr, shape, data=b""):
    """An array's file inside a npz, its header saying whatever one likes."""
    header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def archive(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return packed.getvalue()


BOMB = bytes(16 * 2**20)  # packs to 16 KB


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("layers.0.biases.npy", member("<f4", (2**40,)), "must come to at most 512 MiB"),
        ("layers.0.biases.npy", member("<f4", (2**40, 2**40, 0), BOMB), r"bytes that its header promises|biases"),
        ("layers.0.biases.npy", member("<f4", (7,), BOMB), "must hold the 28 bytes that its header promises"),
        ("layers.0.biases.npy", member("<f4", (-7,), BOMB), r"units; got 784--7"),
        ("layers.0.biases.npy", member(f"<U{2**28}", (1,), BOMB), "must come to at most 512 MiB"),
        ("layers.0.biases.npy", member("<f4", (7,), bytes(27)), "must hold the 28 bytes .*; got 27"),
        ("layers.0.biases.npy", b"no array", "must be a NumPy array; its header cannot be read"),
        ("layers.0.biases.npy", member("<f4", "(" * 200), "must be a NumPy array; its header cannot be read"),
        ("layers.0.biases", member("<f4", (7,), bytes(28)), "lacks|must hold"),
        ("metadata.npy", member(f"<U{2**28}", (), BOMB), "must come to at most 512 MiB"),
    ],
)
def test_an_archive_is_never_unpacked_beyond_its_headers(name, content, message):
    members = {f"{key}.npy": member("<f4", tensor.shape, tensor.tobytes()) for key, tensor in TENSORS.items()}
    text = json.dumps({"format": FORMAT, "activation": "gelu"})
    members["metadata.npy"] = member(f"<U{len(text)}", (), text.encode("utf-32-le"))
    assert load(archive(members), "network.npz").network.checksum() == GOOD.network.checksum()
    del members[name if name.endswith(".npy") else f"{name}.npy"]
    packed = archive(members | {name: content})
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=message):
            load(packed, "network.npz")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    report(f"memory at most, of a member of {len(BOMB) / 1e6:.0f} MB", most / 1e6, "MB")
    assert most < len(BOMB) / 8


def test_an_archive_whose_directory_is_damaged_is_refused():
    content = GOOD.to_bytes(".npz")
    place = content.rindex(b"PK\x01\x02")  # the last entry of the zip's table of contents
    before_the_beginning = content[: place + 42] + b"\xff\xff\xff\xff" + content[place + 46 :]
    for damaged in (before_the_beginning, archive({"é.npy": b""}).replace("é".encode(), b"\xff\xff")):
        with pytest.raises(ValueError, match=r"^network\.npz: expected an npz archive; .*damaged"):
            load(damaged, "network.npz")


def test_an_archive_of_too_many_arrays_is_refused():
    many = {f"array{number}": np.zeros(1, np.float32) for number in range(60)}
    with pytest.raises(ValueError, match="expected a network's arrays and one called metadata"):
        load(file(".npz", many), "network.npz")
    with pytest.raises(ValueError, match="expected a network's arrays and one called metadata"):
        load(npz(TENSORS), "network.npz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no safetensors file"),
        (b"1234567", "no safetensors file"),
        (struct.pack("<Q", 2**63) + b"{}", "no safetensors file: its first 8 bytes"),
        (raw_safetensors(b" " * (2**20 + 1)), "no safetensors file: its first 8 bytes"),
        (raw_safetensors(b"{"), "no sound safetensors file"),
        (raw_safetensors(b"[" * 100_000), "no sound safetensors file"),
        (raw_safetensors([]), "no sound safetensors file"),
        (raw_safetensors({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}), "no sound safetensors"),
        (raw_safetensors({"a": {"dtype": "F32", "shape": [2**62, 8], "data_offsets": [0, 0]}}), "no sound"),
        (raw_safetensors({"a": {"dtype": "F32", "shape": [0, 2**63], "data_offsets": [0, 0]}}), "a has a shape"),
        (raw_safetensors({"a": {"dtype": "F32", "shape": [1] * 70, "data_offsets": [0, 4]}}, b"1234"), "a has a sh"),
        (raw_safetensors({"a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}}, b"1234"), "float32.*got F16"),
        (raw_safetensors({}), "its metadata must say format"),
        (raw_safetensors({"__metadata__": {"format": 5}}), "no sound safetensors"),
    ],
    ids=range(14),
)
def test_what_is_no_sound_safetensors_file_is_refused(content, message):
    with pytest.raises(ValueError, match=f"^network.safetensors: .*{message}"):
        load(content, "network.safetensors")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_short_anywhere_is_refused(kind):
    content = GOOD.to_bytes(kind)
    lengths = [*range(0, len(content), 997), len(content) - 1]
    for length in lengths:
        with pytest.raises(ValueError, match=f"^network{kind}: "):
            load(content[:length], f"network{kind}")
    report(f"{kind} files cut short that were all refused", len(lengths), "")


def test_a_file_too_large_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "network.safetensors"
    with path.open("wb") as opened:
        opened.truncate(checkpoint_formats.SIZE_LIMIT + 1)  # a hole: takes no room on the disk
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(ValueError, match=r"network\.safetensors: a network's file has at most 512 MiB; got 512"):
        load(path)


def test_the_size_limit_has_room_for_the_largest_network():
    sizes = TrainingConfig(hidden_sizes=(4096,) * 6).sizes
    weights = sum(inputs * outputs for inputs, outputs in pairwise(sizes))
    assert 4 * (weights + 5 * sum(sizes)) < checkpoint_formats.SIZE_LIMIT


@given(st.binary(max_size=300), st.sampled_from(KINDS))
def test_random_bytes_are_refused(content, kind):
    with pytest.raises(ValueError, match=r"^network\."):
        load(content, f"network{kind}")


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_damaged_file_gives_a_network_or_a_message(kind, data):
    content = bytearray(GOOD.to_bytes(kind))
    ends = st.integers(0, 1500) | st.integers(len(content) - 1500, len(content) - 1)  # where the structure lies
    for place in data.draw(st.lists(ends, min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    loaded, message = None, ""
    try:
        loaded = load(bytes(content), f"network{kind}")
    except ValueError as refusal:
        message = str(refusal)
    assert np.isfinite(loaded.network.mlp.parameters).all() if loaded else message.startswith(f"network{kind}: ")
