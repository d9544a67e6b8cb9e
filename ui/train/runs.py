"""The runs of a visitor: drawn on one chart, compared in a table, and downloaded."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from model import data
from model.config import TrainingConfig
from model.inference import export
from model.jobs import Job, JobState
from ui import state
from ui.charts import vega
from ui.charts.curve_lines import Curve
from ui.common import formatting, glossary
from ui.state import widget_state
from ui.train import controls

NONE = "none"
EXAMPLES = 20  # images that go with a run that is downloaded


class ChartOptions(NamedTuple):
    """How the curves are drawn, and of which runs besides the selected one."""

    smoothing: float
    log: bool
    log_epochs: bool
    compared: tuple[str, ...]  # by their labels
    baseline: str


def chart_options() -> ChartOptions:
    """What the widgets of the charts stand at."""
    labels = tuple(job.label for job in state.visitor().jobs)
    return ChartOptions(
        widget_state.get("smoothing", 0.0),
        widget_state.get("log_values", False),
        widget_state.get("log_epochs", False),
        tuple(widget_state.get("overlay", labels)),
        widget_state.get("baseline", NONE),
    )


def curves(job: Job | None, options: ChartOptions) -> tuple[list[Curve], float]:
    """The curves that the charts show, the selected run's among them if there is one, and where their x axis ends."""
    shown, epochs, reached = [], job.config.epochs if job else state.visitor().config.epochs, 0.0
    for other in list(state.visitor().jobs):
        if other is not job and other.label not in (*options.compared, options.baseline):
            continue
        view = other.state()
        is_baseline = other is not job and other.label == options.baseline
        shown.append(Curve(other.label, view.points, view.changes, current=other is job, baseline=is_baseline))
        epochs, reached = max(epochs, view.epochs), max(reached, view.points[-1].epoch if view.points else 0.0)
    return shown, vega.axis_end(reached, epochs)


def show() -> None:
    """The list of runs, what differs in their settings, and how they are drawn."""
    jobs, hidden = list(state.visitor().jobs), controls.hidden()
    with st.container(key="runs"):
        st.markdown("**Runs**", help=glossary.explain("run"))
        if "compare" not in hidden:
            _choose_chart_options()
        with st.container(horizontal=True):  # also when it is empty, so that the table keeps its place
            if len(jobs) > 1:
                labels = {job.label: job for job in jobs}
                _choose_run(labels)
                if "compare" not in hidden:
                    _choose_compared(list(labels))
        st.dataframe(table(jobs), key="runs_table", width="stretch")


def _choose_chart_options() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width=260):
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


def _choose_run(labels: dict[str, Job]) -> None:
    selected = state.visitor().job
    assert selected
    key = f"run_{selected.number}"
    if widget_state.get(key, "") != selected.label:
        widget_state.put(key, selected.label)
    st.selectbox(
        "Selected run",
        list(reversed(labels)),
        key=key,
        help="The run that the buttons and the views above show.",
        on_change=lambda: _select(labels[widget_state.get(key, selected.label)], instead_of=selected),
    )


def _select(job: Job, *, instead_of: Job) -> None:
    """Select another run, unless the menu is one that stood there before: a browser may report its choice late."""
    if state.visitor().job is instead_of:
        state.visitor().job = job
        controls.set_widgets(job.config)


def update_compared() -> None:
    """Have the charts show a run that is new, and forget one that is gone; before anything of the page is drawn."""
    tab, labels = state.tab(), tuple(job.label for job in state.visitor().jobs)
    before = widget_state.get("overlay", list(labels))
    new = [label for label in labels if label not in tab.compared_runs]
    tab.compared_runs = labels
    compared = [label for label in labels if label in (*before, *new)]
    if new or set(compared) != set(before):
        widget_state.put("overlay", compared)  # only then: it would undo a click that is on its way
    if widget_state.get("baseline", NONE) not in labels:
        widget_state.put("baseline", NONE)


def _choose_compared(labels: list[str]) -> None:
    update_compared()
    st.multiselect(
        "Shown on charts",
        labels,
        key="overlay",
        persist_state="session",
        help="The runs that the charts show beside this one.",
    )
    st.selectbox(
        "Baseline",
        [NONE, *labels],
        key="baseline",
        persist_state="session",
        help=glossary.explain("baseline"),
    )


def table(jobs: list[Job]) -> pd.DataFrame:
    """A column for each run: what came of it, and the settings in which they differ."""
    views = [job.state() for job in jobs]
    rows: dict[str, list[str]] = {
        "State": [view.status.value for view in views],
        "Initialized from": [_origin(job) for job in jobs],
        "Best validation accuracy": [_best(view) for view in views],
        "Test accuracy": [_share(view.scores.get("test_accuracy")) for view in views],
        "Training time (s)": [f"{view.seconds:.1f}" for view in views],
        "Live changes": [str(len(view.changes)) for view in views],
    }
    rows |= {
        TrainingConfig.title(name): [_value(getattr(job.config, name)) for job in jobs]
        for name in TrainingConfig.model_fields
        if len({getattr(job.config, name) for job in jobs}) > 1
    }
    return pd.DataFrame(rows, index=[job.label for job in jobs]).T.rename_axis("Run")


def _origin(job: Job) -> str:
    return f"a branch at epoch {job.forked_at:.3g}" if job.parent else "random weights"


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
        "Download model",
        lambda: job.checkpoint().to_bytes(),
        f"{stem}.safetensors",
        key="download_network",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "Download curves (CSV)",
        lambda: export.history_csv(job.state().points),
        f"{stem}.csv",
        "text/csv",
        key="download_history",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "Download all (.zip)",
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
