"""The runs of a visitor: selected, renamed, deleted, compared in a table, and downloaded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from model import data
from model.config import TrainingConfig
from model.export import archive
from model.jobs import Job, JobState
from ui import state
from ui.common import formatting, glossary
from ui.pickers import network_export
from ui.state import jobs, run_names, widget_state
from ui.train import chart_options, controls

EXAMPLES = 20  # images that go with a run that is downloaded


def show() -> None:
    """The list of runs, and what differs in their settings."""
    shown = jobs.shown_jobs()
    with st.container(key="runs"):
        st.markdown("**Runs**", help=glossary.explain("run"))
        with st.container(
            horizontal=True, vertical_alignment="bottom"
        ):  # also empty, so that the table keeps its place
            selected = state.visitor().job
            if selected and shown:
                _choose_run(selected, shown)
                _manage(selected)
        st.dataframe(table(shown), key="runs_table", width="stretch")


def _choose_run(selected: Job, shown: list[Job]) -> None:
    labels = {job.label: job for job in shown}
    labels.setdefault(selected.label, selected)  # a run that failed at once, as long as it is selected
    key = f"run_{selected.number}"
    if widget_state.get(key, "") != selected.label:
        widget_state.put(key, selected.label)
    st.selectbox(
        "Selected run",
        list(reversed(labels)),
        key=key,
        help="The run that the buttons and the views above show.",
        on_change=_select,
        args=(key, selected.number),
    )


# Streamlit remembers the callback of every widget that there ever was, with its arguments: a run's number, so that a
# run that is gone does not stay in memory.


def _select(key: str, number: int) -> None:
    """Select another run, unless the menu is one that stood there before: a browser may report its choice late.

    Args:
        key: the menu's.
        number: of the run that the menu was made for.
    """
    selected, label = state.visitor().job, widget_state.get(key, "")
    chosen = next((job for job in jobs.shown_jobs() if job.label == label), None)
    if selected and selected.number == number and chosen:
        state.visitor().job = chosen
        controls.set_widgets(chosen.config)


def _manage(job: Job) -> None:
    """Rename or delete the selected run."""
    key = f"run_name_{job.number}"
    menu = st.popover("Rename or delete", icon=":material/edit:", key="manage_run", on_change="rerun")
    if menu.open:
        with menu:
            st.text_input(
                "Name", job.label, key=key, max_chars=run_names.MAX_LENGTH, on_change=_rename, args=(job.number, key)
            )
            st.button("Delete run", key="delete_run", icon=":material/delete:", on_click=_delete, args=(job.number,))
            st.caption("A network that came of it stays in the menus of Draw and Evaluate.")


def _rename(number: int, key: str) -> None:
    job = jobs.find(number)
    if job is None:
        return
    before = job.label
    jobs.rename(job, widget_state.get(key, before))
    chart_options.rename(before, job.label)


def _delete(number: int) -> None:
    if job := jobs.find(number):
        jobs.delete(job)
    if selected := state.visitor().job:
        controls.set_widgets(selected.config)


def table(shown: list[Job]) -> pd.DataFrame:
    """A column for each run: what came of it, and the settings in which they differ."""
    views = [job.state() for job in shown]
    rows: dict[str, list[str]] = {
        "State": [view.status.value for view in views],
        "Initialized from": [_origin(job) for job in shown],
        "Best validation accuracy": [_best(view) for view in views],
        "Test accuracy": [_share(view.scores.get("test_accuracy")) for view in views],
        "Training time (s)": [f"{view.seconds:.1f}" for view in views],
        "Live changes": [str(len(view.changes)) for view in views],
    }
    rows |= {
        TrainingConfig.title(name): [_value(getattr(job.config, name)) for job in shown]
        for name in TrainingConfig.model_fields
        if len({getattr(job.config, name) for job in shown}) > 1
    }
    return pd.DataFrame(rows, index=[job.label for job in shown]).T.rename_axis("Run")


def _origin(job: Job) -> str:
    if not job.parent:
        return "random weights"
    perturbed = f", {job.perturbation}" if job.perturbation else ""
    return f"a branch at epoch {job.forked_at:.3g}{perturbed}"


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
        lambda: archive.history_csv(job.state().points),
        f"{stem}.csv",
        "text/csv",
        key="download_history",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "Download all (.zip)",
        lambda: archive.bundle(job.checkpoint(), job.state().points, stem, _examples(job)),
        f"{stem}.zip",
        "application/zip",
        key="download_run",
        icon=":material/download:",
        on_click="ignore",
    )
    network_export.show("Other formats", job.checkpoint, name, leave_out=(".safetensors", ".zip"))


def _examples(job: Job) -> Any:
    dataset = data.open_folder(job.data)
    images = dataset.test_images if len(dataset.test_labels) else dataset.images
    return np.asarray(images[:EXAMPLES])
