"""Which settings a search varies: a switch for each, the same one on Train and on Experiments."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.layout_utils import Width

from model.common.fields import Group
from model.config import TrainingConfig
from model.experiments.space import FIXED
from ui.state import widget_state

LAYERS = "hidden_sizes"
SUGGESTED = ("learning_rate", LAYERS)  # what varies at first
PAGE_TABS, SEARCH_TAB = "experiments", "Search"  # the key of the tabs of Experiments, and the one with the search


def switch(name: str, label: str, *, explanation: str | None = None, width: Width = "stretch") -> bool:
    """Whether a setting varies, as a switch; it is the same one on all pages that show it."""
    return st.toggle(
        label, name in SUGGESTED, key=f"vary_{name}", persist_state="session", help=explanation, width=width
    )


def is_on(name: str) -> bool:
    """What the switch of a setting stands at."""
    return widget_state.get(f"vary_{name}", name in SUGGESTED)


def can_vary(name: str) -> bool:
    """Whether a setting can vary in a search."""
    return name == LAYERS or (name not in FIXED and TrainingConfig.setting(name).in_address)


def groups() -> dict[Group, list[str]]:
    """The settings that can vary, group by group; the layers, which have none, stand with the model."""
    found = {group: [name for name in names if can_vary(name)] for group, names in TrainingConfig.groups().items()}
    found[Group.MODEL].insert(0, LAYERS)
    return {group: names for group, names in found.items() if names}
