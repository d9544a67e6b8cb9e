"""`seeds`, `compare` and `report`: what they print and write, and what they say of bad input."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from model.config import TrainingConfig
from model.experiments.plan import ExperimentPlan
from model.experiments.space import SearchSpace
from model.experiments.stores.storage import open_store
from model.training import train
from model.training.checkpoint import Checkpoint
from tests.cli.conftest import Run, last_json, program

pytestmark = pytest.mark.usefixtures("shared_cache")
QUICK = ("--training-size", "300", "--hidden-sizes", "8", "--epochs", "1", "--jobs", "1")


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory, mnist_5k) -> list[Path]:
    """Two networks, after one epoch and after two."""
    folder = tmp_path_factory.mktemp("networks")
    paths = []
    for epochs in (1, 2):
        config = TrainingConfig(hidden_sizes=(16,), epochs=epochs)
        *_, progress = train(config, mnist_5k)
        paths.append(folder / f"epochs-{epochs}.safetensors")
        Checkpoint.of(config, progress, mnist_5k, "finished").save(paths[-1])
    return paths


def test_settings_are_compared_and_written(run: Run, tmp_path: Path) -> None:
    html, csv = tmp_path / "report.html", tmp_path / "runs.csv"
    code, out, err = run(
        *("compare", "optimizer=adam", "optimizer=sgd", "--seeds", 2, *QUICK, "--test"),
        *("--html", html, "--csv", csv, "--json", "--storage", tmp_path, "--name", "optimizers"),
    )
    assert code == 0, err
    found = last_json(out)
    assert [setting["name"] for setting in found["settings"]] == ["Adam", "SGD"]
    (comparison,) = found["comparisons"]
    assert (comparison["pairs"], comparison["p"], comparison["smallest_p"]) == (2, 0.5, 0.5)
    assert (found["measure"], found["interrupted"]) == ("test_accuracy", False)
    assert found["cautions"][0].startswith("Two seeds can't show a difference")
    assert comparison["sentence"] in html.read_text()
    assert len(csv.read_text().splitlines()) == 5
    assert (found["html"], found["csv"]) == (str(html), str(csv))
    code, out, err = run("seeds", *QUICK, "--storage", tmp_path, "--name", "optimizers")
    assert (code, out) == (2, "")
    assert "the study optimizers is of other settings" in err
    for command in (("report", "optimizers"), ("sweep", "--name", "optimizers")):
        code, out, err = run(*command, "--storage", tmp_path)
        assert (code, out) == (2, "")
        assert "the study optimizers is one of seeds or compare: the same command shows what it found" in err


@pytest.mark.skipif(sys.platform == "win32", reason="it has no process groups as terminals use them")
def test_what_is_killed_or_ended_by_ctrl_c_loses_no_run(tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to the processes that compute, too."""

    def interrupt(number: int) -> tuple[int, int, str, str]:
        command = ("seeds", "--seeds", 60, *QUICK, "--epochs", 40, "--storage", tmp_path)
        with program(*command) as process:
            assert process.stderr
            line = next(line for line in process.stderr if "of 60 runs" in line)
            os.killpg(process.pid, number)
            out, err = process.communicate()
        return process.returncode, int(line.split()[0]), out, err

    code, before, _, _ = interrupt(signal.SIGKILL)
    assert code == -signal.SIGKILL
    code, after, out, err = interrupt(signal.SIGINT)  # the same command has gone on
    assert code == 0, err
    assert "Traceback" not in err
    ended = int(re.findall(r"Ctrl-C ended it after (\d+) of 60 runs", err)[0])
    assert before < after <= ended < 60
    assert "The same command goes on." in err
    assert re.search(r"With \w+ seeds, .* and epochs 40 comes to \d+\.\d\d % validation accuracy on average", out)
    assert f"(mean ± SD, n = {ended} seeds; 95% BCa bootstrap CI [" in out


def test_networks_are_compared_on_the_test_part(run: Run, networks: list[Path], tmp_path: Path) -> None:
    csv = tmp_path / "images.csv"
    code, out, err = run("compare", *networks, "--csv", csv, "--json")
    assert code == 0, err
    found = last_json(out)
    (comparison,) = found["comparisons"]
    assert (comparison["test"], comparison["images"], found["n"]) == ("McNemar's exact test", 1000, 1000)
    alone = comparison["first_alone_right"] + comparison["second_alone_right"]
    assert len(comparison["differing"]) == alone == len(csv.read_text().splitlines()) - 1
    difference = found["accuracies"]["epochs-1"] - found["accuracies"]["epochs-2"]
    assert comparison["difference"] == pytest.approx(difference)

    code, out, err = run("compare", *networks)
    assert code == 0, err
    assert comparison["sentence"] in out
    assert comparison["paper"] in out


def test_a_study_is_reported_by_its_name_or_its_folder(run: Run, tmp_path: Path) -> None:
    plan = ExperimentPlan.of({"name": "widths", "space": SearchSpace.parse("hidden_sizes=[8;16]")})
    open_store(tmp_path, "widths").open(plan)
    html, csv = tmp_path / "report.html", tmp_path / "trials.csv"
    code, out, err = run("report", "widths", "--storage", tmp_path, "--html", html, "--csv", csv, "--json")
    assert code == 0, err
    found = last_json(out)
    assert (found["name"], found["trials"], found["best"], found["html"]) == ("widths", 0, None, str(html))
    assert "<h1>widths: no trials</h1>" in html.read_text()
    assert csv.read_text().startswith("trial,state,hidden_sizes,validation_accuracy,")
    code, out, err = run("report", tmp_path / "widths")
    assert code == 0, err
    assert "No trial has reached what was aimed at." in out
    assert run("report", "width", "--storage", tmp_path)[2].strip().endswith("there are widths")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "starter"], "a comparison needs two settings or networks; got 1"),
        (["compare", "starter", "nothing"], "'nothing' is neither a preset"),
        (["compare", "optimizer=adam", "learning_rate=0.001"], "are the same settings"),
        (["compare", "starter", "nowhere.safetensors"], "nowhere.safetensors: there is no such file"),
        (["compare", "starter", "champion.safetensors"], "'starter' is no network"),
        (["compare", "champion.safetensors", "champion.safetensors"], "a network is named twice"),
        (["compare", "champion.safetensors", "starter.safetensors", "--epochs", "2"], "--epochs is for settings"),
        (["compare", "starter", "optimizer=sgd", "--html", "nowhere/x.html"], "--html must be in a folder that exists"),
        (["seeds", "--seeds", "0"], "--seeds must be 1 to 1,000; got 0"),
        (["seeds", "--seeds", "two"], "'two' is not a valid integer"),
        (["seeds", "--until", "much"], "needs an accuracy such as 98% or 0.98; got much"),
        (["seeds", "--objective", "seconds_to"], "seconds_to needs an accuracy to reach"),
        (["seeds", "--csv", "runs.txt"], "--csv must end in .csv; got runs.txt"),
        (["seeds", "full-batch"], "has no validation images"),
        (["seeds", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"], "--jobs is for this machine"),
        (["report", "nothing", "--storage", "nowhere"], "nothing: there is no such study in nowhere"),
        (["report", "nothing", "--html", "x.pdf"], "--html must end in .html; got x.pdf"),
    ],
)
def test_bad_input_is_one_line(run: Run, arguments: list[str], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert message in err
    assert not Path("nowhere").exists()
