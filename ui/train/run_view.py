"""The selected run: how it stands, its curves, its snapshots, its diagnostics, and how it compares with other runs."""

from __future__ import annotations

import math

import streamlit as st

from model.common.constants import CLASSES
from model.common.formatting import format_duration
from model.config import TrainingConfig
from model.jobs import Job, JobState, JobStatus
from ui import state
from ui.charts import diagram
from ui.common import errors, formatting, glossary
from ui.pickers import networks
from ui.state import runtime
from ui.train import actions, controls, diagnostics, probe_image, refresh, run_charts, runs, snapshots

STATES = {
    JobStatus.WAITING: "Waiting",
    JobStatus.STARTING: "Starting ...",
    JobStatus.RUNNING: "Training",
    JobStatus.PAUSED: "Paused",
    JobStatus.FINISHED: "Finished",
    JobStatus.STOPPED_EARLY: "Stopped early",
    JobStatus.STOPPED: "Stopped",
    JobStatus.DIVERGED: "Diverged",
    JobStatus.FAILED: "Failed",
}


def show(config: TrainingConfig, dataset: str | None) -> None:
    """The selected run; while there is none, the network that the settings make."""
    runs.update_compared()
    snapshots.show_latest()
    view, job, hidden = refresh.current_view(), state.visitor().job, controls.hidden()
    if job is None:
        actions.buttons(config, dataset)
        refresh.if_changed(view)
        st.info("Press Start to train this network from random weights.")
        draw(config)
        return
    status_seconds = refresh.status_seconds(view.phase)
    diagnostics_seconds = refresh.diagnostics_seconds(view.phase)
    runs_seconds = refresh.runs_seconds(view.phase)
    refresh.part(view, status_seconds, _status, job, config, dataset)
    if "time" not in hidden:
        refresh.part(view, runs_seconds, _timeline, job, config)
    refresh.part(view, diagnostics_seconds, _diagnostics, job)
    refresh.part(view, diagnostics_seconds if view.details_open else None, _details, job)
    if "runs" not in hidden:
        refresh.part(view, runs_seconds, runs.show)


def _status(job: Job, config: TrainingConfig, dataset: str | None) -> None:
    """The buttons, how the run stands, and its curves: what is redrawn most often."""
    actions.buttons(config, dataset)
    view = job.state()
    with st.container(key="queue"):
        _queue(view)
    with st.container(key="progress"):
        _progress(job, view)
    with st.container(key="result"):  # also when it is empty: the charts keep their place, and stay the same ones
        if not job.is_live:
            _result(job)
    run_charts.show(job)
    actions.mark_buttons_drawn()


def _diagnostics(job: Job) -> None:
    """The first layer's weights, and the health of each layer."""
    view, hidden = job.state(), controls.hidden()
    snapshot = snapshots.selected(view)
    if "weights_view" not in hidden:
        diagnostics.weights(job, view, snapshot)
    if "layers_view" not in hidden:
        diagnostics.layers(job, view, snapshot)


def _details(job: Job) -> None:
    """What is shown on demand."""
    view, hidden = job.state(), controls.hidden()
    snapshot = snapshots.selected(view)
    if "follow" not in hidden:
        probe_image.show(job, view, snapshot)
    if "inside" not in hidden:
        diagnostics.digits(job, view, snapshot)
        diagnostics.gradient_check(job)


def draw(config: TrainingConfig) -> None:
    """The network that Start makes."""
    if "diagram" not in controls.hidden():
        with st.container(key="diagram"):
            st.markdown(diagram.network_svg(config), unsafe_allow_html=True)  # st.html would leave the drawing out


def _queue(view: JobState) -> None:
    if view.queue_position:
        size = runtime.pool().size
        at_a_time = "One network trains" if size == 1 else f"{size} networks train"
        st.info(
            f"Waiting: number {view.queue_position} in the queue. {at_a_time} at a time here; after a minute each is "
            "suspended for the next one, and continues later where it was.",
            icon=":material/hourglass_empty:",
        )


def _timeline(job: Job, config: TrainingConfig) -> None:
    """The snapshots, the speed, and the button to branch off."""
    view = job.state()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=300):
            snapshots.choose(view)
        if "pace" not in controls.hidden():
            with st.container(width=180):
                actions.choose_speed()
        with st.container(width="content"):
            snapshots.branch_button(job, view, config, actions.speed())
    if snapshots.selected(view):
        st.caption(
            "You are looking back. Settings that you change now are for a branch from here; the run itself continues "
            "with its own."
            if job.is_live
            else "You are looking back. A branch continues from here with the settings as they are now."
        )


def _progress(job: Job, view: JobState) -> None:
    last = view.points[-1] if view.points and view.points[-1].step else None
    validated = next(
        (it.validation_accuracy for it in reversed(view.points) if it.validation_accuracy is not None), None
    )
    st.progress(view.fraction, f"{STATES[view.status]}: {job.name.removeprefix('my ')}")
    figures = {
        "Epoch": (f"{math.ceil(last.epoch) if last else 0} of {view.epochs}", "epoch"),
        "Step": (f"{last.step:,}" if last else "0", "step"),
        "Training loss": (f"{last.epoch_loss:.4f}" if last else "–", "loss"),
        "Training accuracy": (formatting.percent(last.epoch_accuracy) if last else "–", "accuracy"),
        "Validation accuracy": ("–" if validated is None else formatting.percent(validated), "validation"),
    }
    if job.config.batch_size == 0 and last:  # publications of full-batch training give the loss in this unit too
        figures["Cost per output"] = f"{last.epoch_loss / CLASSES:.6f}", "cost_per_output"
    with st.container(horizontal=True):
        for name, (figure, term) in figures.items():
            st.metric(name, figure, width="content", help=glossary.explain(term))
    if last:
        time = f"{_duration(view.seconds_left)} left" if view.is_live else f"{_duration(view.seconds)} in all"
        pace = f"{view.images_per_second:,.0f} images a second, {time}"
        st.caption(pace, help=f"{glossary.explain('images_per_second')}\n\n{glossary.explain('time_left')}")
    if view.message:
        st.warning(errors.escape_markdown(view.message), icon=":material/info:")


def _duration(seconds: float) -> str:
    return format_duration(seconds) if math.isfinite(seconds) else "some time"


def _result(job: Job) -> None:
    """What became of it, and what can be done with it."""
    name, scores = networks.of_job(job), job.state().scores
    if not name:
        return  # it ended before its first step, and the progress says why
    if (test := scores.get("test_accuracy")) is not None:
        st.success(
            f"Test accuracy {formatting.percent(float(test))} on the test images of {scores['tested_on']}, none of "
            f"which it has seen. Saved as {name} in the menus of Draw and Evaluate.",
            icon=":material/check:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("draw.py", label="Try it on Draw", icon=":material/draw:")
        st.page_link("evaluate.py", label="See its mistakes", icon=":material/fact_check:")
        runs.downloads(job, name)
