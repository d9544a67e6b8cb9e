"""What the charts show: a click on a name hides or shows a line, a run keeps its place under another name."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.screens import SECONDS
from ui.charts.curve_lines import Curve, lines
from ui.state.session import VISITOR_KEY
from ui.train import legend
from ui.train.chart_options import NONE, ChartOptions
from ui.train.picture import file_name

OPTIONS = ChartOptions(0.0, False, False, ("a",), "b", frozenset(["training"]))


def script() -> None:
    """Tell what the options stand at, after what was asked for by `act`, as a callback would."""
    import streamlit as st

    from ui import state
    from ui.train import chart_options

    state.begin()
    for name, *arguments in st.session_state.pop("act", []):
        keywords = {"show": arguments.pop()} if name.startswith("show_") else {}
        getattr(chart_options, name)(*arguments, **keywords)
    chart_options.update_compared()
    st.session_state["seen"] = chart_options.current()


@pytest.fixture
def screen() -> Iterator[AppTest]:
    screen = AppTest.from_function(script, default_timeout=SECONDS).run()
    visitor = screen.session_state[VISITOR_KEY]
    visitor.jobs += [run("a"), run("b"), run("failed", steps=0), run("new", steps=0, live=True)]
    yield screen.run()
    visitor.jobs.clear()


def run(label: str, steps: int = 1, *, live: bool = False) -> SimpleNamespace:
    state = SimpleNamespace(points=[SimpleNamespace(step=step) for step in range(steps + 1)])
    return SimpleNamespace(label=label, is_live=live, state=lambda: state)


def options(screen: AppTest, *act: tuple) -> ChartOptions:
    screen.session_state["act"] = list(act)
    screen.run()
    assert not screen.exception
    seen: ChartOptions = screen.session_state["seen"]
    return seen


def test_runs_are_shown_unless_they_ended_before_their_first_step(screen: AppTest) -> None:
    assert options(screen).compared == ("a", "b", "new")


def test_a_click_hides_a_line_and_another_shows_it(screen: AppTest) -> None:
    for _ in range(2):  # a click may reach the app twice
        assert options(screen, ("show_run", "a", False)).compared == ("b", "new")
    for _ in range(2):
        assert options(screen, ("show_run", "a", True)).compared == ("a", "b", "new")
    for _ in range(2):
        assert options(screen, ("show_own_line", "training", False)).hidden == {"training"}
    assert options(screen, ("show_own_line", "training", True)).hidden == frozenset()


def test_a_click_hides_a_baseline(screen: AppTest) -> None:
    screen.session_state["baseline"] = "b"
    assert options(screen, ("show_run", "a", False)).baseline == "b"
    hidden = options(screen, ("show_run", "b", False))
    assert (hidden.baseline, hidden.compared) == (NONE, ("new",))


def test_a_run_that_is_renamed_stays_shown_or_hidden(screen: AppTest) -> None:
    screen.session_state["baseline"] = "b"
    options(screen, ("show_run", "a", False))
    first, second, *_ = screen.session_state[VISITOR_KEY].jobs
    first.label, second.label = "A", "B"
    renamed = options(screen, ("rename", "a", "A"), ("rename", "b", "B"))
    assert (renamed.compared, renamed.baseline) == (("B", "new"), "B")


def test_the_legend_says_which_lines_are_shown() -> None:
    curves = [Curve("a", ()), Curve("b", (), baseline=True), Curve("c", ()), Curve("d", (), current=True)]
    entries = [legend.entry(line, OPTIONS) for line in lines(curves)]
    shown = {entry["name"]: (entry["line"], entry["run"], entry["shown"]) for entry in entries}
    assert shown == {
        "training": ("training", False, False),
        "validation": ("validation", False, True),
        "a": ("a", True, True),
        "b (baseline)": ("b", True, True),
        "c": ("c", True, False),
    }


def test_a_picture_is_named_after_its_run() -> None:
    assert file_name("lr 0.01, 6 epochs") == "lr-0.01-6-epochs"
    assert file_name("../..") == "run"
