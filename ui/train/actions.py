"""What a visitor does to a run: start, pause, step, stop and reset it, change its settings and its speed.

A setting that is changed while it trains goes to its worker at once, unless the visitor looks back: then it is for a
branch.
"""

from __future__ import annotations

import time

import streamlit as st

from model import presets
from model.config import TrainingConfig
from model.jobs import TrainingRequest
from model.jobs.protocol import ChangeSettings, Command, Pause, Resume, RunStep, SetSpeed, Stop
from model.training import Change
from ui import state
from ui.common import errors, glossary
from ui.pickers import datasets
from ui.state import jobs, widget_state
from ui.train import snapshots

COMMAND_WAIT_S = 0.15
FULL_SPEED = 0
SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, FULL_SPEED]  # steps a second


# -- Settings -----------------------------------------------------------------------------------------------


def running_config() -> TrainingConfig | None:
    """The settings of the run that the controls act on immediately; None if there is none, or one looks back."""
    job = state.visitor().job
    return job.config if job and job.is_live and not snapshots.is_looking_back() else None


def apply_live_settings(config: TrainingConfig) -> None:
    """Pass on to the run what was changed since this tab's last run of the page.

    A change that also concerns settings that need a restart, such as a preset, is one for the next run.
    """
    tab, job = state.tab(), state.visitor().job
    before, tab.applied_config = tab.applied_config, config
    if before is None or not job or running_config() is None:
        return
    changed = [name for name in TrainingConfig.model_fields if getattr(before, name) != getattr(config, name)]
    change = {name: getattr(config, name) for name in changed if getattr(job.config, name) != getattr(config, name)}
    if change and set(changed) <= set(TrainingConfig.live_fields()):
        try:
            job.send(ChangeSettings(Change(change)))
        except ValueError as error:
            errors.show_error(str(error))


# -- Buttons ------------------------------------------------------------------------------------------------


def buttons(config: TrainingConfig, dataset: str | None) -> None:
    """Start, and what can be done to the selected run."""
    job = state.visitor().job
    live, paused = job is not None and job.is_live, job is not None and job.pause_requested
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Restart" if job else "Start",
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
            "+1 step",
            key="step",
            icon=":material/skip_next:",
            disabled=not live,
            on_click=_click,
            args=("step", RunStep()),
        )
        st.button(
            "+1 epoch",
            key="step_epoch",
            icon=":material/fast_forward:",
            disabled=not live,
            on_click=_click,
            args=("step_epoch", RunStep(whole_epoch=True)),
        )
        st.button("Stop", key="stop", icon=":material/stop:", disabled=not live, on_click=_send, args=(Stop(),))
        if st.button(
            "Reset weights",
            key="rewind",
            icon=":material/first_page:",
            disabled=job is None or dataset is None,
        ):
            _start(config, dataset, paused=True)


def _click(key: str, command: Command) -> None:
    """Send a command, once for each click."""
    if state.tab().clicks.accept(key):
        _send(command)


def mark_buttons_drawn() -> None:
    """To be called when the part of the page with the buttons has been drawn."""
    state.tab().clicks.mark_drawn()


def _send(command: Command) -> None:
    job = state.visitor().job
    if not job:
        return
    job.send(command)
    # The page is drawn right after this: wait a moment, so that it shows what came of the command. The command takes
    # effect later all the same.
    end = time.monotonic() + COMMAND_WAIT_S
    while job.is_live and time.monotonic() < end:
        if job.pause_requested == job.is_paused and not (isinstance(command, RunStep) and not job.pause_requested):
            break
        time.sleep(0.005)


def _start(config: TrainingConfig, dataset: str | None, *, paused: bool = False) -> None:
    """Start a new run: with the same seed and shape, from the very same weights."""
    name = dataset or "mnist-5k"
    title = presets.name_of(config) or "-".join(map(str, config.sizes))
    try:
        jobs.start(
            TrainingRequest(
                name=f"my {title}",
                owner=state.visitor().name,
                config=config,
                data=datasets.folder(name),
                paused=paused,
                speed=speed(),
                keep_alive=datasets.keep_alive(name),
            )
        )
    except ValueError as error:
        errors.show_error(str(error))


# -- Speed --------------------------------------------------------------------------------------------------


def speed() -> int:
    """At most so many steps a second; 0 is as fast as it can."""
    return widget_state.get("pace", FULL_SPEED)


def choose_speed() -> None:
    """A slider for slow motion."""
    st.select_slider(
        "Speed",
        SPEEDS,
        FULL_SPEED,
        key="pace",
        persist_state="session",
        format_func=_format_speed,
        help=glossary.explain("speed"),
        on_change=lambda: _send(SetSpeed(speed())),
    )


def _format_speed(steps: int) -> str:
    return f"{steps} step{'s' if steps > 1 else ''} a second" if steps else "full speed"
