"""The drawing of the network with buttons above its layers: more or fewer layers, more or fewer units in each."""

from __future__ import annotations

import streamlit as st

from model.config import MAX_HIDDEN_LAYERS, UNITS_STOPS, TrainingConfig
from ui import state
from ui.charts import diagram
from ui.state import widget_state
from ui.train import url_state

NEW_LAYER_UNITS = 64
NO_BUTTONS = '<span class="no-buttons"></span>'  # Streamlit leaves out an empty container


def show(config: TrainingConfig, *, editable: bool = True) -> None:
    """Draw the network that a start makes, with the buttons if the settings that they change are not hidden."""
    if editable:
        _layer_buttons(len(config.hidden_sizes))
    if "diagram" in url_state.hidden():
        return
    if editable:
        _unit_buttons(config.hidden_sizes)
    with st.container(key="diagram"):
        st.markdown(diagram.network_svg(config), unsafe_allow_html=True)  # st.html would leave the drawing out


def _layer_buttons(layers: int) -> None:
    with st.container(key="layer_buttons", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{layers} hidden layer{'' if layers == 1 else 's'}")
        _button("remove_layer", "Remove the last hidden layer", more=False, disabled=layers == 0, layers=-1)
        _button("add_layer", "Add a hidden layer", more=True, disabled=layers == MAX_HIDDEN_LAYERS, layers=1)


def _unit_buttons(sizes: tuple[int, ...]) -> None:
    """A cell for each column of the drawing; those of the inputs and the outputs are empty."""
    with st.container(key="unit_buttons", horizontal=True, gap=None):
        st.html(NO_BUTTONS)
        for layer, units in enumerate(sizes, start=1):
            with st.container(key=f"unit_buttons_{layer}", horizontal=True, gap=None):
                few, many = units <= UNITS_STOPS[0], units >= UNITS_STOPS[-1]
                _button(f"fewer_{layer}", f"Fewer units in layer {layer}", more=False, disabled=few, layer=layer)
                _button(f"more_{layer}", f"More units in layer {layer}", more=True, disabled=many, layer=layer)
        st.html(NO_BUTTONS)


def _button(key: str, name: str, *, more: bool, disabled: bool, layers: int = 0, layer: int = 0) -> None:
    """A small button whose name screen readers say, and which shows a plus or a minus."""
    st.button(
        f":material/{'add' if more else 'remove'}: :small[{name}]",
        key=key,
        disabled=disabled,
        on_click=_change_units if layer else _change_layers,
        args=(layer, more) if layer else (layers,),
    )


def _change_layers(by: int) -> None:
    """Add a layer of the usual size, or remove the last one."""
    sizes = state.visitor().config.hidden_sizes
    layers = min(max(len(sizes) + by, 0), MAX_HIDDEN_LAYERS)
    widget_state.put("hidden_layers", layers)


def _change_units(layer: int, more: bool) -> None:
    """Go on to the next stop of a layer's units."""
    sizes = state.visitor().config.hidden_sizes
    if layer <= len(sizes):
        widget_state.put(f"hidden_{layer}", neighbor(sizes[layer - 1], more=more))


def neighbor(units: int, *, more: bool) -> int:
    """The next larger or smaller number of units that the slider stops at; the same at its end."""
    if more:
        return next((stop for stop in UNITS_STOPS if stop > units), units)
    return next((stop for stop in reversed(UNITS_STOPS) if stop < units), units)
