"""The trainings of a visit are its runs: drawn on one chart, compared in a table, and taken home."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from model import data
from model.config import TrainingConfig
from model.inference import export
from model.jobs import Job, JobState
from ui.charts.curve_lines import Curve
from ui.common import formatting, glossary
from ui.state import session
from ui.train import controls

NONE = "none"
EXAMPLES = 20  # images that go with a run that is downloaded


def drawn(job: Job, view: JobState) -> tuple[list[Curve], int]:
    """The curves that the charts show, the current one among them, and up to which epoch."""
    overlaid, baseline = _overlaid(), st.session_state.get("baseline", NONE)
    shown, epochs = [], view.epochs
    for other in session.jobs():
        if other is job:
            shown.append(Curve(job.label, view.points, view.changes, current=True))
        elif other.label in overlaid or other.label == baseline:
            seen = other.state()
            shown.append(Curve(other.label, seen.points, seen.changes, baseline=other.label == baseline))
            epochs = max(epochs, seen.epochs)
    return shown, epochs


def _overlaid() -> list[str]:
    chosen: list[str] | None = st.session_state.get("overlay")
    return [job.label for job in session.jobs()] if chosen is None else chosen


def chart_options() -> dict[str, Any]:
    """How the curves are to be drawn."""
    state = st.session_state
    return {
        "smoothing": state.get("smoothing", 0.0),
        "log": state.get("log_values", False),
        "log_epochs": state.get("log_epochs", False),
    }


def show() -> None:
    """The list of runs, what differs in their settings, and how they are drawn."""
    jobs, hidden = session.jobs(), controls.hidden()
    with st.container(key="runs"):
        st.markdown("**Runs**", help=glossary.explain("run"))
        if "compare" not in hidden:
            _chart_options()
        with st.container(horizontal=True):  # also when it is empty, so that the table keeps its place
            if len(jobs) > 1:
                labels = {job.label: job for job in jobs}
                _choose_run(labels)
                if "compare" not in hidden:
                    _choose_compared(list(labels))
        st.dataframe(table(jobs), key="runs_table", width="stretch")
    _show_above()


def _show_above() -> None:
    """Have the whole page show what was chosen here: the parts above need not be redrawing themselves."""
    chosen = session.job(), chart_options(), _overlaid(), st.session_state.get("baseline", NONE)
    before, st.session_state["chosen_runs"] = st.session_state.get("chosen_runs", chosen), chosen
    if before != chosen:
        st.rerun()


def _chart_options() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width=260):
            st.slider("Smoothing", 0.0, 0.99, 0.0, 0.01, key="smoothing", help=glossary.explain("smoothing"))
        st.toggle("Logarithmic values", key="log_values", help=glossary.explain("log_axis"))
        st.toggle("Logarithmic epochs", key="log_epochs", help=glossary.explain("log_axis"))


def _choose_run(labels: dict[str, Job]) -> None:
    current = session.job()
    assert current
    key = f"run_{current.number}"
    if st.session_state.get(key) != current.label:
        st.session_state[key] = current.label
    st.selectbox(
        "Look at",
        list(reversed(labels)),
        key=key,
        help="The run that the buttons and the views above are about.",
        on_change=lambda: _look_at(labels[st.session_state[key]], instead_of=current),
    )


def _look_at(job: Job, instead_of: Job) -> None:
    """Show another run, unless the menu is one that stood there before: a browser may report its choice late."""
    if session.job() is instead_of:
        session.look_at(job)
        controls.take(job.config)


def _choose_compared(labels: list[str]) -> None:
    st.session_state.setdefault("overlay", labels)
    known = st.session_state.get("overlay_known", [])
    fresh = [label for label in labels if label not in known]
    st.session_state["overlay_known"] = labels
    shown = [label for label in labels if label in (*st.session_state["overlay"], *fresh)]
    if fresh or set(shown) != set(st.session_state["overlay"]):  # a new run is drawn, one that is gone is not
        st.session_state["overlay"] = shown  # only then: it would undo a click that is on its way
    st.multiselect("On the charts", labels, key="overlay", help="The runs that the charts show beside this one.")
    if st.session_state.get("baseline") not in (NONE, *labels):
        st.session_state["baseline"] = NONE
    st.selectbox("Baseline", [NONE, *labels], key="baseline", help=glossary.explain("baseline"))


def table(jobs: list[Job]) -> pd.DataFrame:
    """A column for each run: what came of it, and the settings in which they differ."""
    views = [job.state() for job in jobs]
    rows: dict[str, list[str]] = {
        "State": [view.status.value for view in views],
        "Begun from": ["random weights" if not job.parent else f"a fork at epoch {job.forked_at:.3g}" for job in jobs],
        "Best validation accuracy": [_best(view) for view in views],
        "Test accuracy": [_share(view.scores.get("test_accuracy")) for view in views],
        "Seconds": [f"{view.seconds:.1f}" for view in views],
        "Changed while learning": [str(len(view.changes)) for view in views],
    }
    rows |= {
        TrainingConfig.title(name): [_value(getattr(job.config, name)) for job in jobs]
        for name in TrainingConfig.model_fields
        if len({getattr(job.config, name) for job in jobs}) > 1
    }
    return pd.DataFrame(rows, index=[job.label for job in jobs]).T


def _best(view: JobState) -> str:
    measured = [point.validation_accuracy for point in view.points if point.validation_accuracy is not None]
    return _share(max(measured, default=None))


def _share(share: Any) -> str:
    return "–" if share is None else formatting.percent(float(share))


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def downloads(job: Job, name: str) -> None:
    """What can be taken home of a run."""
    stem = name.replace(" ", "-")
    st.download_button(
        "Network",
        lambda: job.checkpoint().to_bytes(),
        f"{stem}.safetensors",
        key="download_network",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "History",
        lambda: export.history_csv(job.state().points),
        f"{stem}.csv",
        "text/csv",
        key="download_history",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "All, with a program that reads",
        lambda: export.bundle(job.checkpoint(), job.state().points, stem, _examples(job)),
        f"{stem}.zip",
        "application/zip",
        key="download_run",
        icon=":material/download:",
        on_click="ignore",
    )


def _examples(job: Job) -> Any:
    dataset = data.open_folder(job.data)
    images = dataset.test_images if len(dataset.test_labels) else dataset.images
    return np.asarray(images[:EXAMPLES])
