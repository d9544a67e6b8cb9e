"""What a published network reaches again is measured as it was published, and held against bands that are told."""

import json
import re
import sys
from dataclasses import asdict

import pytest

from model import __main__ as command_line
from model.config import TrainingConfig
from model.experiments import reproduction
from model.experiments.reproduction import Outcome, reproduce
from model.nn.mlp import Network
from model.presets import PRESETS, Figure, Preset, at_least, within
from model.training import train
from model.training.history import Progress
from tests.toy_data import patterns

FULL_BATCH = TrainingConfig(
    validation_size=0, hidden_sizes=(8,), optimizer="sgd", learning_rate=0.5, batch_size=0, epochs=3, training_size=300
)
UNPUBLISHED = next(name for name, recipe in PRESETS.items() if not recipe.figures)
SMALL = FULL_BATCH.changed(batch_size=20, epochs=20, learning_rate=0.02)
FIGURES = (
    within("accuracy", 0.5, 0.5, epoch=0),
    within("cost_per_output", 0.1, 0.001, epoch=3),  # ln(10) / 10 is far from it, and where three steps end is too
    at_least("test_accuracy", 0.0),
    Figure("precision", 0.5),
)
TINY = Preset("Tiny.", "Accuracy {}, cost {}, test {}, precision {}.", FULL_BATCH, FIGURES)
QUICK = Preset("Quick.", "Recall {}.", FULL_BATCH.changed(epochs=1), (Figure("recall", None),))


def unseen(progress):
    """Stands for a bar that nobody watches."""


@pytest.fixture
def command(monkeypatch, capsys, tmp_path, shared_cache):
    """Runs `presets` with two tiny recipes among the others: exit code, stdout, stderr. What it keeps lies apart."""
    monkeypatch.setitem(PRESETS, "tiny", TINY)
    monkeypatch.setitem(PRESETS, "quick", QUICK)
    monkeypatch.setattr(reproduction, "KEPT", tmp_path / "published.json")
    monkeypatch.setattr(reproduction, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text("Before\n<!-- published -->\n<!-- /published -->\nafter\n")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["model", "presets", *words])
        try:
            command_line.main()
        except SystemExit as end:
            return (end.code, *capsys.readouterr())
        return (0, *capsys.readouterr())

    return run


# ------------------------------------------------------------------------------------------------ measuring


def test_figures_are_those_of_the_training_that_the_recipe_describes():
    dataset = patterns(300, 100)
    reached = {row["label"]: row["reached"] for row in reproduce(TINY, dataset, unseen)["figures"]}
    run = train(FULL_BATCH, dataset)
    beginning = next(run).network.copy()
    *_, end = run
    assert reached["accuracy at iteration 0"] == beginning.accuracy(dataset.images, dataset.labels)
    assert reached["cost per output at iteration 3"] == end.epoch_loss / 10
    digits = end.network.logits(dataset.test_images).argmax(axis=1)
    assert reached["test accuracy"] == (digits == dataset.test_labels).mean()


def test_a_figure_of_an_epoch_is_measured_at_its_end():
    config = TrainingConfig(hidden_sizes=(8,), validation_size=100, epochs=3, batch_size=20)
    recipe = Preset("A.", "{}.", config, (within("validation_accuracy", 0.5, 0.5, epoch=1),))
    dataset = patterns(300, 50)
    ends = [progress.validation_accuracy for progress in train(config, dataset) if progress.epoch_ended]
    (row,) = reproduce(recipe, dataset, unseen)["figures"]
    assert (row["label"], row["reached"]) == ("validation accuracy after epoch 1", ends[0])
    assert ends[0] != ends[1]  # or the epochs could not be told apart


def test_the_best_epoch_is_the_first_of_the_best():
    network, scores = Network((784, 10)), (0.5, 0.9, 0.7, 0.9)
    curve = [Progress(network, 4, validation_accuracy=score, seconds=time) for time, score in enumerate(scores)]
    outcome = Outcome(curve, None)
    assert reproduction.MEASURES["best_validation_accuracy"](outcome, 0) == 0.9
    assert reproduction.MEASURES["seconds_to_best"](outcome, 0) == 1


def test_bands_are_met_or_missed():
    result = reproduce(TINY, patterns(300, 100), unseen)
    assert [row["within"] for row in result["figures"]] == [True, False, True, None]
    assert result["within"] is False
    met = Preset("Met.", "{}.", FULL_BATCH, (at_least("test_accuracy", 0.0),))
    assert reproduce(met, patterns(300, 100), unseen)["within"] is True


def test_a_training_that_diverged_has_reached_nothing():
    config = FULL_BATCH.changed(initialization="normal", initial_std=10, learning_rate=10, hidden_sizes=(64, 64, 64))
    recipe = Preset("Wild.", "{}.", config.changed(epochs=30), (at_least("test_accuracy", 0.0), Figure("f1", 0.5)))
    result = reproduce(recipe, patterns(300, 100), unseen)
    assert result["status"] == "diverged"
    assert [(row["reached"], row["within"]) for row in result["figures"]] == [(None, False), (None, None)]
    assert "diverged" in " ".join(reproduction.sentences("wild", result))
    assert reproduction.cells(result["figures"][0])[2] == "–"


def test_mini_batches_stop_when_they_read_as_well():
    dataset = patterns(300, 100)
    curve = [
        (progress.network.logits(dataset.test_images).argmax(axis=1) == dataset.test_labels).mean()
        for progress in train(SMALL, dataset)
        if progress.epoch_ended
    ]
    goal = 0.7
    found = reproduction.race(SMALL, dataset, goal, 2.0, unseen)
    assert found["reached"]
    assert found["epochs"] == next(epoch for epoch, score in enumerate(curve, 1) if score >= goal) < 20
    assert found["ratio"] == pytest.approx(found["seconds"] / 2, abs=1e-3)
    unreachable = reproduction.race(SMALL.changed(epochs=2), dataset, 1.1, 2.0, unseen)
    assert (unreachable["reached"], unreachable["epochs"]) == (False, 2)


def test_the_two_ways_of_one_network_are_compared_in_a_sentence():
    recipe = Preset("Wide.", "{}.", FULL_BATCH, (Figure("test_accuracy", None),), SMALL)
    result = reproduce(recipe, patterns(300, 100), unseen)
    assert result["mini_batches"]["goal"] == result["figures"][0]["reached"]
    (sentence,) = reproduction.sentences("wide", result)
    assert "mini-batches of 20 (rate 0.02) is there after" in sentence
    result["mini_batches"]["reached"] = False
    (sentence,) = reproduction.sentences("wide", result)
    assert "mini-batches of 20 (rate 0.02) was not there after" in sentence
    assert reproduction.cells(result["figures"][0])[1] == "not at hand"


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (within("accuracy", 0.8686, 0.015), "85.36 % to 88.36 %"),
        (at_least("f1", 0.9269), "at least 92.69 %"),
        (Figure("cost_per_output", 0.2, highest=0.25), "at most 0.250000"),
        (Figure("seconds_to_best", 882), ""),
    ],
)
def test_a_band_is_told_in_words(figure, words):
    assert reproduction.band(figure) == words


# -------------------------------------------------------------------------------------------------- command


def test_every_published_recipe_is_meant_unless_some_are_named():
    everything = reproduction.published(())
    assert set(everything) == {"full-batch", "mini-batch", "deep-64", "tanh-10", "wide-512"}
    assert list(reproduction.published(("tanh-10", "deep-64"))) == ["tanh-10", "deep-64"]


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


def test_what_is_written_keeps_the_rows_of_other_recipes(command, tmp_path):
    assert command("--run", "tiny", "--write")[0] == 0
    first = json.loads((tmp_path / "published.json").read_text())
    assert command("--run", "quick", "--write")[0] == 0
    both = json.loads((tmp_path / "published.json").read_text())
    assert list(both) == ["tiny", "quick"]
    assert both["tiny"] == first["tiny"]
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("Before\n<!-- published -->\n|")
    assert text.endswith("<!-- /published -->\nafter\n")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(FIGURES) + 1
    assert rows[2].startswith("| `tiny` | ")
    assert rows[-1].startswith("| `quick` | ")
    assert {row.count("|") for row in rows} == {8}
    assert "`tiny`, `quick`: trained on " in text


def test_without_write_nothing_is_kept(command, tmp_path):
    before = (tmp_path / "README.md").read_text()
    assert command("--run", "quick")[0] == 0
    assert (tmp_path / "README.md").read_text() == before
    assert not (tmp_path / "published.json").exists()


@pytest.mark.parametrize(
    ("words", "spoil", "complaint"),
    [
        (f"--run {UNPUBLISHED}", "", f"--run needs recipes with published figures: full-batch, .*; got {UNPUBLISHED}"),
        ("--run tiny best", "", "preset must be one of full-batch, .*; got 'best'"),
        ("best", "", "preset must be one of full-batch, .*; got 'best'"),
        ("--write", "", "--write keeps what --run reaches; add --run"),
        ("--run tiny --write", "published.json", "published.json: expected the results that --write keeps"),
        ("--run tiny --write", "README.md", "the text must have <!-- published -->"),
    ],
)
def test_bad_input_is_refused_before_any_training(words, spoil, complaint, command, tmp_path, monkeypatch):
    monkeypatch.setattr(reproduction, "train", lambda *_: pytest.fail("it trained"))
    if spoil:
        (tmp_path / spoil).write_text("[spoiled")
    code, stdout, stderr = command(*words.split())
    assert (code, stdout) == (2, "")
    (line,) = stderr.splitlines()
    assert line.startswith("error: ")
    assert re.search(complaint, line), line


def test_the_list_may_be_of_some_recipes_alone(command):
    code, stdout, _ = command("tiny", "--json")
    (listed,) = json.loads(stdout)["presets"].items()
    assert code == 0
    assert listed[0] == "tiny"
    assert listed[1]["figures"] == [asdict(figure) for figure in FIGURES]
    assert listed[1]["published"] == "Accuracy 50.00 %, cost 0.100000, test 0.00 %, precision 50.00 %."


# ------------------------------------------------------------------------------------------- what is kept


def test_the_readme_shows_what_is_kept():
    assert f"\n{reproduction.markdown(reproduction.kept()).strip()}\n" in reproduction.README.read_text()


def test_what_is_kept_was_held_against_the_figures_that_the_recipes_have():
    for name, result in reproduction.kept().items():
        names = asdict(PRESETS[name].figures[0])
        held = [{key: row[key] for key in names} for row in result["figures"]]
        assert held == [asdict(figure) for figure in PRESETS[name].figures], name
