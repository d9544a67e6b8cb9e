"""A widget is what a visitor sets one value with; which kind fits a setting follows from its type and range.

Its key is the setting's name, its explanation the one in `terms`.
"""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from model.config import UNITS_LIMIT, TrainingConfig, limits, options
from ui.common import glossary

FIELDS = TrainingConfig.model_fields
TITLES = {name: field.title or name for name, field in FIELDS.items()}
BOUNDS = {name: limits(name) for name in FIELDS}
OPTIONS = {name: options(name) for name in FIELDS}

# What a slider stops at. Any other value within the field's range, from a preset or an address, joins them.
_DECADES = [digit * 10.0**power for power in range(-5, 1) for digit in (1, 2, 5)]
STOPS: dict[str, list[Any]] = {
    "learning_rate": [*_DECADES, 10.0],
    "weight_decay": [0.0, *(value for value in _DECADES if value <= 1)],
    "batch_size": [0, *(2**power for power in range(13))],
    "momentum": [0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999],
    "dropout": [percent / 100 for percent in range(0, 91, 5)],
    "label_smoothing": [percent / 100 for percent in range(51)],
    "warmup": [percent / 100 for percent in range(0, 91, 5)],
    "hidden": [
        *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 100, 128, 160, 200, 256, 300, 320, 400),
        *(512, 640, 800, 1024, 1280, 1600, 2048, 2560, 3200, UNITS_LIMIT),
    ],
}


def field(name: str, idle: str = "") -> None:
    """The widget that fits a field; it can't be moved while it is `idle`, for the reason given."""
    title, bounds = TITLES[name], BOUNDS[name]
    explanation = glossary.explain(name) + (f"\n\n**{idle}**" if idle else "")
    shared: dict[str, Any] = {"key": name, "help": explanation, "disabled": bool(idle)}
    if OPTIONS[name]:
        st.selectbox(title, OPTIONS[name], format_func=_name, **shared)
    elif FIELDS[name].annotation is bool:
        st.toggle(title, **shared)
    elif name in STOPS:
        stops(name, title, name, explanation, disabled=bool(idle))
    elif FIELDS[name].annotation is int:
        st.number_input(title, int(bounds["ge"]), int(bounds["le"]), **shared)
    else:
        # A widget's limits are within reach: the nearest number inside stands for one that is not.
        low = bounds["ge"] if "ge" in bounds else math.nextafter(bounds["gt"], math.inf)
        high = bounds["le"] if "le" in bounds else math.nextafter(bounds["lt"], -math.inf)
        st.number_input(title, float(low), float(high), format="%g", **shared)


def stops(key: str, title: str, kind: str, explanation: str, *, disabled: bool = False) -> None:
    """A slider over the unequal steps STOPS[kind], with the present value among them."""
    values = sorted({*STOPS[kind], st.session_state[key]})
    if kind == "batch_size":
        values = [*values[1:], 0]  # 0 stands for all, the largest batch there is
    words = _batch if kind == "batch_size" else _plain
    st.select_slider(title, values, key=key, format_func=words, help=explanation, disabled=disabled)


def _name(choice: str) -> str:
    return glossary.NAMES.get(choice, choice)


def _plain(value: float) -> str:
    return f"{value:g}"


def _batch(size: float) -> str:
    return f"{size:,}" if size else "all"
