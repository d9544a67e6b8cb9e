"""Who wins a race, when that is certain, and what is said of the bet."""

import pytest

from model.training.history import HistoryPoint
from ui.experiments import race_outcome
from ui.experiments.race_outcome import Racer
from ui.state.visitor_state import Race


def racer(*accuracies: float, is_live: bool = False) -> Racer:
    """A run with these validation accuracies, epoch by epoch."""
    points = [
        HistoryPoint(float(epoch), epoch * 10, 0.5, 0.8, 0.5, 0.8, 0.5, accuracy, 0.1)
        for epoch, accuracy in enumerate(accuracies, start=1)
    ]
    return Racer(points, is_live)


def race(goal: float | None = None, bet: int = 0) -> Race:
    return Race((1, 2), ("sgd", "adam"), bet, goal)


def test_the_better_one_at_the_end_wins() -> None:
    racers = [racer(0.9, 0.95), racer(0.92, 0.94)]
    assert race_outcome.winner(race(), racers) == 0
    said = race_outcome.describe(race(), racers)
    assert "sgd wins" in said
    assert "as you bet" in said
    assert "95.0 %" in said
    assert "94.0 %" in said
    assert "you bet on adam" in race_outcome.describe(race(bet=1), racers)


def test_the_first_one_at_the_goal_wins_whatever_comes_later() -> None:
    racers = [racer(0.8, 0.91, 0.92), racer(0.91, 0.91, 0.99)]
    assert race_outcome.winner(race(0.9), racers) == 1
    assert "after 1 epochs, the other one after 2" in race_outcome.describe(race(0.9), racers)


@pytest.mark.parametrize(
    ("racers", "decided"),
    [
        ([racer(0.95, is_live=True), racer(0.5, 0.6, is_live=True)], True),
        ([racer(0.95, is_live=True), racer(0.5, is_live=True)], False),
        ([racer(0.5, 0.6, is_live=True), racer(0.95)], True),
        ([racer(0.5, is_live=True), racer(0.5)], False),
        ([racer(0.95, is_live=True), racer(0.95, is_live=True)], True),
        ([racer(0.5), racer(0.5)], True),
        ([racer(0.5, is_live=True), racer(is_live=True)], False),
        ([racer(is_live=True), racer(is_live=True)], False),
    ],
)
def test_a_race_to_a_goal_is_decided_when_the_other_can_no_longer_be_the_first(
    racers: list[Racer], decided: bool
) -> None:
    assert race_outcome.is_decided(race(0.9), racers) is decided


def test_a_race_to_the_end_is_open_until_both_are_over() -> None:
    assert not race_outcome.is_decided(race(), [racer(0.9), racer(0.8, is_live=True)])
    assert race_outcome.is_decided(race(), [racer(0.9), racer(0.8)])


@pytest.mark.parametrize(
    ("goal", "racers", "why"),
    [
        (None, [racer(0.9), racer(0.9)], "both end with the same"),
        (None, [racer(), racer()], "neither came to an epoch's end"),
        (0.9, [racer(0.5), racer(0.6)], "neither reaches 90.0 %"),
        (0.9, [racer(0.9), racer(0.95)], "both reach 90.0 % at the end of epoch 1"),
    ],
)
def test_nobody_wins_a_tie(goal: float | None, racers: list[Racer], why: str) -> None:
    said = race_outcome.describe(race(goal), racers)
    assert "Nobody wins" in said
    assert why in said


def test_a_run_without_any_accuracy_loses() -> None:
    assert race_outcome.winner(race(), [racer(), racer(0.1)]) == 1
    assert "nothing that could be measured" in race_outcome.describe(race(), [racer(), racer(0.1)])
