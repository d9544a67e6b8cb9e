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


def test_a_network_of_several_runs_is_made_by_all_of_them(tmp_path):
    out = tmp_path / "handwriting.safetensors"
    earlier = reproduce_weights.EARLIER["handwriting"]
    config = TrainingConfig(epochs=24, average_last=5, start_from=list(earlier)[-1])
    mean = reproduce_weights.AVERAGED["handwriting"]
    *made, last, end = reproduce_weights.stages("handwriting", config, out)
    starts = ["", *(str(tmp_path / name) for name in earlier)]
    assert made == [
        (what if isinstance(what, tuple) else config.changed(start_from=start, **what), tmp_path / name)
        for start, (name, what) in zip(starts, earlier.items(), strict=False)
    ]
    assert last == (config.changed(start_from=starts[-1]), tmp_path / mean[0])
    assert end == (mean, out)
    once = config.changed(start_from="")
    assert list(reproduce_weights.stages("champion", once, out)) == [(once, out)]


def test_a_mean_is_made_of_runs_that_are_made_before(tmp_path):
    out = tmp_path / "handwriting.safetensors"
    config = TrainingConfig(start_from=list(reproduce_weights.EARLIER["handwriting"])[-1])
    there, means = set(), 0
    for what, file in reproduce_weights.stages("handwriting", config, out):
        if isinstance(what, tuple):
            means += 1
            *start, option, written = reproduce_weights.average_command(what, file)
            assert start[:4] == [sys.executable, "-m", "model", "average"]
            assert set(start[4:]) < there
            assert (option, written) == ("--out", str(file))
        there.add(str(file))
    assert means == 4


def test_the_same_network_comes_out(tmp_path, shared_cache):
    result = CliRunner().invoke(reproduce_weights.command, ["starter", "--into", str(tmp_path)])
    assert result.exit_code == 0, result.output
    anew, shipped = checkpoint.load(tmp_path / "starter.safetensors"), checkpoint.load(find_shipped("starter"))
    assert anew.config == shipped.config
    assert abs(anew.scores["test_accuracy"] - shipped.scores["test_accuracy"]) < 0.02


def test_quick_runs_are_tiny_and_each_begins_where_the_one_before_ended(tmp_path, monkeypatch):
    class Stop(Exception):
        pass

    commands = []

    def note(command, check):
        commands.append(command)
        if str(tmp_path / "handwriting.safetensors") in command:
            raise Stop

    monkeypatch.setattr(reproduce_weights.subprocess, "run", note)
    result = CliRunner().invoke(reproduce_weights.command, ["handwriting", "--quick", "--into", str(tmp_path)])
    assert isinstance(result.exception, Stop)
    files = [command[command.index("--out") + 1] for command in commands]
    assert files[:-2] == [str(tmp_path / name) for name in reproduce_weights.EARLIER["handwriting"]]
    trained = [command for command in commands if "train" in command]
    options = [dict(zip(command[4::2], command[5::2], strict=True)) for command in trained]
    before = dict(zip(files[1:], files, strict=False))
    assert [one.get("--start-from") for one in options] == [before.get(one["--out"]) for one in options]
    assert {(one["--hidden-sizes"], one["--training-size"], one["--average-last"]) for one in options} == {
        ("16", "1000", "1")
    }
    assert all("--ink" in one and "--data" not in one for one in options)  # mnist-5k is the usual data set


def test_an_unknown_network_is_refused():
    result = CliRunner().invoke(reproduce_weights.command, ["nobody"])
    assert isinstance(result.exception, ValueError)
    assert "is not among the networks that come with Inkling" in str(result.exception)
