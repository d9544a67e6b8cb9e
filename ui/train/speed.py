"""The speed of a visitor's runs: at most this many steps a second, so that learning can be watched.

As long as a visitor has chosen none, a run that would be over in a moment is slowed down to last 8 to 20 seconds.
"""

from __future__ import annotations

import math

import streamlit as st

from model.config import TrainingConfig
from model.jobs.protocol import SetSpeed
from ui import state
from ui.common import glossary
from ui.pickers import datasets
from ui.state import widget_state
from ui.train import url_state

FULL_SPEED = 0
SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, FULL_SPEED)  # steps a second
WATCHABLE_SECONDS = 20.0  # how long a run that is slowed down may take


def current() -> int:
    """The speed of this visitor's runs: the chosen one, or else what suits the settings or the run."""
    visitor = state.visitor()
    if visitor.speed is not None:
        return visitor.speed
    if visitor.job and visitor.job.is_live:
        return int(visitor.job.speed)
    return _suitable(visitor.config, visitor.dataset)


def for_start(config: TrainingConfig, dataset: str) -> int:
    """The speed that a new run starts at."""
    chosen = state.visitor().speed
    return _suitable(config, dataset) if chosen is None else chosen


def _suitable(config: TrainingConfig, dataset: str) -> int:
    if datasets.split_problem(dataset, config):
        return FULL_SPEED
    return watchable(num_steps(config, dataset))


def num_steps(config: TrainingConfig, dataset: str) -> int:
    """How many steps a run takes.

    Raises:
        ValueError: no image is left to learn from.
    """
    images = datasets.num_train_images(dataset, config)
    return config.epochs * math.ceil(images / min(config.batch_size or images, images))


def watchable(steps: int) -> int:
    """The slowest speed at which a run of this many steps is over in 20 seconds; full speed if there is none."""
    return next((speed for speed in SPEEDS if speed and steps / speed <= WATCHABLE_SECONDS), FULL_SPEED)


def lasting(steps: int, seconds: float) -> int:
    """The speed at which a run of this many steps takes about so long: for runs that shall be watched together."""
    if steps > seconds * max(SPEEDS):
        return FULL_SPEED
    return min((speed for speed in SPEEDS if speed), key=lambda speed: abs(math.log(steps / speed / seconds)))


def set_speed(speed: int) -> None:
    """Choose the speed of all of this visitor's runs, those in progress too."""
    visitor = state.visitor()
    visitor.speed = speed
    for job in list(visitor.jobs):
        if job.is_live and job.speed != speed:
            job.send(SetSpeed(speed))


def choose() -> None:
    """A slider for slow motion, and a button to full speed."""
    if "pace" in url_state.hidden():
        return
    speed = current()
    with st.container(key="speed", horizontal=True, gap="small", vertical_alignment="bottom"):
        with st.container(key="pace", width=170):
            key = _key(speed)
            st.select_slider(
                "Speed",
                SPEEDS,
                speed,
                key=key,
                format_func=describe,
                help=glossary.explain("speed"),
                on_change=_take_speed,
                args=(key,),
            )
        st.button(
            "Full speed",
            key="full_speed",
            icon=":material/bolt:",
            disabled=speed == FULL_SPEED,
            on_click=set_speed,
            args=(FULL_SPEED,),
        )


def _key(speed: int) -> str:
    """The slider's key: a new one for each speed that was not chosen by the slider.

    The browser may report a slider late, at the value that it had before the app gave it another one.
    """
    if widget_state.get(_newest_key(), speed) != speed:
        state.tab().speed_sliders += 1
    return _newest_key()


def _newest_key() -> str:
    return f"pace_{state.tab().speed_sliders}"


def _take_speed(key: str) -> None:
    if key == _newest_key():
        set_speed(widget_state.get(key, FULL_SPEED))


def describe(speed: int) -> str:
    """A speed in words."""
    return f"{speed} step{'s' if speed > 1 else ''} a second" if speed else "full speed"
