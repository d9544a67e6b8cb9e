"""What the two runs of a race differ in: widgets for both, made from the description of each setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from model.config import TrainingConfig
from ui.experiments.setting_names import in_page_order
from ui.pickers import networks
from ui.state import widget_state
from ui.train import widgets

SIDES = ("A", "B")
DIFFERING = "race_differs"
MAX_DIFFERING = 4


def may_differ() -> list[str]:
    """The settings that leave the initial weights and the images as they are, in the order of the Train page."""
    fixed = TrainingConfig.fork_fixed_fields()
    return [name for name in in_page_order() if name not in fixed]


def choose(base: TrainingConfig) -> list[TrainingConfig]:
    """The widgets for what differs; returns the settings of the two runs.

    Args:
        base: what both have besides, as it stands on Train.

    Raises:
        ValueError: the settings do not go together.
    """
    differing: list[str] = st.multiselect(
        "What differs",
        may_differ(),
        ["optimizer"],
        key=DIFFERING,
        format_func=TrainingConfig.title,
        max_selections=MAX_DIFFERING,
        persist_state="session",
        help="Settings that leave the initial weights as they are: both runs start with the same ones, "
        "and see the same images.",
    )
    columns = st.columns(2, gap="medium")
    return [_side(side, column, base, differing) for side, column in zip(SIDES, columns, strict=True)]


def _side(side: str, column: Any, base: TrainingConfig, differing: Sequence[str]) -> TrainingConfig:
    values = {}
    with column, st.container(key=f"race_{side.lower()}", border=True):
        st.markdown(f"**{side}**")
        for name in differing:
            key, own = key_of(name, side), getattr(base, name)
            widget_state.put(key, widget_state.get(key, own if side == "A" else another_value(name, own)))
            widgets.field(name, key=key)
            values[name] = widget_state.get(key, own)
    return base.changed(**values)


def key_of(name: str, side: str) -> str:
    """The key of a widget of a setting."""
    return f"race_{name}_{side.lower()}"


def another_value(name: str, value: Any) -> Any:
    """A value that a setting can have, other than this one."""
    limits, options = TrainingConfig.limits(name), TrainingConfig.options(name)
    stops = TrainingConfig.setting(name).stops
    if options:
        return options[options.index(value) - 1]
    if isinstance(value, bool):
        return not value
    if TrainingConfig.setting(name).network:
        return "" if value else networks.shipped_names()[0]
    if stops:
        place = min(range(len(stops)), key=lambda index: abs(stops[index] - value))
        return stops[place + 3] if place + 3 < len(stops) else stops[place - 3]
    larger = 2 * value or 1
    return type(value)(larger if larger <= limits.get("le", limits.get("lt", larger)) else value / 2)
