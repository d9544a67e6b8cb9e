"""What varies in a search, chosen beside each setting: a switch, and while it is on a range or a list of values.

The settings, their limits and their kinds come from their descriptions in the config, so a new one needs nothing here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from model.common.fields import Group
from model.config import MAX_UNITS, TrainingConfig
from model.experiments.space import SearchSpace, parse_dimension
from ui.common import glossary
from ui.pickers import networks
from ui.pickers.varied import LAYERS, groups, switch

LAYERS_EXAMPLE = "32; 64; 128; 128,64"
RANGE, VALUES = "Range", "Values"
DECADES_FOR_LOG = 1.5  # this many powers of ten between two bounds ask for a logarithmic range
OPEN = (Group.LIVE, Group.MODEL)  # the groups that are not folded


def choose(base: TrainingConfig) -> SearchSpace:
    """A line for each setting, by the groups of Train; returns what varies.

    Args:
        base: the settings as they stand on Train.

    Raises:
        ValueError: nothing varies, or a setting can't have these values.
    """
    texts: dict[str, str] = {}
    for group, names in groups().items():
        place = st.container() if group in OPEN else st.expander(group, key=f"vary_group_{group.name.lower()}")
        with place:
            if group in OPEN:
                st.markdown(f"**{group}**")
            for name in names:
                if text := _line(name, base):
                    texts[name] = text
    return space_of(texts)


def space_of(texts: Mapping[str, str]) -> SearchSpace:
    """The search space of what a visitor has written for each setting that varies.

    Raises:
        ValueError: nothing varies, or a setting can't have these values: a file of the server is none of a network's.
    """
    if not texts:
        raise ValueError("no setting varies: switch on at least one")
    space = SearchSpace.of({name: parse_dimension(name, text) for name, text in texts.items()})
    for name, dimension in space.dimensions.items():
        if TrainingConfig.setting(name).network and not set(dimension.values) <= set(values_of(name)):
            raise ValueError(f"{name} must be one of {', '.join(networks.shipped_names())}; got {dimension}")
    return space


def _line(name: str, base: TrainingConfig) -> str:
    """A setting's switch and what it varies over, as a text for `space_of`; empty if it does not vary."""
    with st.container(key=f"varied_{name}", gap="xsmall"):
        title, own = TrainingConfig.title(name), shown(getattr(base, name))
        if not switch(name, f"{title} ({glossary.NAMES.get(own, own)})", explanation=glossary.explain(name)):
            return ""
        if name == LAYERS:
            text = st.text_input(
                "Layers to try",
                LAYERS_EXAMPLE,
                key=f"values_{name}",
                persist_state="session",
                help=f"Networks to try, with semicolons between them: 64 has one hidden layer, 128,64 has two. Each "
                f"layer has 1 to {MAX_UNITS:,} units.",
            )
            return f"[{text}]"
        if choices := values_of(name):
            return _choices(name, choices)
        return _numbers(name, getattr(base, name))


def values_of(name: str) -> tuple[Any, ...]:
    """The values that a setting can have, if they can be listed."""
    if TrainingConfig.options(name):
        return TrainingConfig.options(name)
    if TrainingConfig.setting(name).network:
        return ("", *networks.shipped_names())
    return (False, True) if TrainingConfig.model_fields[name].annotation is bool else ()


def _choices(name: str, choices: tuple[Any, ...]) -> str:
    none = TrainingConfig.setting(name).network
    chosen = st.multiselect(
        "Values to try",
        choices,
        choices,
        key=f"values_{name}",
        persist_state="session",
        format_func=lambda value: glossary.NAMES.get(value, shown(value)) or none,
        label_visibility="collapsed",
    )
    return f"[{';'.join(str(value).lower() if isinstance(value, bool) else value for value in chosen)}]"


def _numbers(name: str, own: float) -> str:
    low, high = suggested_range(name, own)
    kind = st.segmented_control(
        "As", [RANGE, VALUES], default=RANGE, key=f"kind_{name}", persist_state="session", label_visibility="collapsed"
    )
    if kind == VALUES:
        text = st.text_input(
            "Values to try",
            "; ".join(shown(value) for value in dict.fromkeys((low, own, high))),
            key=f"values_{name}",
            persist_state="session",
        )
        return f"[{text}]"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        bounds = [
            st.text_input(label, shown(value), key=f"{label.lower()}_{name}", persist_state="session", width=110)
            for label, value in (("From", low), ("To", high))
        ]
        log = st.checkbox(
            "Log",
            suggests_log(low, high),
            key=f"log_{name}",
            persist_state="session",
            help="As many trials between 0.001 and 0.01 as between 0.01 and 0.1.",
        )
    return f"{'log:' if log else ''}{bounds[0].strip()}..{bounds[1].strip()}"


def suggested_range(name: str, own: float) -> tuple[float, float]:
    """A range to begin with: around the value on Train, within what the setting's slider offers."""
    limits, stops = TrainingConfig.limits(name), [stop for stop in TrainingConfig.setting(name).stops if stop]
    if own and stops and max(stops) / min(stops) >= 1000:
        low, high = own / 10, own * 10
    elif own:
        low, high = own / 2, own * 2
    else:
        low, high = 0.0, max(stops, default=1.0) if len(stops) < 100 else 1.0
    least = limits["ge"] if "ge" in limits else min(stops, default=own / 10)
    most = min(limits.get("le", math.inf), limits.get("lt", math.inf))
    if "lt" in limits:
        most = max((stop for stop in stops if stop < most), default=most - (most - own) / 10)
    low, high = max(low, least), min(high, most)
    if low >= high:
        low, high = least, most
    if TrainingConfig.model_fields[name].annotation is int:
        low, high = math.floor(low), math.ceil(max(high, low + 1))
    return low, high


def suggests_log(low: float, high: float) -> bool:
    """Whether a range spans so much that its small values should count as much as its large ones."""
    return low > 0 and math.log10(high / low) >= DECADES_FOR_LOG


def shown(value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
