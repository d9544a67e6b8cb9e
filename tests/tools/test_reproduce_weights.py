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
    out, last = tmp_path / "handwriting.safetensors", tmp_path / reproduce_weights.AVERAGED["handwriting"][0]
    earlier = reproduce_weights.EARLIER["handwriting"]
    config = TrainingConfig(epochs=24, average_last=5, start_from=list(earlier)[-1])
    *made, (end, file) = reproduce_weights.stages("handwriting", config, out)
    starts = ["", *(str(tmp_path / name) for name in earlier)]
    assert made == [
        (config.changed(start_from=start, **changes), tmp_path / name)
        for start, (name, changes) in zip(starts, earlier.items(), strict=False)
    ]
    assert (end, file) == (config.changed(start_from=starts[-1]), last)
    once = config.changed(start_from="")
    assert list(reproduce_weights.stages("champion", once, out)) == [(once, out)]


def test_a_mean_is_made_of_runs_that_are_made_before(tmp_path):
    out = tmp_path / "handwriting.safetensors"
    config = TrainingConfig(start_from=list(reproduce_weights.EARLIER["handwriting"])[-1])
    made = {str(file) for _, file in reproduce_weights.stages("handwriting", config, out)}
    files = reproduce_weights.AVERAGED["handwriting"]
    *start, option, written = reproduce_weights.average_command(files, out)
    assert start[:4] == [sys.executable, "-m", "model", "average"]
    assert set(start[4:]) < made
    assert (option, written) == ("--out", str(out))


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
