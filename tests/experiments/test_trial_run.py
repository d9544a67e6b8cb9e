from pathlib import Path

import numpy as np
import pytest

from model.data import Dataset
from model.experiments.curve import MAX_POINTS, CurvePoint
from model.experiments.material import Material, MaterialReference, MissingMaterialError, find, keep
from model.experiments.trial_run import TrialTask, best_few, is_among_best, run_trial
from model.training import checkpoint, train
from tests.experiments.inline_cluster import SMALL
from tests.paths import INK


def ignore(run: int, point: CurvePoint) -> None:
    """Nobody looks on."""


def never() -> bool:
    return False


@pytest.fixture
def reference(mnist_5k: Dataset, shared_cache: Path) -> MaterialReference:
    return Material.of(mnist_5k).reference("mnist-5k")


def test_a_trial_is_a_training_on_one_thread_bit_for_bit(reference: MaterialReference, mnist_5k: Dataset) -> None:
    points: list[tuple[int, CurvePoint]] = []
    task = TrialTask("key", (SMALL, SMALL.changed(seed=1)), reference)
    outcome = run_trial(task, lambda run, point: points.append((run, point)), never)
    *_, last = train(SMALL, mnist_5k, threads=1)
    assert outcome.weights
    kept = checkpoint.load(outcome.weights, "network.safetensors")
    assert kept.network.checksum() == last.network.checksum()
    assert kept.config == SMALL
    assert kept.scores["test_accuracy"] is None  # a trial has no test part to look at
    assert outcome.seed_values[0] == (last.validation_accuracy,)
    assert outcome.values == (np.mean([values[0] for values in outcome.seed_values]),)
    assert [(run, point.epoch) for run, point in points] == [(run, epoch) for run in (0, 1) for epoch in (0, 1, 2)]
    assert outcome.curves == tuple(tuple(point for one, point in points if one == run) for run in (0, 1))
    again = run_trial(task, ignore, never).weights
    assert again
    assert checkpoint.load(again, "network.safetensors").network.checksum() == kept.network.checksum()


def test_a_long_run_reports_some_of_its_epochs_and_the_last(reference: MaterialReference) -> None:
    config = SMALL.changed(epochs=2 * MAX_POINTS + 1, batch_size=0)
    curve = run_trial(TrialTask("key", (config,), reference), ignore, never).curves[0]
    assert len(curve) <= MAX_POINTS
    assert [curve[0].epoch, curve[-1].epoch] == [0, 2 * MAX_POINTS + 1]


def test_a_trial_stops_when_it_is_told_to(reference: MaterialReference) -> None:
    outcome = run_trial(TrialTask("key", (SMALL.changed(epochs=100),), reference), ignore, lambda: True)
    assert (outcome.status, outcome.values, len(outcome.curves[0])) == ("stopped", None, 1)


def test_a_run_ends_at_the_accuracy_to_reach_unless_more_is_measured(reference: MaterialReference) -> None:
    config = SMALL.changed(epochs=12, learning_rate=0.01)
    one = TrialTask("one", (config,), reference, ("seconds_to",), until=0.3)
    both = TrialTask("both", (config,), reference, ("validation_accuracy", "seconds_to"), until=0.3)
    first, second = (run_trial(task, ignore, never) for task in (one, both))
    assert first.accuracy is not None
    assert first.accuracy >= 0.3
    assert len(first.curves[0]) < len(second.curves[0]) == 13
    assert second.values
    assert second.values[1] == pytest.approx(second.curves[0][first.curves[0][-1].epoch].seconds, abs=1e-6)


def test_a_trial_without_memory_fails_and_says_so(reference: MaterialReference) -> None:
    def exhaust(run: int, point: CurvePoint) -> None:
        raise MemoryError

    outcome = run_trial(TrialTask("key", (SMALL,), reference), exhaust, never)
    assert (outcome.status, outcome.note[:31]) == ("failed", "there was not enough memory: a ")


def test_only_a_trial_among_the_best_brings_its_network() -> None:
    objectives = ("validation_accuracy", "parameters_to")
    assert is_among_best((0.9,), [(0.8,), (0.95,)], objectives[:1], 2)
    assert not is_among_best((0.9,), [(0.91,), (0.95,)], objectives[:1], 2)
    assert is_among_best((0.9, 10.0), [(0.91, 11.0), (0.8, 5.0)], objectives, 1)
    assert not is_among_best((0.9, 10.0), [(0.9, 9.0)], objectives, 1)
    assert not is_among_best((0.9, None), [], objectives, 1)


def test_the_best_few_are_those_that_few_beat() -> None:
    objectives = ("validation_accuracy", "parameters_to")
    assert best_few([(0.8,), (0.9,), (None,), (0.7,), (0.9,)], objectives[:1], 2) == [(0.9,), (0.9,)]
    values = [(0.9, 10.0), (0.8, 5.0), (0.8, 6.0), (0.95, None), (0.7, 5.0), (0.8, 5.0)]
    assert best_few(values, objectives, 1) == [(0.9, 10.0), (0.8, 5.0), (0.8, 5.0)]


def test_material_is_known_by_its_content(mnist_5k: Dataset, tmp_path: Path, shared_cache: Path) -> None:
    labels = mnist_5k.labels.copy()
    labels[7] = (labels[7] + 1) % 10
    other = Dataset("mnist-5k", mnist_5k.images, labels, mnist_5k.test_images, mnist_5k.test_labels)
    material = Material.of(other)
    assert material.digest != Material.of(mnist_5k).digest
    assert not len(material.dataset.test_labels)
    with pytest.raises(MissingMaterialError):
        find(material.reference("mnist-5k"))  # what is found by this name is something else
    found = find(material.reference("labels.csv", folder=tmp_path))  # from the folder that other processes open
    assert np.array_equal(found.dataset.labels, labels)
    with pytest.raises(MissingMaterialError):
        find(MaterialReference("0" * 32, "nowhere.csv"))
    keep(material)
    assert find(material.reference("mnist-5k")) is material


def test_ink_is_part_of_the_material_and_judges(mnist_5k: Dataset, shared_cache: Path) -> None:
    ink = str(INK)
    material = Material.of(mnist_5k, judge=ink)
    assert material.digest != Material.of(mnist_5k).digest
    reference = material.reference("mnist-5k")
    outcome = run_trial(TrialTask("key", (SMALL,), reference, ("ink_accuracy",)), ignore, never)
    assert outcome.weights
    assert outcome.values
    network = checkpoint.load(outcome.weights, "network.safetensors").network
    assert outcome.values[0] == network.accuracy(material.judge_images, material.judge_labels)
