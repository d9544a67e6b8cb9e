"""The address of the Train page holds every setting that is not the default one, so that a link opens the same page.

It may also say what is shown, `?show=learning_rate,batch_size`, or what is not, `?hide=dropout,inside`: a teacher's
page has the controls of the lesson.

The address is written here rather than by Streamlit's `bind="query-params"`, which drops a value that it can't use
without a word, and knows no value for a list of layers.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import streamlit as st

from model import data
from model.common.fields import SettingsModel
from model.config import TrainingConfig
from model.training import ancestors
from model.training.shipped import shipped
from ui import state
from ui.state import presentation

FIELDS = tuple(TrainingConfig.model_fields)
DEFAULT = TrainingConfig()
VIEWS = (
    *("controls", "gallery", "share", "diagram", "paper", "follow", "time", "pace", "diagnosis", "inside"),
    *("weights_view", "layers_view", "compare", "runs"),
)
WIDGETS = {"data": "dataset", "hidden_sizes": "hidden_layers"}  # fields that their widgets have other names for
PARTS = ("hide", "show")  # parameters that name parts of the page
MAX_QUOTED = 40  # characters of what somebody else wrote


def hideable(config_class: type[SettingsModel] = TrainingConfig) -> tuple[str, ...]:
    """The names that `?hide=` and `?show=` take."""
    settings = (name for name in config_class.model_fields if config_class.setting(name).in_address)
    return ("preset", *WIDGETS.values(), *(name for name in settings if name not in WIDGETS), *VIEWS)


HIDEABLE = hideable()
CONTROLS = frozenset(HIDEABLE) - frozenset(VIEWS)  # what the name "controls" stands for


# -- Settings -----------------------------------------------------------------------------------------------


def open_address(before: TrainingConfig) -> TrainingConfig:
    """The settings that the page opens with; to be called when the visitor comes to it.

    If the address holds settings, they hold. A bare address that was opened has the defaults; the menu, which leads to
    the bare address too, comes back to the settings `before`. A setting that can't be used is left at its default and
    named in `address_problems`; the address stays as it was typed until a setting is changed. What was hidden on the
    last visit to the page stays hidden.
    """
    tab = state.tab()
    for parameter in PARTS:
        if parameter in st.query_params:
            tab.parts[parameter] = ",".join(st.query_params.get_all(parameter))
        elif parameter in tab.parts:
            st.query_params[parameter] = tab.parts[parameter]
    others = (*PARTS, presentation.PARAMETER)
    given = {name: text for name, text in st.query_params.items() if name not in others}
    config, problems = parse(given)
    tab.address_problems = tuple(problems)
    tab.has_typed_address, tab.address_config = not given.keys().isdisjoint(FIELDS), None
    return config if tab.has_typed_address or not tab.came_by_menu else before


def parse(given: Mapping[str, str]) -> tuple[TrainingConfig, list[str]]:
    """Read settings as the command line takes them.

    Returns:
        The settings, at their defaults where a text can't be used; and a message for each of those.
    """
    values, problems = {}, []
    for name, text in given.items():
        if name not in FIELDS:
            problems.append(f"{name[:MAX_QUOTED]} is not the name of a setting{_suggestion(name, ADDRESS_NAMES)}")
        elif not TrainingConfig.setting(name).in_address:
            problems.append(f"{name} can't be given in an address: it names files; use the command line")
        elif name == "data" and text not in data.DATASETS:  # never a path: the address is anyone's to write
            problems.append(f"data must be one of {', '.join(data.DATASETS)}; got {text[:MAX_QUOTED]!r}")
        elif TrainingConfig.setting(name).network and not shipped().keys() >= set(ancestors.names(text)):  # nor here
            known = ", ".join(shipped())
            problems.append(f"{name} must name networks that come with Inkling, {known}; got {text[:MAX_QUOTED]!r}")
        else:
            values[name] = text
    config, invalid = TrainingConfig.of_valid(values)
    return config, problems + invalid


def write(config: TrainingConfig) -> None:
    """Make the address that of a page with these settings; what else it says, it goes on saying."""
    tab = state.tab()
    before, tab.address_config = tab.address_config, config
    if config == before or (before is None and tab.has_typed_address):
        return
    if before is not None:
        tab.address_problems = ()
    settings = texts(config)
    others = {name: value for name, value in st.query_params.items() if name not in FIELDS}
    if others | settings != st.query_params.to_dict():
        st.query_params.from_dict(others | settings)


def texts(config: TrainingConfig) -> dict[str, str]:
    """What an address says of settings: those that are not the default ones."""
    changed = {name: getattr(config, name) for name in FIELDS if getattr(config, name) != getattr(DEFAULT, name)}
    if config.data not in data.DATASETS:
        changed.pop("data", None)  # a file of the visitor's own: no link can bring it along
    if "hidden_sizes" in changed:
        changed["hidden_sizes"] = "-".join(map(str, config.hidden_sizes))
    return {name: str(value) for name, value in changed.items()}


# -- Parts of the page --------------------------------------------------------------------------------------


def hidden() -> frozenset[str]:
    """What the address asks to leave out, of HIDEABLE; `hidden_sizes` and `data` go by their widgets' names."""
    return hidden_parts(*(st.query_params.get_all(parameter) for parameter in PARTS))


def hidden_parts(hide: Iterable[str], show: Iterable[str] = ()) -> frozenset[str]:
    """What is left out, of HIDEABLE: what `hide` names, and if `show` names anything, all that it does not name."""
    shown = frozenset(_names(show)).intersection(HIDEABLE)
    if "controls" in shown:
        shown |= CONTROLS
    elif shown & CONTROLS:
        shown |= {"controls"}
    unnamed = frozenset(HIDEABLE) - shown if shown else frozenset()
    return unnamed | frozenset(_names(hide)).intersection(HIDEABLE)


def parts_problem() -> str | None:
    """What is wrong with the parts that the address asks to show or to leave out."""
    problems = [_unknown_parts(parameter, st.query_params.get_all(parameter)) for parameter in PARTS]
    return "; ".join(problem for problem in problems if problem) or None


def _unknown_parts(parameter: str, texts: Iterable[str]) -> str | None:
    unknown = [name for name in _names(texts) if name not in HIDEABLE]
    if not unknown:
        return None
    named = ", ".join(f"{name[:MAX_QUOTED]}{_suggestion(name, HIDEABLE)}" for name in unknown)
    return f"{parameter} does not know {named}. It takes {', '.join(HIDEABLE)}"


def _names(texts: Iterable[str]) -> list[str]:
    names = (name.strip() for text in texts for name in text.split(","))
    return [WIDGETS.get(name, name) for name in names if name]


# -- Names that are nearly right ----------------------------------------------------------------------------

ADDRESS_NAMES = (*(name for name in FIELDS if TrainingConfig.setting(name).in_address), *PARTS)


def _suggestion(name: str, known: Iterable[str]) -> str:
    """A question that names the closest known name; nothing if none is close."""
    nearest = closest(name, known)
    return f" (did you mean {nearest}?)" if nearest else ""


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody means: misspelled, abbreviated (lr), a part of it (rate), or the page's label."""
    wanted = name[:MAX_QUOTED].lower().replace("-", "_").replace(" ", "_")
    others = {widget: field for field, widget in WIDGETS.items()} | WIDGETS
    spellings = {spelling: one for one in known for spelling in (one, others.get(one, one), _label(one))}
    initials = {"".join(word[0] for word in one.split("_")): one for one in known if "_" in one}
    found = difflib.get_close_matches(wanted, spellings, 1, 0.7)
    if found:
        return spellings[found[0]]
    parts = [one for spelling, one in spellings.items() if len(wanted) > 3 and wanted in spelling.split("_")]
    return initials.get(wanted) or next(iter(parts), None)


def _label(name: str) -> str:
    return TrainingConfig.title(name).lower().replace(" ", "_") if name in FIELDS else name
