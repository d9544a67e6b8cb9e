"""Where `train` keeps its network when the place that was asked for cannot take it."""

import json
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from model.cli.network_file import NetworkFile
from model.data import cache
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import checkpoint
from model.training.checkpoint import Checkpoint
from tests.cli.conftest import program
from tests.full_disk import small_disk

SMALL = ("--training-size", "300", "--hidden-sizes", "12", "--epochs", "2")


@pytest.fixture(autouse=True)
def places(session_cache, tmp_path, monkeypatch):
    """A cache, a home and a temporary folder of its own."""
    for variable, name in {"INKLING_CACHE": "cache", "HOME": "home", "TMPDIR": "temporary"}.items():
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    (tmp_path / "cache" / "mnist-5k").symlink_to(session_cache / "mnist-5k")
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def trained(bias: float) -> Checkpoint:
    network = DigitClassifier(MLP((784, 10)))
    network.mlp.layers[0].biases[:] = bias
    return Checkpoint(network)


def bias(path: Path) -> float:
    return float(checkpoint.load(path).network.mlp.layers[0].biases[0])


def test_the_network_goes_where_it_was_asked_to(tmp_path):
    path = tmp_path / "net.safetensors"
    for number in (1, 2):  # an old one is replaced
        assert NetworkFile(path).save(trained(number)).path == path
        assert bias(path) == number


def test_two_trainings_with_one_name_lose_no_network(tmp_path):
    path = tmp_path / "net.safetensors"
    first, second, third = NetworkFile(path), NetworkFile(path), NetworkFile(path)
    assert first.save(trained(1)).why_elsewhere == ""
    for number, file in ((2, second), (3, third)):
        saved = file.save(trained(number))
        assert saved.path == tmp_path / f"net-{number}.safetensors"
        assert saved.why_elsewhere == f"{path} was written by another command meanwhile"
        assert bias(saved.path) == number
    assert bias(path) == 1


def test_it_goes_to_the_first_other_place_that_takes_it(places):
    folder = places / "folder"
    path = folder / "net.npz"
    folder.mkdir()
    file = NetworkFile(path)
    folder.rmdir()
    folder.write_text("no folder any more")
    expected = [
        places / "cache" / "networks" / "net.npz",
        places / "home" / "net.npz",
        places / "temporary" / "net.npz",
    ]
    for number, place in enumerate(expected):
        saved = file.save(trained(number))
        assert (saved.path, bias(saved.path)) == (place, number)
        assert str(path) in saved.why_elsewhere
        again = file.save(trained(number + 10)).path  # beside one that is there already
        assert (again.name, bias(again), bias(place)) == ("net-2.npz", number + 10, number)
        blocked = place.parent
        shutil.rmtree(blocked)
        blocked.write_text("no folder any more")
    with pytest.raises(OSError, match="neither can the cache, the home nor the temporary folder"):
        file.save(trained(0))


def test_a_disk_that_is_full_after_hours_costs_no_network(places):
    out = places / "full"
    out.mkdir()
    with small_disk(out, "16k"), program("train", *SMALL, "--out", out / "net.safetensors", "--json") as training:
        stdout, stderr = training.communicate()
        assert training.returncode == 2
        result = json.loads(stdout)
        assert result["status"] == "finished"
        assert f"{out}/net.safetensors can't be written (No space left on device)" in stderr
        assert not list(out.iterdir())
    kept = cache.home() / "networks" / "net.safetensors"
    assert result["out"] == str(kept)
    assert str(kept) in stderr
    assert checkpoint.load(kept).network.checksum() == result["checksum"]


def test_sigterm_keeps_what_was_learned_and_the_exit_code_tells(places):
    command = ("train", "--epochs", 10_000, "--hidden-sizes", 16, "--out", places / "net.npz", "--json")
    with program(*command) as training:
        assert any("epoch" in line for line in training.stderr), "it ended before it had learned anything"
        training.send_signal(signal.SIGTERM)
        stdout, _ = training.communicate()
    assert training.returncode == 143
    result = json.loads(stdout)
    assert (result["status"], result["out"]) == ("interrupted", str(places / "net.npz"))
    assert checkpoint.load(places / "net.npz").network.checksum() == result["checksum"]
