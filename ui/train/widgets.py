"""A widget is what a visitor sets one value with; which kind fits a setting follows from its type and range.

Its key is the setting's name, its explanation the one in the glossary.
"""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from model.config import TrainingConfig
from ui.common import glossary
from ui.pickers import networks
from ui.state import widget_state


def field(name: str, idle: str = "", *, most: float = math.inf, key: str = "", title: str = "") -> None:
    """The widget that fits a field; it can't be moved while it is `idle`, for the reason given.

    A slider offers no value above `most`. Where the setting has a second widget, that has a key and a title of its own.
    """
    key, title = key or name, title or TrainingConfig.title(name)
    bounds, options = TrainingConfig.limits(name), TrainingConfig.options(name)
    kind = TrainingConfig.model_fields[name].annotation
    explanation = glossary.explain(name) + (f"\n\n**{idle}**" if idle else "")
    shared: dict[str, Any] = {"key": key, "persist_state": "session", "help": explanation, "disabled": bool(idle)}
    if options:
        st.selectbox(title, options, format_func=_name, **shared)
    elif none := TrainingConfig.setting(name).network:
        chosen = widget_state.get(key, "")  # perhaps several teachers, from an address
        names = ["", *networks.shipped_names()]
        named = [*names, *({chosen} - set(names))]
        st.selectbox(title, named, format_func=lambda value: value or none, **shared)
    elif kind is bool:
        st.toggle(title, **shared)
    elif TrainingConfig.setting(name).stops:
        stops(key, title, name, explanation, disabled=bool(idle), most=most)
    elif kind is int:
        st.number_input(title, int(bounds["ge"]), int(bounds["le"]), **shared)
    else:
        # A widget's limits are within reach: the nearest number inside stands for one that is not.
        low = bounds["ge"] if "ge" in bounds else math.nextafter(bounds["gt"], math.inf)
        high = bounds["le"] if "le" in bounds else math.nextafter(bounds["lt"], -math.inf)
        st.number_input(title, float(low), float(high), format="%g", **shared)


def stops(key: str, title: str, name: str, explanation: str, *, disabled: bool = False, most: float = math.inf) -> None:
    """A slider over the unequal steps of a setting up to `most`, with the present value among them."""
    steps = [step for step in TrainingConfig.setting(name).stops if step <= most]
    values = sorted({*steps, widget_state.get(key, steps[0])})
    all_last = steps[-1] == 0  # 0 stands for all, the largest value there is
    if all_last:
        values = [*values[1:], 0]
    words = _number_or_all if all_last else _plain
    st.select_slider(
        title,
        values,
        key=key,
        persist_state="session",
        format_func=words,
        help=explanation,
        disabled=disabled,
    )


def _name(choice: str) -> str:
    return glossary.NAMES.get(choice, choice)


def _plain(value: float) -> str:
    return f"{value:g}"


def _number_or_all(size: float) -> str:
    return f"{size:,}" if size else "all"
