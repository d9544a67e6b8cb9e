"""What belongs to a visitor or to a tab is found again, and lies in one place."""

import ast

import pytest
from streamlit.testing.v1 import AppTest

from tests.paths import ROOT
from tests.ui.screens import SECONDS, sound
from ui.state import session
from ui.state.session import TAB_KEY, VISITOR_KEY
from ui.state.visitors import Visitors


def script() -> None:
    import streamlit as st

    from ui import state

    state.begin()
    st.text_input("page", "draw", key="page")
    st.session_state["arriving"] = state.enter_page(st.session_state["page"])


def visit() -> AppTest:
    return sound(AppTest.from_function(script, default_timeout=SECONDS).run())


def test_a_tab_has_the_same_state_in_each_run() -> None:
    screen = visit()
    visitor, tab = screen.session_state[VISITOR_KEY], screen.session_state[TAB_KEY]
    screen.run()
    assert screen.session_state[VISITOR_KEY] is visitor
    assert screen.session_state[TAB_KEY] is tab


def test_another_browser_is_another_visitor() -> None:
    one, other = visit(), visit()
    assert one.session_state[VISITOR_KEY].name != other.session_state[VISITOR_KEY].name


def test_a_page_is_arrived_at_once_for_each_visit() -> None:
    screen = visit()
    seen = [screen.session_state["arriving"]]
    for page in ("draw", "train", "train", "draw"):
        screen.text_input(key="page").set_value(page).run()
        seen.append(screen.session_state["arriving"])
    assert seen == [True, False, True, False, True]


def test_sweeping_goes_on_after_an_error(monkeypatch, caplog) -> None:
    outcomes = [KeyError("name"), SystemExit()]  # the second one ends the thread, and this test
    monkeypatch.setattr(session, "SWEEP_INTERVAL_S", 0)

    def sweep(everyone: object) -> None:
        raise outcomes.pop(0)

    monkeypatch.setattr(session.departures, "sweep", sweep)
    with pytest.raises(SystemExit):
        session._sweep(Visitors())
    assert not outcomes
    assert "KeyError: 'name'" in caplog.text


SOURCES = [path for folder in ("model", "ui", "pages") for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("path", [ROOT / "app.py", *SOURCES], ids=lambda path: str(path.relative_to(ROOT)))
def test_session_state_has_one_home(path) -> None:
    touches = any(
        isinstance(node, ast.Attribute) and ast.unparse(node) == "st.session_state"
        for node in ast.walk(ast.parse(path.read_text()))
    )
    assert touches == (path.parent.name == "state" and path.stem in ("session", "widget_state"))
