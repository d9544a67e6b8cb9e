"""`presets` lists the presets, and with --run holds what they reach against what was published."""

import functools
import json
import re
from dataclasses import asdict

import pytest

from model.experiments import reproduction
from model.presets import PRESETS
from tests.tiny_presets import FIGURES, QUICK, TINY, UNPUBLISHED


@pytest.fixture
def command(run, monkeypatch, shared_cache):
    """Runs `presets` with two tiny presets among the others: exit code, stdout, stderr."""
    monkeypatch.setitem(PRESETS, "tiny", TINY)
    monkeypatch.setitem(PRESETS, "quick", QUICK)
    return functools.partial(run, "presets")


def test_a_run_shows_published_beside_reached(command):
    code, stdout, stderr = command("tiny", "--run")
    assert code == 0
    for words in ("tiny", "published", "accuracy at", "50.00 %", "0.099000 to", "at least 0.00 %", "yes", "no"):
        assert words in stdout
    assert "epoch     3" in stderr


def test_the_last_line_is_json(command):
    code, stdout, _ = command("--run", "tiny", "quick", "--json")
    assert code == 0
    (line,) = stdout.splitlines()
    result = json.loads(line, parse_constant=pytest.fail)
    assert list(result["runs"]) == ["tiny", "quick"]
    tiny = result["runs"]["tiny"]
    assert [row["published"] for row in tiny["figures"]] == [0.5, 0.1, 0.0, 0.5]
    assert tiny["machine"].keys() >= {"processor", "system", "Python", "NumPy"}
    assert tiny["seconds"] > 0
    assert (result["within"], result["runs"]["quick"]["within"]) == (False, True)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (f"--run {UNPUBLISHED}", f"--run needs presets with published figures: full-batch, .*; got {UNPUBLISHED}"),
        ("--run tiny best", "preset must be one of full-batch, .*; got 'best'"),
        ("best", "preset must be one of full-batch, .*; got 'best'"),
    ],
)
def test_bad_input_is_refused_before_any_training(words, complaint, command, monkeypatch):
    monkeypatch.setattr(reproduction, "train", lambda *_: pytest.fail("it trained"))
    code, stdout, stderr = command(*words.split())
    assert (code, stdout) == (2, "")
    (line,) = stderr.splitlines()
    assert line.startswith("error: ")
    assert re.search(complaint, line), line


def test_the_list_may_be_of_some_presets_alone(command):
    code, stdout, _ = command("tiny", "--json")
    (listed,) = json.loads(stdout)["presets"].items()
    assert code == 0
    assert listed[0] == "tiny"
    assert listed[1]["figures"] == [asdict(figure) for figure in FIGURES]
    assert listed[1]["published"] == "Accuracy 50.00 %, cost 0.100000, test 0.00 %, precision 50.00 %."
