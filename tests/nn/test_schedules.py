from dataclasses import dataclass

import pytest

from model.nn.schedules import SCHEDULES


@dataclass(frozen=True)
class Settings:
    epochs: int = 10
    step_epochs: int = 3
    step_factor: float = 0.5
    warmup: float = 0.2


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [
        ("constant", {0: 1, 0.5: 1, 1: 1}),
        ("step", {0: 1, 0.29: 1, 0.3: 0.5, 0.6: 0.25, 0.95: 0.125}),
        ("cosine", {0: 1, 0.5: 0.5, 1: 0}),
        ("one_cycle", {0: 0.04, 0.1: 0.52, 0.2: 1, 0.6: 0.50005, 1: 1e-4}),
    ],
)
def test_factors_worked_by_hand(schedule, factors):
    for done, factor in factors.items():
        assert SCHEDULES[schedule](Settings(), done) == pytest.approx(factor, abs=1e-12)


def test_every_schedule_is_tested():
    assert set(SCHEDULES) == {"constant", "step", "cosine", "one_cycle"}
