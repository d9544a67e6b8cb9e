"""A value that the app sets is sent until the browser acknowledges it, and no stale value takes its place."""

from dataclasses import replace

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import state
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import WidgetMetadata

from ui.server import widget_values
from ui.server.widget_values import NAME, ResendingSessionState

KEYS = ("epochs", "rate")
STANDARD = 20.0


class Tab:
    """A browser tab with two sliders and a button; the app is told by messages, and draws the page for each."""

    def __init__(self) -> None:
        self.state = ResendingSessionState()
        self.told: dict[str, float] = {}  # what the last drawing of the page tells the browser
        self.tell()

    def tell(self, *, clicked: bool = False, **values: float) -> None:
        states = WidgetStates()
        for key, value in values.items():
            states.widgets.add(id=identifier(key), double_value=value)
        if clicked:
            states.widgets.add(id=identifier("start"), trigger_value=True)
        self.state.on_script_will_rerun(states)
        self.draw()

    def draw(self) -> None:
        """As a run of the page does."""
        self.told = {}
        for key in KEYS:
            drawn = self.state.register_widget(slider(key), key)
            if drawn.value_changed:
                self.told[key] = drawn.value
        self.state.register_widget(button(), "start")

    def values(self) -> list[float]:
        return [self.state[key] for key in KEYS]


def identifier(key: str) -> str:
    return f"$$ID-0123-{key}"


def slider(key: str) -> WidgetMetadata[float]:
    return WidgetMetadata(
        id=identifier(key),
        deserializer=lambda value: STANDARD if value is None else value,
        serializer=lambda value: value,
        value_type="double_value",
    )


def button() -> WidgetMetadata[bool]:
    return WidgetMetadata(identifier("start"), bool, bool, "trigger_value")


def test_a_value_is_sent_until_the_browser_acknowledges_it() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    assert tab.told == {}
    tab.state["epochs"] = 50.0
    tab.draw()
    assert tab.told == {"epochs": 50}
    tab.tell()  # a part that redraws itself: the browser has no news
    assert tab.told == {"epochs": 50}
    tab.tell(epochs=50)
    assert tab.told == {}
    assert tab.values() == [50, STANDARD]


def test_a_click_that_comes_with_a_stale_value_resets_nothing() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.state["epochs"] = 50.0
    tab.draw()
    tab.tell(epochs=STANDARD, rate=STANDARD, clicked=True)
    assert tab.values() == [50, STANDARD]
    assert tab.told == {"epochs": 50}
    tab.tell(epochs=STANDARD, rate=30)
    assert tab.values() == [50, 30]


def test_a_visitor_may_choose_the_value_before_or_another_though_the_app_has_just_set_one() -> None:
    tab = Tab()
    for chosen in (STANDARD, 70):
        tab.tell(epochs=STANDARD, rate=STANDARD)
        tab.state["epochs"] = 50.0
        tab.draw()
        tab.tell(epochs=chosen, rate=STANDARD)  # and nothing else: it is what the visitor has done
        assert tab.values() == [chosen, STANDARD]
        assert tab.told == {}


def test_a_button_that_is_disabled_when_its_click_arrives_is_drawn_as_before() -> None:
    session = ResendingSessionState()
    disabled = replace(button(), disabled=True)
    session.register_widget(disabled, "start")
    states = WidgetStates()
    states.widgets.add(id=identifier("start"), trigger_value=True)
    session.on_script_will_rerun(states)
    assert session.register_widget(disabled, "start").value_changed  # the browser must show it unclicked
    assert not session.is_new_state_value("start")  # nobody may set a button: Streamlit would refuse to draw it


def test_a_value_of_a_widget_that_is_not_drawn_yet_hinders_no_other() -> None:
    tab = Tab()
    tab.tell(unknown=3.0, epochs=30)
    assert tab.values() == [30, STANDARD]


def test_streamlit_has_what_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, NAME, SessionState)  # that it has it; it is put back afterwards
    widget_values.patch_streamlit()
    assert getattr(state, NAME) is ResendingSessionState
