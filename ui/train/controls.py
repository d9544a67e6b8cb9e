"""The controls are a TrainingConfig as widgets: each field's range, options and explanation come from the config.

A widget's key is its field's name. Those that a running training can follow at once stand together, above the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model import data
from model.common.fields import Group
from model.config import MAX_HIDDEN_LAYERS, TrainingConfig
from model.presets import PRESETS, name_of
from ui import state
from ui.common import glossary
from ui.pickers import datasets
from ui.state import widget_state
from ui.train import url_state, widgets

CUSTOM = "Custom"
NEW_LAYER_UNITS = 64
FIELDS = TrainingConfig.model_fields
APART = ("data", "ink", "hidden_sizes")  # fields that are no widget of the same name
PLAIN = tuple(name for name in FIELDS if name not in APART)

GROUPS = TrainingConfig.groups()
FOLDED = (Group.INITIALIZATION, Group.OPTIMIZER, Group.DATA)  # behind their titles, below the others

hidden = url_state.hidden  # what the page's address asks to leave out


def begin(arriving: bool) -> None:
    """Give every widget its value when the visitor comes to the page: from the address, or as it was before."""
    if arriving:
        set_widgets(url_state.open_address(state.visitor().config))


def address_problem() -> str | None:
    """What is wrong with the settings in the address that the page was opened with."""
    problems = (*state.tab().address_problems, url_state.hide_problem())
    return "; ".join(problem for problem in problems if problem) or None


def choose_preset() -> None:
    """A menu of the presets; choosing one gives all widgets its values. Shows which one the values are."""
    if "preset" in _left_out():
        return
    config = _config(state.visitor().dataset)
    widget_state.put("preset", name_of(config) or CUSTOM)
    name = st.selectbox(
        "Preset",
        [CUSTOM, *PRESETS],
        key="preset",
        on_change=_take_preset,
        help="A network and a way to train it, ready made: five that were published, and those that read your "
        "drawings best. Changing any setting makes it Custom.",
    )
    if name in PRESETS:
        st.caption(f"{PRESETS[name].summary} Published: {PRESETS[name].published}")


def choose_dataset() -> str | None:
    """The menu of the data sets, or if it is hidden what it stood at; None if that is not here yet.

    It opens the group that the other widgets of `choose_config` go on with.
    """
    left_out = _left_out()
    below = chain.from_iterable(GROUPS[group] for group in (Group.MODEL, *FOLDED))
    if not left_out.issuperset(("dataset", "hidden_layers", *below)):
        _heading(Group.MODEL, ":material/restart_alt: applied on restart")
    name = state.visitor().dataset
    known = name in state.visitor().datasets or datasets.is_available(name)
    return name if known and "dataset" in left_out else datasets.select_dataset()


def choose_config(
    dataset: str | None, *, running: TrainingConfig | None = None, tuning: DeltaGenerator | None = None
) -> TrainingConfig:
    """All the other widgets; returns the config that they make together.

    `running` is the config of the run in progress, with the changes made to it so far. In the place `tuning`, or
    else above the others, stand the widgets for the settings that such a run applies at once.

    Raises:
        ValueError: the values do not go together.
    """
    config = _config(dataset or "mnist-5k")
    left_out = _left_out()
    fields = {
        group: {name: _idle(name, config, running) for name in names if name not in left_out}
        for group, names in GROUPS.items()
    }
    if fields[Group.LIVE] or fields[Group.REGULARIZATION]:
        with st.container() if tuning is None else tuning:
            _heading(Group.LIVE, ":material/bolt: applied immediately", lit=running is not None)
            _fields(fields[Group.LIVE])
            _folded(Group.REGULARIZATION, fields[Group.REGULARIZATION])
    if running and "controls" not in left_out and (names := restart_needed(config, running)):
        st.caption(f":material/restart_alt: {_differ(names)}")
    if "hidden_layers" not in left_out:
        _layers()
    _fields(fields[Group.MODEL])
    for group in FOLDED:
        shown = {
            name: idle
            for name, idle in fields[group].items()
            if not (idle and "schedule" in TrainingConfig.setting(name).used_with)  # only with the one that uses it
        }
        _folded(group, shown)
    state.visitor().config = config
    url_state.write(config)
    return config


def restart_needed(config: TrainingConfig, running: TrainingConfig) -> list[str]:
    """The titles of the settings that differ from the running training's, and need a new one to take effect."""
    return [
        TrainingConfig.title(name)
        for name in FIELDS
        if not TrainingConfig.setting(name).live and getattr(config, name) != getattr(running, name)
    ]


def _differ(names: list[str]) -> str:
    """`restart_needed` in one line."""
    named = [name if place == 0 else name[0].lower() + name[1:] for place, name in enumerate(names)]
    if len(named) > 4:
        named = [*named[:3], f"{len(named) - 3} more"]
    listed = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]
    one = len(names) == 1 and names[0] not in ("Hidden layers", "Epochs")
    ends = ("differs", "it takes") if one else ("differ", "they take")
    return f"{listed} {ends[0]} from the current run: {ends[1]} effect on restart."


# ---------------------------------------------------------------------------------------------- the widgets


def _left_out() -> frozenset[str]:
    """What of the controls is hidden."""
    left_out = hidden()
    return frozenset(url_state.HIDEABLE) if "controls" in left_out else left_out


def _heading(title: str, when: str, *, lit: bool = False) -> None:
    """The title of a group, and beside it when its settings take effect."""
    st.markdown(f"**{title}** &ensp; :{'primary' if lit else 'gray'}[:small[{when}]]")


def _folded(title: str, fields: Mapping[str, str]) -> None:
    if fields:
        with st.expander(title):
            _fields(fields)


def _fields(fields: Mapping[str, str]) -> None:
    """Widgets for fields, each with the reason why it has no effect, if so."""
    for name, idle in fields.items():
        widgets.field(name, idle)


def _layers() -> None:
    explanation = glossary.explain("hidden_sizes")
    layers = st.slider(
        "Hidden layers", 0, MAX_HIDDEN_LAYERS, key="hidden_layers", persist_state="session", help=explanation
    )
    for layer in range(1, layers + 1):
        widgets.stops(f"hidden_{layer}", f"Units in layer {layer}", "hidden_sizes", glossary.explain("units"))


def _idle(name: str, config: TrainingConfig, running: TrainingConfig | None) -> str:
    """Why a setting has no effect, on the next training or on the one that runs; nothing if it has."""
    setting = TrainingConfig.setting(name)
    if config.uses(name) or (running and setting.live and running.uses(name)):
        return ""
    (other,) = setting.used_with
    if other == "hidden_sizes":
        return "It has no effect without a hidden layer."
    chosen = getattr(config, other)
    return f"It has no effect with {glossary.NAMES.get(chosen, chosen)}."


# ----------------------------------------------------------------------------------------------- the values


def set_widgets(config: TrainingConfig) -> None:
    """Give the widgets a config's values: before they are drawn, or in a callback."""
    for name in PLAIN:
        widget_state.put(name, getattr(config, name))
    widget_state.put("hidden_layers", len(config.hidden_sizes))
    spare = (NEW_LAYER_UNITS,) * MAX_HIDDEN_LAYERS
    for layer, units in enumerate((*config.hidden_sizes, *spare)[:MAX_HIDDEN_LAYERS], start=1):
        widget_state.put(f"hidden_{layer}", units)
    if config.data in data.DATASETS and datasets.is_available(config.data):
        state.visitor().dataset = config.data


def _config(dataset: str) -> TrainingConfig:
    """The config that the widgets' values make."""
    layers = widget_state.get("hidden_layers", 0)
    sizes = [widget_state.get(f"hidden_{layer}", NEW_LAYER_UNITS) for layer in range(1, layers + 1)]
    values = {name: widget_state.get(name, FIELDS[name].default) for name in PLAIN}
    return TrainingConfig.of(values | {"data": dataset, "hidden_sizes": sizes})


def _take_preset() -> None:
    name = widget_state.get("preset", CUSTOM)
    if name in PRESETS:
        set_widgets(PRESETS[name].config)
