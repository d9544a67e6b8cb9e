"""A training as it is watched: where it stands, its curves, the time slider, and what there is to see inside.

Each part is a fragment of the page; those that change while it learns redraw themselves as long as the training runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from model.common.constants import CLASSES
from model.config import TrainingConfig
from model.jobs import Job, JobState, JobStatus
from ui.charts import diagram, learning_curves
from ui.common import errors, formatting, glossary
from ui.pickers import networks
from ui.state import session
from ui.train import actions, controls, diagnostics, probe_image, runs

SECONDS_BETWEEN_LOOKS = 0.45  # at the curves
SECONDS_BETWEEN_LOOKS_INSIDE = 1.2
SECONDS_BETWEEN_LOOKS_BACK = 4.0  # at the snapshots and the runs
SECONDS_WHILE_WAITING = 1.0
VISITORS_AT_FULL_PACE = 10  # that are here; with more, each looks less often
WAITING_AT_FULL_PACE = 3

STATES = {
    JobStatus.WAITING: "Waiting",
    JobStatus.STARTING: "Starting ...",
    JobStatus.RUNNING: "Learning",
    JobStatus.PAUSED: "Paused",
    JobStatus.FINISHED: "Finished",
    JobStatus.STOPPED_EARLY: "Stopped early",
    JobStatus.STOPPED: "Stopped",
    JobStatus.DIVERGED: "Diverged",
    JobStatus.FAILED: "Failed",
}


def show(config: TrainingConfig, dataset: str | None) -> None:
    """The training that is looked at; while there is none, the network that the settings make."""
    job, hidden = session.job(), controls.hidden()
    if job is None:
        actions.buttons(config, dataset)
        st.info("Press Start: the network begins with random weights, and learns from there.")
        draw(config)
        return
    phase = _phase(job)
    every = _seconds(phase)
    learning = phase == "learning"
    # Each part stands in a container, so that the parts below it keep their place when it has an element more or less:
    # what moves is on the page twice until all of the page is drawn.
    with st.container():
        if learning:
            _part(_watch, every, job, config, dataset)
        else:  # the same places on the page, though nothing but the place in the queue changes
            _part(_stand, every, job, phase, config, dataset)
            _part(_charts, None, job)
    if "time" not in hidden:
        with st.container():
            _part(_time, SECONDS_BETWEEN_LOOKS_BACK if learning else None, job, config)
    slowly = SECONDS_BETWEEN_LOOKS_INSIDE / SECONDS_BETWEEN_LOOKS * every if every and learning else None
    with st.container():
        _part(_inside, slowly, job)
    busy = learning and (probe_image.is_on() or diagnostics.is_open())
    with st.container():
        _part(_folded, slowly if busy else None, job, busy)
    if "runs" not in hidden:
        _part(runs.show, SECONDS_BETWEEN_LOOKS_BACK if learning else None)


def _phase(job: Job) -> Literal["waiting", "learning", "done"]:
    """What decides how often the page is to be drawn anew."""
    if not job.is_live:
        return "done"
    return "waiting" if job.status is JobStatus.WAITING else "learning"


def _seconds(phase: str) -> float | None:
    """From one look to the next. One process draws all visitors' pages: the more of them are here, the less often."""
    if phase == "done":
        return None
    if phase == "waiting":
        return SECONDS_WHILE_WAITING * max(1.0, session.pool().waiting / WAITING_AT_FULL_PACE)
    return SECONDS_BETWEEN_LOOKS * max(1.0, session.present() / VISITORS_AT_FULL_PACE)


def _part(part: Callable[..., None], seconds: float | None, *arguments: Any) -> None:
    """A part of the page that redraws itself, every so many seconds or only when somebody acts on it."""
    st.fragment(part, run_every=seconds)(*arguments)


def _watch(job: Job, config: TrainingConfig, dataset: str | None) -> None:
    """All that is looked at most often."""
    _stand(job, "learning", config, dataset)
    _charts(job)
    actions.mark_click_handled()


def _stand(job: Job, phase: str, config: TrainingConfig, dataset: str | None) -> None:
    """Its buttons, and where it stands."""
    if session.job() is not job or _phase(job) != phase:
        st.rerun()  # the whole page: it is to be drawn at another pace, or another tab has begun another training
    actions.buttons(config, dataset)
    view = job.state()
    with st.container(key="queue"):
        _queue(view)
    with st.container(key="progress"):
        _progress(job, view)
    with st.container(key="result"):  # also when it is empty: the charts keep their place, and stay the same ones
        if not job.is_live:
            _result(job)


def _inside(job: Job) -> None:
    """What the first layer looks for, and how each layer fares."""
    view, hidden = job.state(), controls.hidden()
    chosen = actions.chosen(view)
    if "weights_view" not in hidden:
        diagnostics.weights(job, view, chosen)
    if "layers_view" not in hidden:
        diagnostics.layers(job, view, chosen)


def _folded(job: Job, busy: bool) -> None:
    """What is looked at by those who ask for it."""
    view, hidden = job.state(), controls.hidden()
    chosen = actions.chosen(view)
    if "follow" not in hidden:
        probe_image.show(job, view, chosen)
    if "inside" not in hidden:
        diagnostics.digits(job, view, chosen)
        diagnostics.gradient_check(job)
    if busy != (_phase(job) == "learning" and (probe_image.is_on() or diagnostics.is_open())):
        st.rerun()  # it begins to redraw itself, or stops


def draw(config: TrainingConfig) -> None:
    """The network that Start makes."""
    if "diagram" not in controls.hidden():
        with st.container(key="diagram"):
            st.markdown(diagram.network_svg(config), unsafe_allow_html=True)  # st.html would leave the drawing out


def _queue(view: JobState) -> None:
    if view.queue_position:
        size = session.pool().size
        at_a_time = "One network trains" if size == 1 else f"{size} networks train"
        st.info(
            f"Waiting for its turn: number {view.queue_position} in the queue. {at_a_time} at a time here, and after a "
            "minute each gives way to the next and goes on later where it was.",
            icon=":material/hourglass_empty:",
        )


def _charts(job: Job) -> None:
    view = job.state()
    chosen = actions.chosen(view)
    drawn, epochs = runs.drawn(job, view)
    looks = runs.chart_options() | {"snapshot_epoch": chosen.epoch if chosen else None}
    left, right = st.columns(2)
    with left, st.container(key="loss_chart"):
        st.markdown("**Loss**", help=glossary.explain("loss"))
        st.vega_lite_chart(*learning_curves.loss_curve(drawn, epochs, **looks), key="loss_curve")
    with right, st.container(key="accuracy_chart"):
        st.markdown("**Accuracy**", help=glossary.explain("accuracy"))
        st.vega_lite_chart(*learning_curves.accuracy_curve(drawn, epochs, **looks), key="accuracy_curve")


def _time(job: Job, config: TrainingConfig) -> None:
    """Look back, slow down, branch off."""
    view = job.state()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=300):
            actions.choose_moment(view)
        if "pace" not in controls.hidden():
            with st.container(width=180):
                actions.choose_pace()
        with st.container(width="content"):
            actions.fork_button(job, view, config)
    if actions.chosen(view):
        st.caption(
            "You are looking back. What you set now is for a fork from here; the training itself goes on with its own "
            "settings."
            if job.is_live
            else "You are looking back. A fork goes on from here with the settings as they are now."
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
        "Loss": (f"{last.epoch_loss:.4f}" if last else "–", "loss"),
        "Accuracy": (formatting.percent(last.epoch_accuracy) if last else "–", "accuracy"),
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
    if not math.isfinite(seconds):
        return "some time"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"


def _result(job: Job) -> None:
    """What became of it, and what can be done with it."""
    name, scores = networks.of_job(job), job.state().scores
    if not name:
        return  # it ended before its first step, and the progress says why
    if (test := scores.get("test_accuracy")) is not None:
        st.success(
            f"It reads {formatting.percent(float(test))} of the {scores['tested_on']} test images right, and has never "
            f"seen one of them. It is called {name} in the menus of Draw and Evaluate.",
            icon=":material/check:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("pages/draw.py", label="Draw a digit for it", icon=":material/draw:")
        st.page_link("pages/evaluate.py", label="See its mistakes", icon=":material/fact_check:")
        runs.downloads(job, name)
