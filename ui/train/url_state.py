"""The address of the Train page holds every setting that is not the default one, so that a link opens the same page.

It may also name what is not to be shown, `?hide=dropout,inside`: a teacher's page has the controls of the lesson.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from model import data
from model.common.fields import Settings
from model.config import TrainingConfig

FIELDS = tuple(TrainingConfig.model_fields)
DEFAULT = TrainingConfig()
VIEWS = ("controls", "diagram", "follow", "time", "pace", "inside", "weights_view", "layers_view", "compare", "runs")
WIDGETS = {"data": "dataset", "hidden_sizes": "hidden_layers"}  # fields that their widgets have other names for


def hideable(config_class: type[Settings] = TrainingConfig) -> tuple[str, ...]:
    """The names that `?hide=` takes."""
    settings = (name for name in config_class.model_fields if config_class.setting(name).in_address)
    return ("preset", *WIDGETS.values(), *(name for name in settings if name not in WIDGETS), *VIEWS)


HIDEABLE = hideable()


def begin() -> None:
    """Hide on this visit to the page what was hidden on the last one; to be called when the visitor comes to it."""
    if "hide" in st.query_params:
        st.session_state["hide"] = ",".join(st.query_params.get_all("hide"))
    if "hide" in st.session_state:  # the menu leads to the bare address
        st.query_params["hide"] = st.session_state["hide"]


def hidden() -> frozenset[str]:
    """What the address asks to leave out, of HIDEABLE; `hidden_sizes` and `data` go by their widgets' names."""
    return frozenset(_asked()).intersection(HIDEABLE)


def hide_problem() -> str | None:
    """What is wrong with what the address asks to leave out."""
    unknown = [name for name in _asked() if name not in HIDEABLE]
    if not unknown:
        return None
    got = ", ".join(repr(name[:40]) for name in unknown[:3]) + (", ..." if len(unknown) > 3 else "")
    return f"hide must name what can be hidden, of {', '.join(HIDEABLE)}; got {got}"


def _asked() -> list[str]:
    names = (name.strip() for text in st.query_params.get_all("hide") for name in text.split(","))
    return [WIDGETS.get(name, name) for name in names if name]


def config() -> TrainingConfig | None:
    """The settings that the address holds; None if it holds none.

    Raises:
        ValueError: one of them can't be used, in one line.
    """
    values: dict[str, Any] = {name: value for name, value in st.query_params.items() if name in FIELDS}
    if not values:
        return None
    if values.get("data", "mnist") not in data.DATASETS:  # never a path: the address is anyone's to write
        raise ValueError(f"data must be one of {', '.join(data.DATASETS)}; got {values['data']!r}")
    if "ink" in values:
        raise ValueError("ink can't be given in an address: it names files; use the command line")
    return TrainingConfig.of(values)


def write(config: TrainingConfig) -> None:
    """Make the address that of a page with these settings; what else it says, it goes on saying."""
    changed = {name: getattr(config, name) for name in FIELDS if getattr(config, name) != getattr(DEFAULT, name)}
    if config.data not in data.DATASETS:
        changed.pop("data", None)  # a file of the visitor's own: no link can bring it along
    if "hidden_sizes" in changed:
        changed["hidden_sizes"] = "-".join(map(str, config.hidden_sizes))
    wanted = {name: str(value) for name, value in changed.items()}
    others = {name: value for name, value in st.query_params.items() if name not in FIELDS}
    if others | wanted != st.query_params.to_dict():
        st.query_params.from_dict(others | wanted)
