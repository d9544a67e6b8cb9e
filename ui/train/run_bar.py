"""The bar on top of the Train page: the buttons, the speed, and the figures of the selected run.

It has the same parts at the same places before the start, while a run trains, and when it is over.
"""

from __future__ import annotations

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.common.constants import CLASSES
from model.common.formatting import format_duration
from model.config import TrainingConfig
from model.jobs import Job, JobState, JobStatus
from ui import state
from ui.common import errors, formatting, glossary
from ui.pickers import datasets
from ui.state import runtime
from ui.train import actions, speed

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
UNKNOWN = "–"


def show(job: Job | None, view: JobState, config: TrainingConfig, dataset: str | None) -> None:
    """The bar, for the selected run if there is one."""
    with st.container(key="bar"):
        buttons = st.container(key="run_buttons", horizontal=True, gap="small", vertical_alignment="center")
        problem = st.container()
        with buttons:
            _buttons(job, config, dataset, problem)
        with st.container(key="progress"):
            with st.container(key="status", horizontal=True, vertical_alignment="bottom"):
                with st.container(key="queue"):
                    name = errors.escape_markdown(job.label) if job else "-".join(map(str, config.sizes))
                    st.progress(view.fraction, f"{STATES[view.status] if job else 'Ready'}: {name}")
                    st.caption(_line(job, view, config))
                speed.choose()
            _figures(view, job.config if job else config)


def _buttons(job: Job | None, config: TrainingConfig, dataset: str | None, problem: DeltaGenerator) -> None:
    """The buttons; why a run can't start is said in `problem`.

    Start and Pause are both of the primary type: style.css shows as such the one that is next. A button whose type
    changes is another element for the browser, and loses the keyboard's focus.
    """
    live, paused = job is not None and job.is_live, job is not None and job.pause_requested
    if st.button(
        "Restart" if job else "Start",
        key="start",
        type="primary",
        icon=":material/replay:" if live else ":material/play_arrow:",
        disabled=dataset is None,
    ):
        with problem:
            actions.start(config, dataset)
    st.button(
        "Resume" if paused else "Pause",
        key="pause",
        type="primary",
        icon=":material/resume:" if paused else ":material/pause:",
        disabled=not live,
        on_click=actions.pause_or_resume,
        kwargs={"said_resume": paused},
    )
    st.button("+1 step", key="step", icon=":material/skip_next:", disabled=not live, on_click=actions.step)
    st.button(
        "+1 epoch",
        key="step_epoch",
        icon=":material/fast_forward:",
        disabled=not live,
        on_click=actions.step,
        kwargs={"whole_epoch": True},
    )
    st.button("Stop", key="stop", icon=":material/stop:", disabled=not live, on_click=actions.stop)
    going_on = actions.can_continue(job)
    st.button(
        "Continue",
        key="continue",
        icon=":material/more_time:",
        disabled=not going_on,
        on_click=actions.continue_run,
        help=f"Train on from the end of this run, up to epoch {actions.epochs_to_continue_to(job, config.epochs):,}."
        if job and going_on
        else "Train on from the end of a run, with more epochs.",
    )
    if st.button(
        "Reset weights",
        key="rewind",
        icon=":material/first_page:",
        disabled=job is None or dataset is None,
        help=glossary.explain("reset"),
    ):
        with problem:
            actions.start(config, dataset, paused=True)


def _figures(view: JobState, config: TrainingConfig) -> None:
    last = view.points[-1] if view.points and view.points[-1].step else None
    validated = next(
        (it.validation_accuracy for it in reversed(view.points) if it.validation_accuracy is not None), None
    )
    figures = {
        "Epoch": (f"{math.ceil(last.epoch) if last else 0} of {view.epochs}", "epoch"),
        "Step": (f"{last.step:,}" if last else "0", "step"),
        "Training loss": (f"{last.epoch_loss:.4f}" if last else UNKNOWN, "loss"),
        "Training accuracy": (formatting.percent(last.epoch_accuracy) if last else UNKNOWN, "accuracy"),
        "Validation accuracy": (UNKNOWN if validated is None else formatting.percent(validated), "validation"),
    }
    if config.batch_size == 0:  # as publications of full-batch training give the loss, too
        figures["Cost per output"] = f"{last.epoch_loss / CLASSES:.6f}" if last else UNKNOWN, "cost_per_output"
    with st.container(key="figures", horizontal=True):
        for label, (figure, term) in figures.items():
            st.metric(label, figure, help=glossary.explain(term))


def _line(job: Job | None, view: JobState, config: TrainingConfig) -> str:
    """What else is to be said of the run's progress, in one line."""
    if view.message and view.is_live:
        return f":material/info: {errors.escape_markdown(view.message)}"
    if view.queue_position:
        size = runtime.pool().size
        at_a_time = "One network trains" if size == 1 else f"{size} networks train"
        place = f"Number {view.queue_position} in the queue"
        seconds = runtime.pool().time_slice
        return f":material/hourglass_empty: {place}: {at_a_time} at a time here, each for {seconds:g} seconds in turn."
    if job is not None and view.points and view.points[-1].step:
        time = f"{_duration(_seconds_left(job, view))} left" if view.is_live else f"{_duration(view.seconds)} in all"
        return f"{view.images_per_second:,.0f} images a second, {time}"
    pace, dataset = speed.current(), state.visitor().dataset
    slowed_down = pace != speed.FULL_SPEED and state.visitor().speed is None
    if slowed_down and not datasets.split_problem(dataset, config):
        seconds = speed.num_steps(config, dataset) / pace
        return f"Slowed down to about {seconds:.0f} s, so that you can watch it learn."
    return "One step trains on one batch of images; one epoch is a pass over all of them."


def _seconds_left(job: Job, view: JobState) -> float:
    """How long the rest takes, if not paused, at the speed to which the run is limited."""
    if not job.speed or not view.fraction:
        return view.seconds_left
    steps_left = view.points[-1].step * (1 - view.fraction) / view.fraction
    return max(view.seconds_left, steps_left / job.speed)


def _duration(seconds: float) -> str:
    return format_duration(seconds) if math.isfinite(seconds) else "some time"
