"""When the Train page is redrawn, and which parts of it.

Every part below the title is a fragment: Streamlit redraws it alone, when somebody uses a widget in it or when its time
has come. While a run trains:

    whole page                     a visit, a setting, another run, phase or snapshot, other chart options
     |- bar, charts                every 0.45 s (every second while the run waits in the queue)
     |- timeline, diagnosis        every 4 s
     '- the open tab               every 1.2 s (that of the runs every 4 s)

Once the run is done nothing redraws itself. What more than one part depends on is the page's `PageView`. A part that
finds another one than that which the page was drawn for has the whole page drawn anew: this is the page's only
`st.rerun`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import streamlit as st

from model.jobs import Job, JobStatus
from ui import state
from ui.state import runtime, session
from ui.train import chart_options, snapshots, tabs

DIAGNOSTICS_SECONDS = 1.2
RUNS_SECONDS = 4.0
WAITING_SECONDS = 1.0
WAITING_AT_FULL_RATE = 3


class Phase(StrEnum):
    """What decides how often a run's page is redrawn."""

    WAITING = "waiting"
    TRAINING = "training"
    DONE = "done"


class PageView(NamedTuple):
    """What more than one part of the page depends on."""

    job: int | None  # its number
    phase: Phase
    snapshot: int  # its step
    shows_runs: bool  # whether the open tab is that of the runs
    charts: chart_options.ChartOptions
    times_pinned: int


def phase_of(job: Job | None) -> Phase:
    """Whether a run waits, trains or is done."""
    if job is None or not job.is_live:
        return Phase.DONE
    return Phase.WAITING if job.status is JobStatus.WAITING else Phase.TRAINING


def current_view() -> PageView:
    """The page as it must be drawn now."""
    visitor = state.visitor()
    job = visitor.job
    return PageView(
        job.number if job else None,
        phase_of(job),
        snapshots.selected_step(),
        tabs.is_open(tabs.RUNS),
        chart_options.current(),
        visitor.times_pinned,
    )


def if_changed(drawn: PageView) -> None:
    """Redraw the whole page if it must look different from what was drawn."""
    if current_view() != drawn:
        st.rerun()


def part(drawn: PageView, seconds: float | None, show: Callable[..., None], *arguments: Any) -> None:
    """Show a part of the page that redraws itself, every this many seconds or only when somebody uses it."""

    @functools.wraps(show)  # Streamlit knows a fragment by its function's name, and by its spot on the page
    def show_part() -> None:
        show(*arguments)
        if_changed(drawn)

    with st.container():  # so that the parts below keep their spots when this one has an element more or less
        st.fragment(show_part, run_every=seconds)()


def status_seconds(phase: Phase) -> float | None:
    """From one redraw of the status to the next; one process draws all visitors' pages."""
    match phase:
        case Phase.DONE:
            return None
        case Phase.WAITING:
            return WAITING_SECONDS * max(1.0, runtime.pool().waiting / WAITING_AT_FULL_RATE)
        case Phase.TRAINING:
            return session.REDRAW_SECONDS * session.crowding()


def diagnostics_seconds(phase: Phase) -> float | None:
    """From one redraw of the diagnostics to the next."""
    seconds = status_seconds(phase)
    return seconds * DIAGNOSTICS_SECONDS / session.REDRAW_SECONDS if seconds and phase is Phase.TRAINING else None


def runs_seconds(phase: Phase) -> float | None:
    """From one redraw of the snapshots and the runs to the next."""
    return RUNS_SECONDS if phase is Phase.TRAINING else None
