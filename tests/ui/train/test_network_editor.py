"""The buttons at the drawing of the network change its layers and their units, as the sliders do."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.screens import sound
from tests.ui.train.test_controls import page
from ui.train import network_editor


@pytest.fixture(autouse=True)
def _mnist_5k(shared_cache: object) -> None:
    """The data set that the page opens with."""


def press(screen: AppTest, key: str) -> tuple[int, ...]:
    sound(screen.button(key=key).click().run())
    sizes: tuple[int, ...] = screen.session_state["config"].hidden_sizes
    return sizes


def test_layers_and_units_grow_and_shrink_by_a_click() -> None:
    screen = page(hidden_sizes="16-8")
    assert press(screen, "more_1") == (20, 8)
    assert press(screen, "more_1") == (24, 8)
    assert press(screen, "fewer_2") == (24, 6)
    assert press(screen, "add_layer") == (24, 6, network_editor.NEW_LAYER_UNITS)
    assert screen.select_slider(key="hidden_3").value == network_editor.NEW_LAYER_UNITS
    for left in ((24, 6), (24,), ()):
        assert press(screen, "remove_layer") == left
    assert screen.button(key="remove_layer").disabled
    assert screen.slider(key="hidden_layers").value == 0


def test_there_is_no_button_beyond_the_limits() -> None:
    screen = page(hidden_sizes="1-4096-1-1-1-1")
    assert screen.button(key="fewer_1").disabled
    assert screen.button(key="more_2").disabled
    assert screen.button(key="add_layer").disabled


def test_hidden_settings_have_no_buttons() -> None:
    keys = {button.key for button in page(hide="hidden_sizes").button}
    assert not {"add_layer", "remove_layer", "more_1", "fewer_1"} & keys


@pytest.mark.parametrize(("units", "fewer", "more"), [(128, 100, 160), (130, 128, 160), (1, 1, 2), (4096, 3200, 4096)])
def test_units_go_to_the_next_stop(units: int, fewer: int, more: int) -> None:
    assert network_editor.neighbor(units, more=False) == fewer
    assert network_editor.neighbor(units, more=True) == more
