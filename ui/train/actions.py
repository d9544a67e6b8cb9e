"""Steering is all that a visitor does to a training: start it, hold it, tune it, look back, branch off, begin again.

A setting that is changed while it learns goes to its worker at once, unless one looks back: then it is for a fork.
"""

from __future__ import annotations

import threading
import time

import streamlit as st

from model import presets
from model.config import TrainingConfig
from model.jobs import Fork, Job, JobState, TrainingRequest
from model.jobs.protocol import ChangeSettings, Command, Pause, Resume, RunStep, SetSpeed, SnapshotRef, Stop
from model.training import Change, fork_conflicts
from ui.common import errors, glossary
from ui.pickers import datasets
from ui.state import session
from ui.train import controls

SECONDS_TO_OBEY = 0.15  # that a click waits for the training to follow; it follows later all the same
NOW = -1  # the place on the time slider that is no snapshot
FULL_PACE = 0
PACES = [1, 2, 5, 10, 20, 50, 100, 200, 500, FULL_PACE]  # steps a second


# -- Settings -----------------------------------------------------------------------------------------------


def running_config() -> TrainingConfig | None:
    """The settings of the training that the controls act upon at once; None if there is none, or one looks back."""
    job = session.job()
    return job.config if job and job.is_live and moment() == NOW else None


def tune(config: TrainingConfig) -> None:
    """Pass on to the running training what was changed since this tab's last run.

    A change that also concerns settings that need a restart, such as a recipe, is one for the next training.
    """
    before, st.session_state["tuned"] = st.session_state.get("tuned"), config
    job = session.job()
    if before is None or not job or running_config() is None:
        return
    moved = [name for name in TrainingConfig.model_fields if getattr(before, name) != getattr(config, name)]
    change = {name: getattr(config, name) for name in moved if getattr(job.config, name) != getattr(config, name)}
    if change and set(moved) <= set(TrainingConfig.live_fields()):
        try:
            job.send(ChangeSettings(Change(change)))
        except ValueError as error:
            errors.show_error(str(error))


# -- Buttons ------------------------------------------------------------------------------------------------


def buttons(config: TrainingConfig, dataset: str | None) -> None:
    """Start, and what can be done to the training that is looked at."""
    job = session.job()
    live, paused = job is not None and job.is_live, job is not None and job.pause_requested
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Start again" if job else "Start",
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=dataset is None,
        ):
            _start(config, dataset)
        st.button(
            "Resume" if paused else "Pause",
            key="pause",
            icon=":material/resume:" if paused else ":material/pause:",
            disabled=not live,
            on_click=_click,
            args=("pause", Resume() if paused else Pause()),
        )
        st.button(
            "Step",
            key="step",
            icon=":material/skip_next:",
            disabled=not live,
            on_click=_click,
            args=("step", RunStep()),
        )
        st.button(
            "Epoch",
            key="step_epoch",
            icon=":material/fast_forward:",
            disabled=not live,
            on_click=_click,
            args=("step_epoch", RunStep(whole_epoch=True)),
        )
        st.button("Stop", key="stop", icon=":material/stop:", disabled=not live, on_click=_send, args=(Stop(),))
        if st.button("Rewind", key="rewind", icon=":material/first_page:", disabled=job is None or dataset is None):
            _start(config, dataset, paused=True)


def _click(key: str, command: Command) -> None:
    """Send a command, once.

    If a part of the page is about to redraw itself just when a button is clicked, the browser asks for that first, and
    the click is in both messages: the training would be paused and at once resumed. The second message has then come
    before the first is answered, and so Streamlit handles it right after that, in the same thread; for a later one it
    starts a new thread.
    """
    this = key, threading.current_thread()
    if st.session_state.pop("clicked", None) == this:
        return
    _send(command)
    st.session_state["clicked"], st.session_state["answered"] = this, False


def mark_click_handled() -> None:
    """To be called when the part of the page with the buttons has been drawn: an echo comes right after that."""
    if st.session_state.get("answered", True):
        st.session_state["clicked"] = None
    st.session_state["answered"] = True


def _send(command: Command) -> None:
    job = session.job()
    if not job:
        return
    job.send(command)
    # The page is drawn right after this: better with what came of it than with what was before.
    end = time.monotonic() + SECONDS_TO_OBEY
    while job.is_live and time.monotonic() < end:
        if job.pause_requested == job.is_paused and not (isinstance(command, RunStep) and not job.pause_requested):
            break
        time.sleep(0.005)


def _start(config: TrainingConfig, dataset: str | None, *, paused: bool = False) -> None:
    """Begin anew: with the same seed and shape, with the very same weights."""
    name = dataset or "mnist-5k"
    title = presets.name_of(config) or "-".join(map(str, config.sizes))
    try:
        session.start_job(
            TrainingRequest(
                name=f"my {title}",
                owner=session.current().visitor,
                config=config,
                data=datasets.folder(name),
                paused=paused,
                speed=pace(),
                keep_alive=datasets.keep_alive(name),
            )
        )
    except ValueError as error:
        errors.show_error(str(error))
        return
    st.rerun()


# -- Time ---------------------------------------------------------------------------------------------------


def pace() -> int:
    """At most so many steps a second; 0 is as fast as it can."""
    chosen: int = st.session_state.get("pace", FULL_PACE)
    return chosen


def choose_pace() -> None:
    """A slider for slow motion."""
    st.session_state.setdefault("pace", FULL_PACE)
    st.select_slider(
        "Pace",
        PACES,
        key="pace",
        format_func=_pace_in_words,
        help=glossary.explain("pace"),
        on_change=lambda: _send(SetSpeed(pace())),
    )


def _pace_in_words(steps: int) -> str:
    return f"{steps} step{'s' if steps > 1 else ''} a second" if steps else "full speed"


def moment() -> int:
    """The step of the snapshot that is looked at, or NOW."""
    chosen: int = st.session_state.get("snapshot", NOW)
    return chosen


def chosen(view: JobState) -> SnapshotRef | None:
    """The snapshot that is looked at, None for now."""
    return next((kept for kept in view.snapshots if kept.step == moment()), None)


def choose_moment(view: JobState) -> None:
    """A slider over the snapshots."""
    kept = {one.step: one for one in view.snapshots}
    if st.session_state.get("snapshots_of") != _number():
        st.session_state["snapshots_of"], st.session_state["snapshot"] = _number(), NOW
    st.session_state.setdefault("snapshot", NOW)  # it was forgotten while another page was shown
    if moment() not in (NOW, *kept):  # it is no longer kept
        st.session_state["snapshot"] = min(kept, key=lambda step: abs(step - moment()), default=NOW)
    shown = st.select_slider(
        "Look back",
        [*kept, NOW],
        key="snapshot",
        format_func=lambda step: "now" if step == NOW else f"epoch {kept[step].epoch:.3g}",
        help=glossary.explain("snapshot"),
        disabled=not kept,
        on_change=_come_back,
    )
    if shown != st.session_state.get("moment_shown", NOW):
        st.session_state["moment_shown"] = shown
        st.rerun()  # the whole page shows that moment


def _number() -> int:
    job = session.job()
    return job.number if job else 0


def _come_back() -> None:
    """What was set for a fork that was not made is taken back: the controls show what holds now."""
    job = session.job()
    if moment() == NOW and job:
        controls.take(job.config)


def fork_button(job: Job, view: JobState, config: TrainingConfig) -> None:
    """Branch off where one looks back, or from the newest snapshot."""
    start = chosen(view) or (view.snapshots[-1] if view.snapshots else None)
    differing = fork_conflicts(job.config, config)
    if st.button(
        f"Fork at epoch {start.epoch:.3g}" if start else "Fork",
        key="fork",
        icon=":material/fork_right:",
        disabled=start is None or bool(differing),
    ):
        assert start
        try:
            session.start_job(
                TrainingRequest(
                    name=f"{job.name} fork",
                    owner=job.owner,
                    config=config,
                    data=job.data,
                    fork=Fork(job, start),
                    speed=pace(),
                    keep_alive=job.keep_alive,
                )
            )
        except ValueError as error:
            errors.show_error(str(error))
            return
        st.rerun()
    if differing and start:
        titles = ", ".join(TrainingConfig.title(name) for name in differing)
        st.caption(f"A fork can't change: {titles}. Start takes them.")
