"""Presentation mode: switched by the address or by the visitor, kept from page to page, off at first."""

from streamlit.testing.v1 import AppTest

from tests.ui.screens import SECONDS, query, sound


def screen_that_tells() -> None:
    import pandas as pd
    import streamlit as st

    from ui import state
    from ui.charts.vega import Figure
    from ui.state import presentation

    state.begin()
    presentation.begin()
    st.button("tell", key="tell", on_click=presentation.follow_browser)
    st.write(presentation.is_on())
    figure = Figure(pd.DataFrame(), {"height": 200, "mark": {"fontSize": 12}})
    st.write(presentation.fit(figure).spec["height"])


def told(screen: AppTest) -> list[str]:
    return [element.value.strip("`") for element in sound(screen).markdown]


def visit(**address: str) -> AppTest:
    screen = AppTest.from_function(screen_that_tells, default_timeout=SECONDS)
    for name, value in address.items():
        screen.query_params[name] = value
    return screen.run()


def test_outside_of_a_presentation_everything_has_its_normal_size() -> None:
    assert told(visit()) == ["False", "200"]
    assert told(visit(present="0")) == ["False", "200"]


def test_the_address_switches_it_on_and_charts_take_60_percent_of_the_window() -> None:
    assert told(visit(present="1")) == ["True", "538"]


def tell(screen: AppTest, **values: object) -> AppTest:
    """Do as the browser does when the visitor presses the key, or when the window has another height."""
    screen.session_state["page_tools"] = values
    return screen.button(key="tell").click().run()


def test_the_visitor_switches_it_and_the_address_says_so() -> None:
    screen = visit(learning_rate="0.1")
    for _ in range(2):  # what a browser tells may arrive twice
        tell(screen, present="on")
        assert told(screen)[0] == "True"
        assert query(screen) == {"learning_rate": "0.1", "present": "1"}
    del screen.query_params["present"]  # as a link of the menu does
    assert told(screen.run())[0] == "True"
    assert query(screen) == {"learning_rate": "0.1", "present": "1"}
    assert told(tell(screen, present="off"))[0] == "False"
    assert query(screen) == {"learning_rate": "0.1"}


def test_charts_follow_the_window_s_height_and_no_nonsense() -> None:
    screen = visit(present="1")
    assert told(tell(screen, window_height=900))[1] == "430"
    for nonsense in (-1, 1e9, "tall", None):
        assert told(tell(screen, window_height=nonsense))[1] == "430"
