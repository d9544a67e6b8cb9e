"""`sweep`: what its options do, and what it says of bad input."""

from pathlib import Path

import pytest

from model.data import Dataset
from model.experiments.engine import StudyEngine
from model.experiments.stores.storage import open_store
from tests.cli.conftest import Answer, Run
from tests.experiments.inline_cluster import InlineCluster, small_plan

pytestmark = pytest.mark.usefixtures("shared_cache")
QUICK = ("--training-size", 200, "--validation-size", 50, "--hidden-sizes", 8, "--jobs", 1)


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_importance_is_computed_as_asked_for(answer: Answer, tmp_path: Path, mnist_5k: Dataset, method: str) -> None:
    plan = small_plan(trials=8).model_copy(update={"name": "small"})
    StudyEngine(plan, open_store(tmp_path, "small"), InlineCluster(), mnist_5k).run()
    shares = answer("sweep", "--name", "small", "--storage", tmp_path, "--importance", method)["importance"]
    assert shares.keys() == {"learning_rate", "hidden_sizes"}
    assert sum(shares.values()) == pytest.approx(1)


def test_no_trial_begins_after_the_timeout(answer: Answer, tmp_path: Path) -> None:
    options = ("--vary", "dropout=0..0.5", "--trials", 3, "--timeout", 1e-6, "--epochs", 1)
    found = answer("sweep", *options, *QUICK, "--storage", tmp_path)
    assert (found["trials"], found["target"], found["best"]) == ([], 3, None)
    assert found["plan"]["timeout"] == 1e-6


def test_the_pruner_is_the_one_that_was_asked_for(answer: Answer, tmp_path: Path) -> None:
    options = ("--vary", "dropout=0..0.5", "--trials", 1, "--pruner", "median", "--epochs", 1)
    found = answer("sweep", *options, *QUICK, "--storage", tmp_path)
    assert (found["plan"]["pruner"], len(found["trials"])) == ("median", 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name what varies: a TOML file, or --vary"),
        (["--vary", "lr=0..1"], "lr is not a setting"),
        (["--vary", "dropout=0..0.5", "--until", "120%"], "until needs an accuracy such as 98%"),
        (["--vary", "dropout=0..0.5", "--objective", "seconds_to"], "seconds_to needs an accuracy to reach"),
        (["--vary", "dropout=0..0.5", "--storage", "sqlite:///x"], "storage must be a folder"),
        (["--vary", "dropout=0..0.5", "--jobs", "2", "--scheduler", "tcp://x:1"], "--jobs is for this machine"),
        (["--vary", "dropout=0..0.5", "--trials", "many"], "trials must be a whole number"),
        (["--vary", "dropout=0..0.5", "--importance", "guess"], "--importance must be ped-anova or fanova; got guess"),
        (["--vary", "dropout=0..0.5", "--pruner", "axe"], "pruner must be 'none', 'median' or 'hyperband'; got 'axe'"),
        (["none.toml"], "none.toml: No such file or directory"),
        (
            ["--vary", "batch_size=[1000;2000]", "--training-size", "300"],
            "no trial of this plan can be computed: batch",
        ),
        (["--vary", "dropout=0..0.5", "--teacher", "none.npz"], "none.npz: there is no such file"),
        (["--name", "none"], "there is no study called none"),
    ],
)
def test_what_can_not_be_searched_is_refused_in_one_line(
    run: Run, arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run("sweep", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1), err
    assert err.startswith(f"error: {message}")
    assert not list(tmp_path.iterdir())
