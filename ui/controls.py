"""The controls are a TrainingConfig as widgets: each field's range, options and explanation come from the config.

A widget's key is its field's name. The page's address holds every setting that is not the default one, so that a
link opens the page with the same settings.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from model import data
from model.config import HIDDEN_LAYERS_LIMIT, UNITS_LIMIT, TrainingConfig, limits, options
from model.presets import PRESETS, name_of
from ui import datasets, session

CUSTOM = "my own settings"
FIELDS = TrainingConfig.model_fields
APART = ("data", "ink", "hidden_sizes")  # fields that are no widget of the same name

# What a slider stops at. Any other value within the field's range, from a preset or an address, joins them.
_DECADES = [digit * 10.0**power for power in range(-5, 1) for digit in (1, 2, 5)]
STOPS: dict[str, list[Any]] = {
    "learning_rate": [*_DECADES, 10.0],
    "weight_decay": [0.0, *(value for value in _DECADES if value <= 1)],
    "batch_size": [0, *(2**power for power in range(13))],
    "hidden": [
        *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 100, 128, 160, 200, 256, 300, 320, 400),
        *(512, 640, 800, 1024, 1280, 1600, 2048, 2560, 3200, UNITS_LIMIT),
    ],
}
WORDS: dict[str, str] = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "gelu": "GELU",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "nesterov": "Nesterov",
    "he": "He",
    "glorot": "Glorot",
    "one_cycle": "one cycle",
    "elastic": "affine and elastic",
}


def begin(arriving: bool) -> None:
    """Give every widget its value: from the address or from before when `arriving`, and then from its last run."""
    _fill_gaps()
    if arriving:
        session.remember("address_problem", None)
        config = session.remembered("config", TrainingConfig())
        named = {name: value for name, value in st.query_params.items() if name in FIELDS}
        if named:
            try:
                config = _from_address(named)
            except ValueError as error:
                session.remember("address_problem", str(error))
        _seed(config)


def address_problem() -> str | None:
    """What is wrong with a setting in the address that the page was opened with."""
    problem: str | None = session.remembered("address_problem")
    return problem


def choose_preset() -> None:
    """A menu of the presets; choosing one gives all widgets its values. Shows which one the values are."""
    config = _config(session.remembered("dataset", "mnist-5k"))
    st.session_state["preset"] = name_of(config) or CUSTOM
    name = st.selectbox(
        "Recipe",
        [CUSTOM, *PRESETS],
        key="preset",
        on_change=_take_preset,
        help="A network and a way to train it, ready made: five that were published, and the one that reads your "
        "drawings. Changing any setting makes it your own.",
    )
    if name in PRESETS:
        st.caption(PRESETS[name].summary)
        st.caption(f"Published: {PRESETS[name].published}")


def choose_config(dataset: str | None) -> TrainingConfig:
    """All the other widgets, what matters most first; returns the config that they make together.

    Raises:
        ValueError: the values do not go together.
    """
    layers = st.slider(
        "Hidden layers", 0, HIDDEN_LAYERS_LIMIT, key="hidden_layers", help=FIELDS["hidden_sizes"].description
    )
    for layer in range(1, layers + 1):
        _stops(f"hidden_{layer}", f"Units in layer {layer}", "hidden", "How many units this layer has, 1 to 4,096.")
    _field("learning_rate")
    _field("batch_size", lambda size: "all" if size == 0 else f"{size:,}")
    _field("epochs")
    _field("activation")
    _field("optimizer")
    _field("augmentation")
    _field("seed")
    with st.expander("Against learning by heart"):
        for name in ("dropout", "weight_decay", "label_smoothing", "early_stopping", "batch_normalization"):
            _field(name)
    with st.expander("How the steps are made"):
        for name in ("schedule", *_SCHEDULE_FIELDS.get(st.session_state["schedule"], ()), "momentum", "beta2"):
            _field(name)
        _field("clip_norm")
    with st.expander("Where it starts, and what it sees"):
        for name in ("background", "initialization", "initial_std", "validation_size", "training_size"):
            _field(name)
    config = _config(dataset or "mnist-5k")
    session.remember("config", config)
    _write_address(config)
    return config


_SCHEDULE_FIELDS = {"step": ("step_epochs", "step_factor"), "one_cycle": ("warmup",)}
_SHARES = {"dropout": 0.05, "label_smoothing": 0.01, "warmup": 0.05}  # sliders, by steps of


def _field(name: str, words: Callable[[Any], str] | None = None) -> None:
    """The widget that fits a field."""
    title, explanation = FIELDS[name].title or name, FIELDS[name].description
    bounds = limits(name)
    if options(name):
        st.selectbox(title, options(name), key=name, format_func=lambda it: WORDS.get(it, it), help=explanation)
    elif FIELDS[name].annotation is bool:
        st.toggle(title, key=name, help=explanation)
    elif name in STOPS:
        _stops(name, title, name, explanation, words)
    elif name in _SHARES:
        st.slider(title, float(bounds["ge"]), float(bounds["le"]), step=_SHARES[name], key=name, help=explanation)
    elif FIELDS[name].annotation is int:
        st.number_input(title, int(bounds["ge"]), int(bounds["le"]), key=name, help=explanation)
    else:
        # A widget's limits are within reach: the nearest number inside stands for one that is not.
        low = bounds["ge"] if "ge" in bounds else math.nextafter(bounds["gt"], math.inf)
        high = bounds["le"] if "le" in bounds else math.nextafter(bounds["lt"], -math.inf)
        st.number_input(title, float(low), float(high), key=name, format="%g", help=explanation)


def _stops(
    key: str, title: str, stops: str, explanation: str | None, words: Callable[[Any], str] | None = None
) -> None:
    """A slider over unequal steps, with the present value among them."""
    values = sorted({*STOPS[stops], st.session_state[key]})
    if stops == "batch_size":
        values = [*values[1:], 0]  # 0 stands for all, the largest batch there is
    st.select_slider(title, values, key=key, format_func=words or _plain, help=explanation)


def _plain(value: float) -> str:
    return f"{value:g}"


def _fill_gaps() -> None:
    """Streamlit forgets the value of a widget that a run left out, such as a layer's that was taken away."""
    for name, field in FIELDS.items():
        if name not in APART:
            st.session_state.setdefault(name, field.default)
    for layer in range(1, HIDDEN_LAYERS_LIMIT + 1):
        st.session_state.setdefault(f"hidden_{layer}", 64)


def _seed(config: TrainingConfig) -> None:
    """Give the widgets a config's values; to be done before they are made."""
    for name in FIELDS:
        if name not in APART:
            st.session_state[name] = getattr(config, name)
    st.session_state["hidden_layers"] = len(config.hidden_sizes)
    for layer in range(1, HIDDEN_LAYERS_LIMIT + 1):
        known = layer <= len(config.hidden_sizes)
        st.session_state[f"hidden_{layer}"] = config.hidden_sizes[layer - 1] if known else 64
    if config.data in data.DATASETS and datasets.is_here(config.data):
        session.remember("dataset", config.data)


def _config(dataset: str) -> TrainingConfig:
    """The config that the widgets' values make."""
    state = st.session_state
    values = {name: state[name] for name in FIELDS if name in state and name not in APART}
    sizes = tuple(state[f"hidden_{layer}"] for layer in range(1, state["hidden_layers"] + 1))
    return TrainingConfig.of({**values, "data": dataset, "hidden_sizes": sizes})


def _take_preset() -> None:
    name = st.session_state["preset"]
    if name in PRESETS:
        _seed(PRESETS[name].config)


def _from_address(named: dict[str, str]) -> TrainingConfig:
    values: dict[str, Any] = dict(named)
    if "hidden_sizes" in values:
        values["hidden_sizes"] = [size for size in values["hidden_sizes"].split("-") if size]
    if values.get("data", "mnist") not in data.DATASETS:  # never a path: the address is anyone's to write
        raise ValueError(f"data must be one of {', '.join(data.DATASETS)}; got {values['data']!r}")
    if "ink" in values:
        raise ValueError("ink can't be given in an address: it names files; use the command line")
    return TrainingConfig.of(values)


def _write_address(config: TrainingConfig) -> None:
    default = TrainingConfig()
    changed = {name: getattr(config, name) for name in FIELDS if getattr(config, name) != getattr(default, name)}
    if config.data not in data.DATASETS:
        changed.pop("data", None)  # a file of the visitor's own: no link can bring it along
    if "hidden_sizes" in changed:
        changed["hidden_sizes"] = "-".join(map(str, config.hidden_sizes))
    wanted = {name: str(value) for name, value in changed.items()}
    others = {name: value for name, value in st.query_params.items() if name not in FIELDS}
    if others | wanted != st.query_params.to_dict():
        st.query_params.from_dict(others | wanted)
