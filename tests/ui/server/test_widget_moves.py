"""A widget that the app moves is told again until the browser shows it, and nothing out of date moves it back."""

from dataclasses import replace

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import state as streamlit_state
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import WidgetMetadata

from ui.server import widget_moves
from ui.server.widget_moves import NAME, RepeatedMoves

KEYS = ("epochs", "rate")
STANDARD = 20.0


class Tab:
    """A browser tab with two sliders and a button; the app is told by messages, and draws the page for each."""

    def __init__(self) -> None:
        self.state = RepeatedMoves()
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


def test_the_browser_is_told_again_until_it_says_that_a_widget_stands_where_the_app_has_moved_it() -> None:
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


def test_a_click_from_before_the_browser_has_heard_moves_nothing_back() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.state["epochs"] = 50.0
    tab.draw()
    tab.tell(epochs=STANDARD, rate=STANDARD, clicked=True)
    assert tab.values() == [50, STANDARD]
    assert tab.told == {"epochs": 50}
    tab.tell(epochs=STANDARD, rate=30)
    assert tab.values() == [50, 30]


def test_a_visitor_moves_a_widget_back_or_further_though_the_app_has_just_moved_it() -> None:
    tab = Tab()
    for chosen in (STANDARD, 70):
        tab.tell(epochs=STANDARD, rate=STANDARD)
        tab.state["epochs"] = 50.0
        tab.draw()
        tab.tell(epochs=chosen, rate=STANDARD)  # and nothing else: it is what the visitor has done
        assert tab.values() == [chosen, STANDARD]
        assert tab.told == {}


def test_a_button_that_is_disabled_when_its_click_arrives_is_drawn_as_before() -> None:
    state = RepeatedMoves()
    disabled = replace(button(), disabled=True)
    state.register_widget(disabled, "start")
    states = WidgetStates()
    states.widgets.add(id=identifier("start"), trigger_value=True)
    state.on_script_will_rerun(states)
    assert state.register_widget(disabled, "start").value_changed  # it looks clicked in the browser
    assert not state.is_new_state_value("start")  # nobody may set a button: Streamlit would refuse to draw it


def test_what_the_browser_tells_of_a_widget_that_is_not_drawn_yet_is_taken_as_before() -> None:
    tab = Tab()
    tab.tell(unknown=3.0, epochs=30)
    assert tab.values() == [30, STANDARD]


def test_streamlit_has_what_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_state, NAME, SessionState)  # that it has it; it is put back afterwards
    widget_moves.repeat()
    assert getattr(streamlit_state, NAME) is RepeatedMoves
