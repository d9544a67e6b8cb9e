"""What a published network reaches again is measured as it was published, and held against bands that are told."""

import pytest

from model.cli import comparison
from model.config import TrainingConfig
from model.experiments import reproduction
from model.experiments.reproduction import Outcome, reproduce
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.presets import Preset, PublishedFigure, at_least, within
from model.training import train
from model.training.history import Progress
from tests.tiny_presets import FULL_BATCH, TINY
from tests.toy_data import patterns

SMALL = FULL_BATCH.changed(batch_size=20, epochs=20, learning_rate=0.02)


def unseen(progress):
    """Stands for a bar that nobody watches."""


def test_figures_are_those_of_the_training_that_the_preset_describes():
    dataset = patterns(300, 100)
    reached = {row["label"]: row["reached"] for row in reproduce(TINY, dataset, unseen)["figures"]}
    run = train(FULL_BATCH, dataset)
    beginning = next(run).network.copy()
    *_, end = run
    assert reached["accuracy at iteration 0"] == beginning.accuracy(dataset.images, dataset.labels)
    assert reached["cost per output at iteration 3"] == end.epoch_loss / 10
    digits = end.network.mlp.logits(dataset.test_images).argmax(axis=1)
    assert reached["test accuracy"] == (digits == dataset.test_labels).mean()


def test_a_figure_of_an_epoch_is_measured_at_its_end():
    config = TrainingConfig(hidden_sizes=(8,), validation_size=100, epochs=3, batch_size=20)
    entry = Preset("A.", "{}.", config, (within("validation_accuracy", 0.5, 0.5, epoch=1),))
    dataset = patterns(300, 50)
    ends = [progress.validation_accuracy for progress in train(config, dataset) if progress.epoch_ended]
    (row,) = reproduce(entry, dataset, unseen)["figures"]
    assert (row["label"], row["reached"]) == ("validation accuracy after epoch 1", ends[0])
    assert ends[0] != ends[1]  # or the epochs could not be told apart


def test_the_best_epoch_is_the_first_of_the_best():
    network, scores = DigitClassifier(MLP((784, 10))), (0.5, 0.9, 0.7, 0.9)
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
    entry = Preset(
        "Wild.", "{}.", config.changed(epochs=30), (at_least("test_accuracy", 0.0), PublishedFigure("f1", 0.5))
    )
    result = reproduce(entry, patterns(300, 100), unseen)
    assert result["status"] == "diverged"
    assert [(row["reached"], row["within"]) for row in result["figures"]] == [(None, False), (None, None)]
    assert "diverged" in " ".join(comparison.sentences("wild", result))
    assert comparison.cells(result["figures"][0])[2] == "–"


def test_mini_batches_stop_when_they_read_as_well():
    dataset = patterns(300, 100)
    curve = [
        (progress.network.mlp.logits(dataset.test_images).argmax(axis=1) == dataset.test_labels).mean()
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
    entry = Preset("Wide.", "{}.", FULL_BATCH, (PublishedFigure("test_accuracy", None),), SMALL)
    result = reproduce(entry, patterns(300, 100), unseen)
    assert result["mini_batches"]["goal"] == result["figures"][0]["reached"]
    (sentence,) = comparison.sentences("wide", result)
    assert "mini-batches of 20 (rate 0.02) is there after" in sentence
    result["mini_batches"]["reached"] = False
    (sentence,) = comparison.sentences("wide", result)
    assert "mini-batches of 20 (rate 0.02) was not there after" in sentence
    assert comparison.cells(result["figures"][0])[1] == "not at hand"


def test_every_published_preset_is_meant_unless_some_are_named():
    everything = reproduction.published(())
    assert set(everything) == {"full-batch", "mini-batch", "deep-64", "tanh-10", "wide-512"}
    assert list(reproduction.published(("tanh-10", "deep-64"))) == ["tanh-10", "deep-64"]
