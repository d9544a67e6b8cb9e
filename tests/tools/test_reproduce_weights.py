"""A network in weights/ is trained anew by the settings in its file."""

import sys
from pathlib import Path

from click.testing import CliRunner

from model.config import TrainingConfig
from model.training import checkpoint
from model.training.shipped import find_shipped
from tools import reproduce_weights
from tools.reproduce_weights import NAMES


def test_the_command_has_the_settings_that_are_not_the_usual_ones(tmp_path):
    config = TrainingConfig(hidden_sizes=(30, 20), teacher="champion", ink="a.jsonl,b.jsonl", background=True)
    assert reproduce_weights.train_command(config, tmp_path / "new.npz") == [
        *(sys.executable, "-m", "model", "train", "--threads", "1", "--out", str(tmp_path / "new.npz")),
        *("--ink", "a.jsonl,b.jsonl", "--background", "True", "--hidden-sizes", "30,20", "--teacher", "champion"),
    ]


def test_the_same_network_comes_out(tmp_path, shared_cache):
    result = CliRunner().invoke(reproduce_weights.command, ["starter", "--into", str(tmp_path)])
    assert result.exit_code == 0, result.output
    anew, shipped = checkpoint.load(tmp_path / "starter.safetensors"), checkpoint.load(find_shipped("starter"))
    assert anew.config == shipped.config
    assert abs(anew.scores["test_accuracy"] - shipped.scores["test_accuracy"]) < 0.02


def test_quick_runs_are_tiny_and_learn_from_the_same_ink_and_teachers(tmp_path, monkeypatch):
    commands = []

    def note(command, check):
        commands.append(command)
        (tmp_path / f"{NAMES[len(commands) - 1]}.safetensors").write_bytes(find_shipped("starter").read_bytes())

    monkeypatch.setattr(reproduce_weights.subprocess, "run", note)
    result = CliRunner().invoke(reproduce_weights.command, ["--quick", "--into", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0
    options = [dict(zip(command[4::2], command[5::2], strict=True)) for command in commands]
    assert [Path(one["--out"]).stem for one in options] == list(NAMES)
    for name, one in zip(NAMES, options, strict=True):
        config = checkpoint.load(find_shipped(name)).config
        assert (one["--hidden-sizes"], one["--training-size"], one["--epochs"]) == ("16", "1000", "1")
        assert "--data" not in one  # mnist-5k is the usual data set
        assert (one.get("--ink", ""), one.get("--teacher", "")) == (config.ink, config.teacher)


def test_an_unknown_network_is_refused():
    result = CliRunner().invoke(reproduce_weights.command, ["nobody"])
    assert isinstance(result.exception, ValueError)
    assert "is not among the networks that come with Inkling" in str(result.exception)
