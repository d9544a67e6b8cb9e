"""The summary says in words what the curves show."""

import math
from collections.abc import Sequence

import pytest

from model.training.history import HistoryPoint
from ui.charts.curve_lines import Curve
from ui.charts.curve_summary import summarize, summarize_points


def points(losses: Sequence[float], accuracies: Sequence[float] = (), per_epoch: int = 4) -> list[HistoryPoint]:
    """A run whose training loss and validation accuracy have these values after each epoch, and before the first."""
    found = []
    for step in range((len(losses) - 1) * per_epoch + 1):
        epoch, part = divmod(step, per_epoch)
        loss = losses[epoch] if not part else losses[epoch] + (losses[epoch + 1] - losses[epoch]) * part / per_epoch
        accuracy = accuracies[epoch] if accuracies and not part else None
        loss = loss if step else math.nan
        validation_loss = None if accuracy is None else 1.0
        found.append(HistoryPoint(step / per_epoch, step, loss, 0.5, loss, 0.5, validation_loss, accuracy, 0.001))
    return found


@pytest.mark.parametrize(
    ("losses", "accuracies", "words"),
    [
        (
            [2.3, 1, 0.5, 0.3, 0.2, 0.17, 0.15, 0.13],
            [0.1, 0.6, 0.8, 0.9, 0.91, 0.912, 0.914, 0.915],
            "epoch 7: loss 0.13, falling; validation 91.5 %, level since epoch 4",
        ),
        ([2.3, 1, 0.5], [0.1, 0.6, 0.8], "epoch 2: loss 0.5, falling; validation 80.0 %, rising"),
        ([2.3, 2.3, 2.3], [0.1, 0.1, 0.1], "epoch 2: loss 2.3, level; validation 10.0 %, level since epoch 0"),
        ([0.5, 0.6, 0.9], [0.8, 0.82, 0.7], "epoch 2: loss 0.9, rising; validation 70.0 %, falling"),
        ([2.3, 8761, 8761], [], "epoch 2: loss 8,761, rising"),
        ([2.3, 1, math.inf], [], "epoch 2: loss no longer a number"),
        ([2.3], [0.1], ""),
        ([], [], ""),
    ],
)
def test_a_run_in_words(losses: Sequence[float], accuracies: Sequence[float], words: str) -> None:
    assert summarize_points(points(losses, accuracies) if losses else []) == words


def test_all_runs_in_words_the_current_one_first() -> None:
    curves = [
        Curve("784-128-10", points([2.3, 1, 0.5], [0.1, 0.6, 0.8])),
        Curve("lr 0.01", points([2.3, 1], [0.1, 0.6]), current=True),
        Curve("lr 10", points([2.3], [0.1])),
    ]
    assert summarize(curves) == (
        "lr 0.01, epoch 1: loss 1, falling; validation 60.0 %, rising. "
        "784-128-10, epoch 2: loss 0.5, falling; validation 80.0 %, rising."
    )
