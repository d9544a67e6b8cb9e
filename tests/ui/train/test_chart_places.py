"""The charts are the same elements at the same places from before the start to a run's end: a browser keeps them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from model import data
from model.config import TrainingConfig
from model.jobs import JobStatus, TrainingRequest
from tests.polling import wait_for
from tests.ui.train.train_screen import endless, jobs, press, script
from ui.charts.curve_charts import CurveCharts
from ui.charts.curve_lines import Curve
from ui.charts.learning_curves import Look
from ui.state import runtime

ENDLESS = TrainingConfig(epochs=10_000, hidden_sizes=(8,))


@pytest.fixture
def screen(shared_cache: Path) -> Iterator[AppTest]:
    yield from endless(script)


def charts(block: Block, path: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], str]]:
    """The charts below a block: each with its place, by which a browser knows it, and its identity."""
    found = []
    for place, child in block.children.items():
        if isinstance(child, Block):
            found += charts(child, (*path, place))
        elif child.type == "vega_lite_chart":
            found.append(((*path, place), child.proto.id))
    return found


def test_charts_are_the_same_elements_in_every_phase_of_a_run(screen: AppTest) -> None:
    before = charts(screen.main)
    assert len(before) == 2
    request = [
        TrainingRequest(name="other", owner=f"other {number}", config=ENDLESS, data=data.prepare("mnist-5k"))
        for number in range(runtime.pool().size)
    ]
    others = [runtime.pool().submit(one) for one in request]
    try:
        press(screen, "start")
        run = jobs(screen)[-1]
        assert run.status is JobStatus.WAITING
        assert charts(screen.main) == before
    finally:
        for other in others:
            other.stop()
    wait_for(lambda: any(point.step for point in run.state().points), "a step")
    screen.run()
    assert charts(screen.main) == before
    run.stop()
    wait_for(lambda: not run.is_live, "its end")
    screen.run()
    assert charts(screen.main) == before


def test_charts_of_a_run_that_has_not_gone_on_are_not_drawn_again(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[float] = []

    def draw(curves: Sequence[Curve], end: float, look: Look) -> CurveCharts:
        drawn.append(end)
        return original(curves, end, look)

    original = CurveCharts.of
    monkeypatch.setattr(CurveCharts, "of", draw)
    screen.run()
    assert not drawn
    press(screen, "start")
    run = jobs(screen)[-1]
    wait_for(lambda: any(point.step for point in run.state().points), "a step")
    run.stop()
    wait_for(lambda: not run.is_live, "its end")
    screen.run()
    assert drawn
    drawn.clear()
    screen.run()
    assert not drawn
