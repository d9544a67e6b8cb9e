"""Whether threads are chosen well is told by rounds in which nothing else took the cores."""

import pytest

from benchmarks.busy_machine import CHOSEN, Measured, Round, ratio


def a_round(chosen: float, one: float, two: float, others: float = 0.0) -> Round:
    seconds = {"1": one, CHOSEN: chosen, "2": two}
    return {name: Measured(it, it, others, name) for name, it in seconds.items()}


def test_the_chosen_number_is_held_against_the_best_fixed_one_round_by_round() -> None:
    rounds = [a_round(1.1, 1.0, 9.0), a_round(2.4, 2.0, 9.0), a_round(1.0, 1.0, 9.0), a_round(9.0, 1.0, 9.0, 0.5)]
    assert ratio(rounds) == (pytest.approx(1.1), "1")
    assert ratio([a_round(1.0, 2.0, 0.5), a_round(1.0, 0.1, 0.5, 0.21)]) == (pytest.approx(2.0), "2")
    assert ratio(rounds[3:]) is None
