"""The tabs below the curves: what is inside the network, and the runs. Only the open one is computed."""

from __future__ import annotations

import streamlit as st

from model.jobs import Job
from ui import state
from ui.state import widget_state
from ui.train import controls, diagnostics, probe_image, runs, snapshots

KEY = "diagnostics"
WEIGHTS, LAYERS, DIGITS = "Weights", "Layers", "Digits"
PROBE, GRADIENT, RUNS = "Track an image", "Gradient check", "Runs"
HIDDEN_BY = {  # the name in `?hide=` that leaves a tab out
    WEIGHTS: "weights_view",
    LAYERS: "layers_view",
    DIGITS: "inside",
    PROBE: "follow",
    GRADIENT: "inside",
    RUNS: "runs",
}


def shown() -> list[str]:
    """The tabs that the page's address does not hide."""
    hidden = controls.hidden()
    return [tab for tab, name in HIDDEN_BY.items() if name not in hidden]


def is_open(tab: str) -> bool:
    """Whether a tab is the open one."""
    names = shown()
    return bool(names) and widget_state.get(KEY, names[0]) == tab


def show() -> None:
    """The tabs, with the content of the open one."""
    job, names = state.visitor().job, shown()
    if not names:
        return
    for name, tab in zip(names, st.tabs(names, key=KEY, on_change="rerun"), strict=True):
        if tab.open:
            with tab:
                _show_tab(name, job)


def _show_tab(name: str, job: Job | None) -> None:
    if job is None:
        st.caption("Shown after the first step.")
        return
    view = job.state()
    snapshot = snapshots.selected(view)
    match name:
        case "Weights":
            diagnostics.weights(job, view, snapshot)
        case "Layers":
            diagnostics.layers(job, view, snapshot)
        case "Digits":
            diagnostics.digits(job, view, snapshot)
        case "Track an image":
            probe_image.show(job, view, snapshot)
        case "Gradient check":
            diagnostics.gradient_check(job)
        case _:
            runs.show()
