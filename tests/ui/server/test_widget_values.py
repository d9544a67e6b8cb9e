"""A value that the app sets is sent until the browser shows it, and no stale value takes its place."""

from dataclasses import replace

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
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
        """Tell what a visitor has done, and how the sliders stand in the browser."""
        states = shown(**values)
        if clicked:
            states.widgets.add(id=identifier("start"), trigger_value=True)
        self.state.note_shown(states.widgets, is_automatic=False)
        self.state.on_script_will_rerun(states)
        self.draw()

    def redraw(self, **values: float) -> None:
        """Tell the same, but a part of the page redraws itself."""
        self.state.note_shown(shown(**values).widgets, is_automatic=True)
        self.state.on_script_will_rerun(WidgetStates())
        self.draw()

    def set(self, value: float) -> None:
        """Set the first slider, as the app does."""
        self.state["epochs"] = value
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


def shown(**values: float) -> WidgetStates:
    return WidgetStates(widgets=[WidgetState(id=identifier(key), double_value=value) for key, value in values.items()])


def slider(key: str) -> WidgetMetadata[float]:
    return WidgetMetadata(
        id=identifier(key),
        deserializer=lambda value: STANDARD if value is None else value,
        serializer=lambda value: value,
        value_type="double_value",
    )


def button() -> WidgetMetadata[bool]:
    return WidgetMetadata(identifier("start"), bool, bool, "trigger_value")


def test_a_value_is_sent_until_the_browser_shows_it() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    assert tab.told == {}
    tab.set(50)
    assert tab.told == {"epochs": 50}
    for _ in range(2):
        tab.redraw(epochs=STANDARD, rate=STANDARD)
        assert tab.told == {"epochs": 50}
    tab.redraw(epochs=50, rate=STANDARD)
    assert tab.told == {}
    assert tab.values() == [50, STANDARD]


def test_a_visitors_click_tells_what_the_browser_shows_as_well() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.set(50)
    tab.tell(epochs=50, rate=30)
    assert tab.told == {}
    assert tab.values() == [50, 30]


def test_a_click_that_comes_with_a_stale_value_resets_nothing() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.set(50)
    tab.tell(epochs=STANDARD, rate=STANDARD, clicked=True)
    assert tab.values() == [50, STANDARD]
    assert tab.told == {"epochs": 50}
    tab.tell(epochs=STANDARD, rate=30)
    assert tab.values() == [50, 30]


def test_stale_values_do_not_replace_the_last_value_set() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.set(50)
    tab.set(70)
    for stale in (STANDARD, 50):
        tab.tell(epochs=stale, rate=STANDARD, clicked=True)
        assert tab.values() == [70, STANDARD]
        assert tab.told == {"epochs": 70}


def test_a_visitor_may_choose_the_value_before_or_another_though_the_app_has_just_set_one() -> None:
    tab = Tab()
    for chosen in (STANDARD, 70):
        tab.tell(epochs=STANDARD, rate=STANDARD)
        tab.set(50)
        tab.tell(epochs=chosen, rate=STANDARD)  # and nothing else: it is what the visitor has done
        assert tab.values() == [chosen, STANDARD]
        assert tab.told == {}


@pytest.mark.parametrize("is_shown_before", [False, True])
def test_a_choice_counts_though_the_value_that_the_app_had_set_arrives_after_it(is_shown_before: bool) -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.set(50)
    if is_shown_before:
        tab.redraw(epochs=50, rate=STANDARD)
    tab.tell(epochs=70, rate=STANDARD)
    assert tab.told == {}  # nothing says yet that the browser may show something else
    tab.redraw(epochs=70, rate=STANDARD)
    assert tab.told == {}
    for tell in (lambda: tab.redraw(epochs=50, rate=STANDARD), lambda: tab.tell(epochs=50, rate=30)):
        tell()  # the browser has reset it
        assert tab.told == {"epochs": 70}
    tab.redraw(epochs=70, rate=30)
    assert tab.told == {}
    assert tab.values() == [70, 30]


def test_a_choice_counts_though_the_app_is_told_late_of_it() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.set(50)
    choice = shown(epochs=70, rate=STANDARD)
    tab.state.note_shown(choice.widgets, is_automatic=False)  # and waits, for a run is in progress
    tab.redraw(epochs=50, rate=STANDARD)  # the browser has reset it
    tab.state.on_script_will_rerun(choice)
    tab.draw()
    assert tab.told == {"epochs": 70}
    assert tab.values() == [70, STANDARD]


def test_a_visitor_may_go_back_and_forth_between_two_values() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.set(50)
    for chosen in (70, 50, 70, STANDARD, 50):
        tab.tell(epochs=chosen, rate=STANDARD)
        assert tab.told == {}
        assert tab.values() == [chosen, STANDARD]
    for rate in (30, 40):  # once the app has heard of it, it is a widget like others
        tab.tell(epochs=50, rate=rate)
    tab.tell(epochs=70, rate=50)
    tab.tell(epochs=50, rate=60)
    assert tab.values() == [50, 60]


def test_a_widget_that_comes_back_is_a_new_one() -> None:
    tab = Tab()
    tab.tell(epochs=STANDARD, rate=STANDARD)
    tab.set(50)
    tab.state.clear()  # as on a page without it
    tab.draw()
    assert tab.told == {}
    assert tab.values() == [STANDARD, STANDARD]
    tab.set(50)
    tab.tell(epochs=STANDARD, rate=STANDARD, clicked=True)  # as it is before the browser has rendered the value
    assert tab.values() == [50, STANDARD]


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
