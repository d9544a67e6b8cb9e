"""The controls are a TrainingConfig as widgets: each field's range, options and explanation come from the config.

A widget's key is its field's name. Those that a running training can follow at once stand together, above the rest.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model import data
from model.common.fields import Group
from model.config import MAX_HIDDEN_LAYERS, TrainingConfig
from model.presets import PRESETS, name_of
from model.training import ancestors
from ui import state
from ui.common import errors, glossary
from ui.pickers import datasets
from ui.state import widget_state
from ui.train import network_editor, url_state, varying, widgets
from ui.train.network_editor import NEW_LAYER_UNITS

CUSTOM, DEFAULTS = "Custom", "Default settings"
FIELDS = TrainingConfig.model_fields
APART = ("data", "ink", "hidden_sizes")  # fields that are no widget of the same name
PLAIN = tuple(name for name in FIELDS if name not in APART)

GROUPS = TrainingConfig.groups()
FOLDED = (Group.INITIALIZATION, Group.OPTIMIZER, Group.DATA, Group.TRANSFER)  # behind their titles, below the others

ONLY_WITH = {"schedule", "teacher"}  # settings whose own settings are shown only with the value that uses them
NETWORK = ("activation",)  # settings that stand below the drawing of the network

hidden = url_state.hidden  # what the page's address asks to leave out


class Places(NamedTuple):
    """Where the settings stand."""

    network: DeltaGenerator  # the drawing of the network, with its buttons
    data: DeltaGenerator  # below the drawing's left end
    activation: DeltaGenerator  # below the hidden layers
    live: DeltaGenerator  # what a run in progress applies at once
    rest: DeltaGenerator


def places() -> Places:
    """Containers for the settings, from top to bottom."""
    with st.container(key="network_settings"):
        network = st.container(key="network_editor")
        data_place, activation = st.columns([3, 2], gap="small")
    return Places(network, data_place, activation, st.container(key="live_settings"), st.container(key="rest"))


def begin(arriving: bool) -> None:
    """Give every widget its value when the visitor comes to the page: from the address, or as it was before."""
    if not arriving:
        return
    visitor = state.visitor()
    config, job = url_state.open_address(visitor.config), visitor.job
    if job and job.is_live and config == visitor.config:  # what was set for a branch that was not made is discarded
        config = config.changed(**{name: getattr(job.config, name) for name in TrainingConfig.live_fields()})
    set_widgets(config)


def address_problem() -> str | None:
    """What is wrong with the settings in the address that the page was opened with."""
    problems = (*state.tab().address_problems, url_state.parts_problem())
    return "; ".join(problem for problem in problems if problem) or None


def choose_preset() -> None:
    """A menu of the presets; choosing one gives all widgets its values. Shows which one the values are."""
    if "preset" in _left_out():
        return
    config = _config(state.visitor().dataset)
    standing = preset_of(config)
    widget_state.put("preset", standing)
    with st.container(key="preset_row", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Preset",
            [*([CUSTOM] if standing == CUSTOM else []), DEFAULTS, *PRESETS],
            key="preset",
            on_change=_take_preset,
            help="A network and a way to train it, ready made: five that were published, and those that read your "
            "drawings best. Changing any setting makes it Custom.",
        )
        st.button(
            "Reset to defaults",
            key="reset_settings",
            disabled=standing == DEFAULTS,
            on_click=set_widgets,
            args=(TrainingConfig(),),
        )
    if standing in PRESETS:
        preset = PRESETS[standing]
        st.caption(f"{preset.summary} {'Published: ' if preset.figures else ''}{preset.published}")


def preset_of(config: TrainingConfig) -> str:
    """What the menu of presets calls these settings."""
    defaults = TrainingConfig(data=config.data, ink=config.ink)
    return DEFAULTS if config == defaults else name_of(config) or CUSTOM


def choose_dataset(where: Places) -> str | None:
    """The menu of the data sets, or if it is hidden what it stood at; None if that is not here yet."""
    name = state.visitor().dataset
    known = name in state.visitor().datasets or datasets.is_available(name)
    if known and "dataset" in _left_out():
        return name
    with where.data:
        return datasets.select_dataset()


def choose_config(
    dataset: str | None, where: Places, *, running: TrainingConfig | None = None, live: bool = False
) -> TrainingConfig:
    """All the other widgets; returns the config that they make together.

    Args:
        dataset: the name of the data set, None if it is not here yet.
        where: where the widgets stand.
        running: the settings of the run that the live settings act on, with the changes made to it so far.
        live: whether a run is live.

    Raises:
        ValueError: the values do not go together.
    """
    config = _config(dataset or "mnist-5k")
    most = largest_batch(config, dataset, running)
    config = _fit_batch_size(config, most)
    left_out = _left_out()
    fields = {
        group: {name: _idle(name, config, running) for name in names if name not in left_out}
        for group, names in GROUPS.items()
    }
    with where.network:
        network_editor.show(config, editable="hidden_layers" not in left_out)
    with where.activation:
        _fields({name: idle for name, idle in fields[Group.MODEL].items() if name in NETWORK})
    if fields[Group.LIVE] or fields[Group.REGULARIZATION]:
        with where.live:
            _heading(Group.LIVE, _when_applied(running, live=live), lit=running is not None)
            _fields(fields[Group.LIVE], {"batch_size": most})
            _folded(Group.REGULARIZATION, fields[Group.REGULARIZATION])
    with where.rest:
        _choose_rest(config, running, fields)
        if problem := ancestors.problem(config) or (dataset and datasets.split_problem(dataset, config)):
            st.warning(errors.escape_markdown(problem))
    state.visitor().config = config
    url_state.write(config)
    return config


def _choose_rest(
    config: TrainingConfig, running: TrainingConfig | None, fields: Mapping[Group, Mapping[str, str]]
) -> None:
    """The settings that take effect on restart, but for those beside the drawing of the network."""
    left_out = _left_out()
    model = {name: idle for name, idle in fields[Group.MODEL].items() if name not in NETWORK}
    if "hidden_layers" not in left_out or model or any(fields[group] for group in FOLDED):
        _heading(Group.MODEL, ":material/restart_alt: applied on restart")
        with st.container(key="restart_note"):  # always there, so that the sliders below keep their places
            names = restart_needed(config, running) if running else []
            st.caption(f":material/restart_alt: {_differ(names)}" if names else "&nbsp;")
    if "hidden_layers" not in left_out:
        _layers()
    _fields(model)
    for group in FOLDED:
        shown = {
            name: idle
            for name, idle in fields[group].items()
            if not (idle and TrainingConfig.setting(name).used_with.keys() & ONLY_WITH)
        }
        _folded(group, shown)


def _when_applied(running: TrainingConfig | None, *, live: bool) -> str:
    """When a live setting takes effect, as things are."""
    if running:
        return ":material/bolt: applied immediately"
    return ":material/fork_right: for a branch" if live else ":material/play_arrow: for the next run"


def largest_batch(config: TrainingConfig, dataset: str | None, running: TrainingConfig | None) -> float:
    """How many images there are to learn from, for the next run and for the one in progress."""
    runs = [(dataset, config)] if dataset else []
    if running and (running.data in data.TRAINING_IMAGES or running.data in state.visitor().datasets):
        runs.append((running.data, running))
    most = math.inf
    for name, settings in runs:
        with contextlib.suppress(ValueError):  # no image is left, which is said below the settings
            most = min(most, datasets.num_train_images(name, settings))
    return most


def _fit_batch_size(config: TrainingConfig, most: float) -> TrainingConfig:
    """Take all images at once where a batch would have more than there are."""
    if config.batch_size <= most:
        return config
    widget_state.put("batch_size", 0)
    return config.changed(batch_size=0)


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


def _fields(fields: Mapping[str, str], most: Mapping[str, float] = MappingProxyType({})) -> None:
    """Widgets for fields, each with the reason why it has no effect, if so; `most` has the largest values to offer."""
    for name, idle in fields.items():
        with varying.beside(name):
            widgets.field(name, idle, most=most.get(name, math.inf))


def _layers() -> None:
    explanation = glossary.explain("hidden_sizes")
    with varying.beside("hidden_sizes"):
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
    if other == "teacher":
        return "It has no effect without a teacher."
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
    elif name == DEFAULTS:
        set_widgets(TrainingConfig())
