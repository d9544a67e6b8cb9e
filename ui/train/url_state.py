"""The address of the Train page holds every setting that is not the default one, so that a link opens the same page.

It may also name what is not to be shown, `?hide=dropout,inside`: a teacher's page has the controls of the lesson.

The address is written here rather than by Streamlit's `bind="query-params"`, which drops a value that it can't use
without a word, and knows no value for a list of layers.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from model import data
from model.common.fields import Settings
from model.config import TrainingConfig
from ui import state
from ui.state import presentation

FIELDS = tuple(TrainingConfig.model_fields)
DEFAULT = TrainingConfig()
VIEWS = ("controls", "diagram", "follow", "time", "pace", "inside", "weights_view", "layers_view", "compare", "runs")
WIDGETS = {"data": "dataset", "hidden_sizes": "hidden_layers"}  # fields that their widgets have other names for


def hideable(config_class: type[Settings] = TrainingConfig) -> tuple[str, ...]:
    """The names that `?hide=` takes."""
    settings = (name for name in config_class.model_fields if config_class.setting(name).in_address)
    return ("preset", *WIDGETS.values(), *(name for name in settings if name not in WIDGETS), *VIEWS)


HIDEABLE = hideable()


def open_address(before: TrainingConfig) -> TrainingConfig:
    """The settings that the page opens with; to be called when the visitor comes to it.

    If the address holds settings, they hold, and else those from `before`. A setting that can't be used is left at its
    default and named in `address_problems`; the address stays as it was typed until a setting is changed. What was
    hidden on the last visit to the page stays hidden.
    """
    tab = state.tab()
    if "hide" in st.query_params:
        tab.hide = ",".join(st.query_params.get_all("hide"))
    elif tab.hide is not None:  # the menu leads to the bare address
        st.query_params["hide"] = tab.hide
    others = ("hide", presentation.PARAMETER)
    texts = {name: text for name, text in st.query_params.items() if name not in others}
    config, problems = parse(texts)
    tab.address_problems = tuple(problems)
    tab.has_typed_address, tab.address_config = not texts.keys().isdisjoint(FIELDS), None
    return config if tab.has_typed_address else before


def parse(texts: Mapping[str, str]) -> tuple[TrainingConfig, list[str]]:
    """Read settings as the command line takes them.

    Returns:
        The settings, at their defaults where a text can't be used; and a message for each of those.
    """
    values, problems = {}, []
    for name, text in texts.items():
        if name not in FIELDS:
            problems.append(f"{name[:40]} is not the name of a setting")
        elif not TrainingConfig.setting(name).in_address:
            problems.append(f"{name} can't be given in an address: it names files; use the command line")
        elif name == "data" and text not in data.DATASETS:  # never a path: the address is anyone's to write
            problems.append(f"data must be one of {', '.join(data.DATASETS)}; got {text[:40]!r}")
        else:
            values[name] = text
    config, invalid = TrainingConfig.of_valid(values)
    return config, problems + invalid


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


def write(config: TrainingConfig) -> None:
    """Make the address that of a page with these settings; what else it says, it goes on saying."""
    tab = state.tab()
    before, tab.address_config = tab.address_config, config
    if config == before or (before is None and tab.has_typed_address):
        return
    if before is not None:
        tab.address_problems = ()
    changed = {name: getattr(config, name) for name in FIELDS if getattr(config, name) != getattr(DEFAULT, name)}
    if config.data not in data.DATASETS:
        changed.pop("data", None)  # a file of the visitor's own: no link can bring it along
    if "hidden_sizes" in changed:
        changed["hidden_sizes"] = "-".join(map(str, config.hidden_sizes))
    settings = {name: str(value) for name, value in changed.items()}
    others = {name: value for name, value in st.query_params.items() if name not in FIELDS}
    if others | settings != st.query_params.to_dict():
        st.query_params.from_dict(others | settings)
