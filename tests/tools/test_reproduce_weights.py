"""A network in weights/ is trained anew by the settings in its file."""

import sys

from click.testing import CliRunner

from model.config import TrainingConfig
from model.training import checkpoint
from model.training.shipped import find_shipped
from tools import reproduce_weights


def test_the_command_has_the_settings_that_are_not_the_usual_ones(tmp_path):
    config = TrainingConfig(hidden_sizes=(30, 20), teacher="champion", ink="a.jsonl,b.jsonl", background=True)
    assert reproduce_weights.train_command(config, tmp_path / "new.npz") == [
        *(sys.executable, "-m", "model", "train", "--threads", "1", "--out", str(tmp_path / "new.npz")),
        *("--ink", "a.jsonl,b.jsonl", "--background", "True", "--hidden-sizes", "30,20", "--teacher", "champion"),
    ]


def test_a_network_that_was_trained_twice_is_trained_twice(tmp_path):
    out, first = tmp_path / "handwriting.safetensors", tmp_path / "handwriting-first.safetensors"
    config = TrainingConfig(epochs=30, average_last=4, start_from=first.name)
    assert list(reproduce_weights.stages("handwriting", config, out)) == [
        (config.changed(start_from="", **reproduce_weights.FIRST["handwriting"]), first),
        (config.changed(start_from=str(first)), out),
    ]
    once = config.changed(start_from="")
    assert list(reproduce_weights.stages("handwriting", once, out)) == [(once, out)]


def test_the_same_network_comes_out(tmp_path, shared_cache):
    result = CliRunner().invoke(reproduce_weights.command, ["starter", "--into", str(tmp_path)])
    assert result.exit_code == 0, result.output
    anew, shipped = checkpoint.load(tmp_path / "starter.safetensors"), checkpoint.load(find_shipped("starter"))
    assert anew.config == shipped.config
    assert abs(anew.scores["test_accuracy"] - shipped.scores["test_accuracy"]) < 0.02


def test_an_unknown_network_is_refused():
    result = CliRunner().invoke(reproduce_weights.command, ["nobody"])
    assert isinstance(result.exception, ValueError)
    assert "is not among the networks that come with Inkling" in str(result.exception)
