"""`python -m model average`: the mean of networks, and one line where they do not go together."""

import json
from pathlib import Path

import numpy as np

from model.cli.average import worse_than
from model.training import checkpoint
from tests.cli.conftest import Run


def test_two_further_trainings_of_one_network_are_averaged(run: Run, tmp_path: Path, shared_cache: Path) -> None:
    files = [tmp_path / name for name in ("a.safetensors", "b.npz")]
    for file, rate in zip(files, ("0.001", "0.0005"), strict=True):
        options = ("--start-from", "starter", "--hidden-sizes", "64", "--epochs", "1", "--learning-rate", rate)
        assert run("train", *options, "--training-size", "1000", "--out", file)[0] == 0
    out = tmp_path / "mean.safetensors"
    code, text, err = run("average", *files, "--out", out, "--json")
    assert (code, err) == (0, "")
    found = json.loads(text.splitlines()[-1])
    mean, *members = (checkpoint.load(path) for path in (out, *files))
    together = np.mean([member.network.mlp.parameters for member in members], axis=0)
    np.testing.assert_allclose(mean.network.mlp.parameters, together, rtol=1e-5, atol=1e-7)
    assert mean.network.temperature != 1.0
    assert found["validation_accuracy"] == mean.scores["validation_accuracy"] > 0.9
    assert found["of"] == {
        path.name: one.scores["validation_accuracy"] for path, one in zip(files, members, strict=True)
    }
    assert mean.scores["ancestors_trained_on"] == "mnist-5k"
    assert "validation accuracy of a.safetensors" in run("average", *files, "--out", out)[1]


def test_a_mean_that_is_worse_than_each_of_its_networks_is_told_of() -> None:
    assert "trained further from the same one" in worse_than(0.5, [0.9, None, 0.8])[0]
    assert worse_than(0.85, [0.9, 0.8]) == worse_than(None, [0.9]) == worse_than(0.5, [None]) == []


def test_bad_input_is_one_line_and_leaves_no_file(run: Run, tmp_path: Path, shared_cache: Path) -> None:
    out = tmp_path / "mean.npz"
    for arguments, said in (
        (("--out", out), "Missing argument 'FILE FILE...'"),
        (("starter", "tanh-10"), "Missing option '--out'"),
        (("starter", "--out", out), "two networks or more to average; got 1"),
        (("starter", "tanh-10", "--out", out), "starter is 784-64-10 relu, tanh-10 is 784-10-10 tanh"),
        (("starter", "nobody", "--out", out), "nobody: there is no such file"),
        (("starter", "starter", "--out", tmp_path / "mean.pt"), "must end in .safetensors or .npz; got 'mean.pt'"),
        (("starter", "starter", "--out", tmp_path / "nowhere" / "m.npz"), "--out must be in a folder that exists"),
    ):
        code, stdout, err = run("average", *arguments)
        assert (code, stdout) == (2, "")
        assert said in err
        assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_mean_that_can_not_be_written_where_it_should_be_is_kept_elsewhere_and_said(
    run: Run, tmp_path: Path, shared_cache: Path
) -> None:
    out = tmp_path / "mean.safetensors"
    out.mkdir()
    code, text, err = run("average", "starter", "starter", "--out", out, "--json")
    kept = Path(json.loads(text.splitlines()[-1])["out"])
    assert (code, kept.is_file(), kept != out) == (2, True, True)
    assert f"the network is in {kept}" in err
    kept.unlink()
