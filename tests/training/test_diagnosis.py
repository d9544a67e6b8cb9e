"""A diagnosis names what ails a run from measured figures: held to short real runs of each kind, and to edge cases."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.training import Trainer, fit
from model.training.diagnosis import diagnose, round_down
from model.training.diagnostics import Diagnostics
from model.training.evidence import Evidence, RunImages, is_better_than, relative_fall
from model.training.finding import Finding, Kind
from model.training.history import HistoryPoint
from model.training.observer import RunObserver
from tests.toy_data import patterns

CONFIG = TrainingConfig(hidden_sizes=(32,))
IMAGES = RunImages(training=3600, validation=400, chance=0.1)


def diagnosis_of(config: TrainingConfig, data) -> list[Finding]:
    """Train to the end, and diagnose."""
    trainer = Trainer(config, data)
    observer = RunObserver(trainer, data)
    for progress in fit(trainer, threads=1):
        observer.observe(progress)
    return observer.diagnose(progress.status)


# -- Real runs ----------------------------------------------------------------------------------------------

ADAM = {"optimizer": "adam", "learning_rate": 0.001}
DEEP = {"activation": "sigmoid", "hidden_sizes": (32,) * 5}
LEAKY = {"activation": "leaky_relu", "hidden_sizes": (64,)}
FEW_IMAGES = {"training_size": 500, "validation_size": 0.4}
RUNS = [
    (Kind.DIVERGED, None, "Diverged at step 5", LEAKY | {"hidden_sizes": (64, 64), "learning_rate": 10}),
    (Kind.GUESSING, Kind.DEAD_UNITS, "of layer 1 is dead. Lower", {"learning_rate": 10, "epochs": 2}),
    (Kind.GUESSING, Kind.VANISHING, "weaker than the output's. ReLU", DEEP | {"learning_rate": 0.1, "epochs": 3}),
    (Kind.GUESSING, Kind.LARGE_STEPS, "the loss went up to", LEAKY | {"activation": "gelu", "learning_rate": 5}),
    (Kind.DEAD_UNITS, None, "of layer 1 is dead", ADAM | {"learning_rate": 0.1, "hidden_sizes": (128,), "epochs": 2}),
    (Kind.LARGE_STEPS, None, "a blind guess has 2.30", LEAKY | {"learning_rate": 2}),
    (Kind.SMALL_STEPS, None, "Raise the learning rate to 0.01.", {"learning_rate": 0.001}),
    (Kind.OVERFITTING, None, "More data, augmentation", ADAM | FEW_IMAGES | {"hidden_sizes": (128,), "epochs": 25}),
    (Kind.UNDERFITTING, None, "only 2 units", ADAM | {"learning_rate": 0.01, "hidden_sizes": (2,), "epochs": 15}),
    (Kind.LEVEL, None, "Plateau for", ADAM | {"learning_rate": 0.003, "hidden_sizes": (64,), "epochs": 20}),
    (Kind.IMPROVING, None, "2 more epochs would probably help.", {"learning_rate": 0.1}),
    (Kind.LEARNED, None, "validation accuracy 9", ADAM | {"learning_rate": 0.003, "schedule": "cosine", "epochs": 8}),
]


@pytest.mark.parametrize(("kind", "cause", "words", "settings"), RUNS, ids=[f"{run[0]}-{run[1] or ''}" for run in RUNS])
def test_a_run_is_diagnosed(mnist_5k, kind, cause, words, settings) -> None:
    config = CONFIG.changed(**{"optimizer": "sgd", "epochs": 3, **settings})
    first, *_ = diagnosis_of(config, mnist_5k)
    assert (first.kind, first.cause) == (kind, cause)
    assert words in str(first)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"batch_size": 1, "epochs": 1},
        {"batch_size": 512},
        {"dropout": 0.5},
        {"augmentation": "elastic"},
        {"batch_normalization": True, "hidden_sizes": (32, 32)},
        {"hidden_sizes": ()},
        {"background": True},
        {"validation_size": 0},
        {"batch_size": 0, "optimizer": "sgd", "learning_rate": 0.5, "epochs": 12},
        {"label_smoothing": 0.2},
    ],
    ids=str,
)
def test_a_sound_run_has_no_fault(mnist_5k, settings) -> None:
    (found,) = diagnosis_of(CONFIG.changed(**{"epochs": 3, **settings}), mnist_5k)
    assert found.kind in (Kind.IMPROVING, Kind.LEARNED)


def test_observing_a_run_changes_nothing() -> None:
    data, config = patterns(300), CONFIG.changed(batch_size=32, epochs=3)
    watched = Trainer(config, data)
    observer = RunObserver(watched, data)
    for progress in fit(watched):
        observer.observe(progress)
    *_, alone = fit(Trainer(config, data))
    assert progress.network.checksum() == alone.network.checksum()


# -- Made by hand -------------------------------------------------------------------------------------------


def curve(*epochs: tuple[float, float, float | None, float | None], steps: int = 60) -> list[HistoryPoint]:
    """Return the points of a run from the training loss and accuracy and the validation's, after each epoch."""
    return [
        HistoryPoint(float(epoch), epoch * steps, row[0], row[1], row[0], row[1], row[2], row[3], CONFIG.learning_rate)
        for epoch, row in enumerate(epochs, start=1)
    ]


def inside(dead: float = 0.0, update: float = 1e-3, gradient: float = 1.0) -> Diagnostics:
    return Diagnostics(1.0, 60, (1.0, 1.0), (gradient, 1.0), (update, update), (dead,), np.empty(0, np.uint8))


def kinds(points, *, config=CONFIG, images=IMAGES, **known) -> list[Kind]:
    return [finding.kind for finding in diagnose(points, config, images, **known)]


def test_nothing_is_said_before_there_is_something_to_say() -> None:
    start = HistoryPoint(0.0, 0, math.nan, math.nan, math.nan, math.nan, 2.4, 0.1, 0.001)
    assert kinds([]) == kinds([start]) == kinds([start], status="waiting") == []
    first = HistoryPoint(0.02, 1, 2.4, 0.1, 2.4, 0.1, None, None, 0.001)
    assert kinds([start, first]) == kinds([start, first], status="stopped") == []


LOSSES = st.floats(min_value=0) | st.just(math.nan)
SHARES = st.floats(0, 1)


@given(
    st.lists(st.tuples(LOSSES, SHARES, LOSSES, SHARES), max_size=8),
    st.sampled_from(["running", "paused", "finished", "stopped", "diverged", "failed"]),
    st.integers(0, 2),
)
def test_no_figures_break_it(rows, status, validation) -> None:
    images = RunImages(10, validation, 0.1)
    for finding in diagnose(
        curve(*rows), CONFIG, images, diagnostics=[inside(math.nan, math.inf, math.nan)], status=status
    ):
        assert finding.sentence


def test_one_epoch_is_enough_for_a_verdict_on_guessing() -> None:
    assert kinds(curve((2.3, 0.1, 2.3, 0.1))) == [Kind.GUESSING]
    assert kinds(curve((1.2, 0.7, 0.8, 0.8))) == [Kind.LEARNING]


@pytest.mark.parametrize(
    ("accuracy", "images", "guessing"),
    [
        (0.1124, RunImages(54_000, 0, 0.1124), True),  # always a 1, as often as MNIST has it
        (0.1124, RunImages(54_000, 0, 0.1), False),
        (0.11, RunImages(3600, 0, 0.1), True),
        (0.13, RunImages(3600, 0, 0.1), False),
        (0.12, RunImages(50, 0, 0.1), False),  # too few images to tell
        (0.5, RunImages(3600, 0, 0.5), True),  # half of the images show one digit
    ],
)
def test_guessing_is_judged_against_chance_and_the_number_of_images(accuracy, images, guessing) -> None:
    found = kinds(curve((2.3, accuracy, None, None)), images=images)
    assert (Kind.GUESSING in found) is guessing


def test_what_is_too_easy_is_said_and_labels_that_are_all_alike() -> None:
    easy = curve((0.5, 0.9, 0.1, 1.0), (0.1, 1.0, 0.05, 1.0))
    assert kinds(easy) == [Kind.TOO_EASY]
    assert kinds(curve((0.5, 0.9, 0.1, 0.99), (0.1, 1.0, 0.05, 1.0))) == [Kind.LEARNING]
    assert kinds(easy, images=RunImages(100, 20, 0.1)) == [Kind.LEARNING]
    fine_tuned = CONFIG.changed(start_from="champion")
    assert [found.kind for found in diagnose(easy, fine_tuned, IMAGES)] == [Kind.LEARNING]
    (found,) = diagnose(easy, CONFIG, RunImages(3600, 400, 1.0))
    assert str(found) == "All labels are alike: there is nothing to learn. Look at the labels in the file."


def test_a_network_that_guesses_is_never_said_to_have_learned() -> None:
    for status in ("finished", "stopped early", "stopped", "running"):
        (found,) = diagnose(curve(*[(2.31, 0.1, 2.31, 0.1)] * 12), CONFIG, IMAGES, status=status)
        assert found.kind is Kind.GUESSING


def test_an_unfinished_epoch_is_judged_once_it_has_shown_enough_images() -> None:
    early = HistoryPoint(0.3, 18, 2.3, 0.1, 2.3, 0.1, None, None, 0.001)
    assert kinds([early]) == []
    assert kinds([early._replace(epoch=0.7, step=42)]) == [Kind.GUESSING]


def test_the_gap_and_its_growth_are_told_in_points() -> None:
    rows = [(0.5 - 0.05 * n, 0.86 + 0.014 * n, 0.5, 0.84) for n in range(9)]
    (first, *_) = diagnose(curve(*rows), CONFIG, IMAGES)
    assert str(first).startswith("Overfitting: the gap is 13 points and grows. More data")
    (first, *_) = diagnose(curve(*rows), CONFIG.changed(augmentation="affine", dropout=0.2), IMAGES)
    assert first.advice == "More data or more dropout help."


def test_a_gap_that_few_images_can_explain_is_none() -> None:
    rows = [(0.05, 1.0, 0.4, 0.9)] * 6
    assert Kind.OVERFITTING in kinds(curve(*rows), images=IMAGES)
    assert Kind.OVERFITTING not in kinds(curve(*rows), images=RunImages(90, 10, 0.1))


def test_a_run_without_validation_says_so_at_its_end() -> None:
    (found,) = diagnose(curve(*[(0.05, 0.999, None, None)] * 4), CONFIG, IMAGES, status="finished")
    assert found.kind is Kind.LEARNED
    assert "can't be seen without a validation split" in found.advice


@pytest.mark.parametrize(("dead", "first", "again"), [(0.55, True, True), (0.45, False, True), (0.35, False, False)])
def test_a_finding_stays_while_it_nearly_holds(dead, first, again) -> None:
    points = curve((0.6, 0.8, 0.6, 0.8))
    before = diagnose(points, CONFIG, IMAGES, diagnostics=[inside(dead=0.9)])
    assert before[0].kind is Kind.DEAD_UNITS
    assert (Kind.DEAD_UNITS in kinds(points, diagnostics=[inside(dead)])) is first
    assert (Kind.DEAD_UNITS in kinds(points, diagnostics=[inside(dead)], before=before)) is again


def test_one_small_step_among_others_is_no_finding() -> None:
    points = curve((2.0, 0.3, 2.0, 0.3))
    assert kinds(points, diagnostics=[inside(update=1e-5)] * 9) == [Kind.SMALL_STEPS]
    assert kinds(points, diagnostics=[inside(update=1e-3), *[inside(update=1e-5)] * 8]) == [Kind.LEARNING]


def test_small_steps_that_the_schedule_makes_are_no_finding() -> None:
    points = [point._replace(learning_rate=1e-5) for point in curve((2.0, 0.3, 2.0, 0.3))]
    assert kinds(points, diagnostics=[inside(update=1e-5)]) == [Kind.LEARNING]


def test_the_binomial_test_agrees_with_counting() -> None:
    rng = np.random.default_rng(0)
    by_chance = (rng.random((20_000, 200)) < 0.1).mean(axis=1)
    found = np.mean([is_better_than(accuracy, 200, 0.1, 0.05) for accuracy in by_chance])
    assert 0.02 < found < 0.05  # at most as often as the level says: counts are whole numbers


def test_the_fall_of_losses_is_that_of_their_trend() -> None:
    assert relative_fall([0.8, 0.4, 0.2]) == pytest.approx(0.75)
    assert relative_fall([0.5]) == relative_fall([]) == 0
    assert relative_fall([0.2, 0.4]) == pytest.approx(-1)


def test_epochs_that_are_not_over_do_not_count() -> None:
    points = [*curve((2.0, 0.3, 1.0, 0.5), (1.0, 0.6, 0.9, 0.6)), HistoryPoint(2.5, 150, 1, 1, 1, 1, None, None, 0.1)]
    assert [point.epoch for point in Evidence(points, CONFIG, IMAGES).epochs] == [1.0, 2.0]


def test_images_are_counted_as_a_run_divides_them(mnist_5k) -> None:
    assert RunImages.of(CONFIG, mnist_5k) == (3600, 400, 0.1)
    few = RunImages.of(CONFIG.changed(training_size=500, validation_size=100), mnist_5k)
    assert few[:2] == (400, 100)
    assert 0.1 < few.chance < 0.2


@pytest.mark.parametrize(("count", "rounded"), [(1, 1), (4, 2), (8, 5), (10, 10), (49, 20), (10_000, 10_000)])
def test_epochs_are_advised_in_round_numbers(count: int, rounded: int) -> None:
    assert round_down(count) == rounded
