"""How the curves are drawn, and of which runs: the widgets at the charts."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from ui import state
from ui.common import glossary
from ui.state import jobs, widget_state

NONE = "none"


class ChartOptions(NamedTuple):
    """How the curves are drawn, and of which runs besides the selected one."""

    smoothing: float
    log: bool
    log_epochs: bool
    compared: tuple[str, ...]  # by their labels
    baseline: str
    hidden: frozenset[str]  # of the selected run: "training", "validation"


def current() -> ChartOptions:
    """What the widgets stand at."""
    labels = tuple(job.label for job in jobs.shown_jobs())
    return ChartOptions(
        widget_state.get("smoothing", 0.0),
        widget_state.get("log_values", False),
        widget_state.get("log_epochs", False),
        tuple(widget_state.get("overlay", labels)),
        widget_state.get("baseline", NONE),
        state.tab().hidden_lines,
    )


def update_compared() -> None:
    """Have the charts show a run that is new, and forget one that is gone; before anything of the page is drawn."""
    tab, labels = state.tab(), tuple(job.label for job in jobs.shown_jobs())
    before = widget_state.get("overlay", list(labels))
    new = [label for label in labels if label not in tab.compared_runs]
    tab.compared_runs = labels
    compared = [label for label in labels if label in (*before, *new)]
    if new or set(compared) != set(before):
        widget_state.put("overlay", compared)
    if widget_state.get("baseline", NONE) not in labels:
        widget_state.put("baseline", NONE)


def show_own_line(name: str, *, show: bool) -> None:
    """Show or hide a line of the selected run. A click says which: it may reach the app twice."""
    tab = state.tab()
    tab.hidden_lines = tab.hidden_lines - {name} if show else tab.hidden_lines | {name}


def show_run(label: str, *, show: bool) -> None:
    """Show or hide another run, also the baseline."""
    labels = [job.label for job in jobs.shown_jobs()]
    compared = set(widget_state.get("overlay", labels)) - {label}
    widget_state.put("overlay", [one for one in labels if one in compared or (show and one == label)])
    if not show and widget_state.get("baseline", NONE) == label:
        widget_state.put("baseline", NONE)


def rename(label: str, new: str) -> None:
    """Have the widgets know a run by its new label; in a callback."""
    tab = state.tab()
    tab.compared_runs = tuple(new if one == label else one for one in tab.compared_runs)
    widget_state.put("overlay", [new if one == label else one for one in widget_state.get("overlay", [label])])
    if widget_state.get("baseline", NONE) == label:
        widget_state.put("baseline", new)


def show() -> None:
    """The widgets, folded into a button."""
    options = st.popover("Options", icon=":material/tune:", type="tertiary", key="chart_options", on_change="rerun")
    if options.open:  # else a browser would draw them later with the values of now
        with options:
            _widgets()


def _widgets() -> None:
    st.slider(
        "Smoothing",
        0.0,
        0.99,
        0.0,
        0.01,
        key="smoothing",
        persist_state="session",
        help=glossary.explain("smoothing"),
    )
    for key, label in (("log_values", "Log y"), ("log_epochs", "Log x")):
        st.toggle(label, key=key, persist_state="session", help=glossary.explain("log_axis"))
    labels = [job.label for job in jobs.shown_jobs()]
    if len(labels) > 1:
        update_compared()
        st.multiselect(
            "Shown on charts",
            labels,
            key="overlay",
            persist_state="session",
            help="The runs that the charts show beside the selected one. A click on a name at the charts hides or "
            "shows that line too.",
        )
        st.selectbox(
            "Baseline",
            [NONE, *labels],
            key="baseline",
            persist_state="session",
            help=glossary.explain("baseline"),
        )


def use_log_values() -> None:
    """Make the values' axis logarithmic; in a callback."""
    widget_state.put("log_values", True)
