"""A run is started once for each click."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from model.config import TrainingConfig
from model.jobs import TrainingRequest
from tests.figures import report
from ui.state.jobs import DOUBLE_CLICK_SECONDS, is_double_click

SOON, LATER = DOUBLE_CLICK_SECONDS / 2, DOUBLE_CLICK_SECONDS * 2


@dataclass
class Run:
    """As much of a job as decides what a click means."""

    is_live: bool = True
    pause_requested: bool = False
    steps: list[int] = field(default_factory=list)

    def state(self) -> Any:
        return SimpleNamespace(points=[SimpleNamespace(step=step) for step in self.steps])


def request(*, paused: bool = False, **settings: Any) -> TrainingRequest:
    return TrainingRequest(
        name="my run", owner="ann", config=TrainingConfig(**settings), data=Path("mnist-5k"), paused=paused
    )


def test_the_same_click_again_at_once_is_a_double_click() -> None:
    assert is_double_click(request(), request(), SOON, Run(steps=[0, 1]))
    assert is_double_click(request(paused=True), request(paused=True), SOON, Run(pause_requested=True, steps=[0]))
    report("a second click on Start is none within", DOUBLE_CLICK_SECONDS, "s")


def test_the_first_click_is_no_double_click() -> None:
    assert not is_double_click(request(), None, SOON, None)


@pytest.mark.parametrize("other", [request(seed=1), request(paused=True)])
def test_a_click_for_something_else_is_obeyed(other: TrainingRequest) -> None:
    assert not is_double_click(other, request(), SOON, Run())


def test_a_later_click_is_obeyed() -> None:
    assert not is_double_click(request(), request(), LATER, Run())


@pytest.mark.parametrize("changed", [Run(is_live=False), Run(pause_requested=True)])
def test_a_start_is_obeyed_when_the_run_was_paused_or_stopped_since(changed: Run) -> None:
    assert not is_double_click(request(), request(), SOON, changed)


def test_a_reset_is_obeyed_when_the_run_has_made_a_step_since() -> None:
    moved = Run(pause_requested=True, steps=[0, 1])
    assert not is_double_click(request(paused=True), request(paused=True), SOON, moved)
