"""A visitor's session: the networks and data sets at hand, the ink, and the training that runs.

The one home of `st.session_state`: the pages ask here, so that what is kept from page to page and over a reload,
and what all visitors share, can be read in one place.
"""

from __future__ import annotations

import runpy
import threading
import time
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import streamlit as st

from model.config import TrainingConfig
from model.data import Dataset
from model.jobs import Fork, Job, Pool, TrainingRequest
from model.training.checkpoint import WEIGHTS, Checkpoint
from ui.state import runtime, visitors

SECONDS_BETWEEN_SWEEPS = 5.0
JOBS_LIMIT = 8  # trainings kept for each visitor; the oldest goes first
SECONDS_OF_A_DOUBLE_CLICK = 1.0


@dataclass
class Session:
    """What one visitor has made or brought."""

    visitor: str  # the browser's name
    networks: dict[str, Checkpoint] = field(default_factory=dict)  # trained here, or opened from a file
    datasets: dict[str, Uploaded] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)  # what a page wants to find again
    jobs: list[Job] = field(default_factory=list)  # the trainings, the oldest first
    job: Job | None = None  # the one that is looked at
    job_networks: dict[int, str] = field(default_factory=dict)  # by job's number, what its network is called
    started: int = 0  # trainings so far
    lock: threading.Lock = field(default_factory=threading.Lock)  # the visitor may have several tabs


class Uploaded(NamedTuple):
    """A data set from a visitor's files, in a folder that goes when nothing refers to it any more."""

    dataset: Dataset
    folder: TemporaryDirectory[str]


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """The workers that train for all visitors; started with the first visit, so that they are ready for a training."""
    return Pool()


@st.cache_resource(show_spinner=False)
def _visitors() -> visitors.Visitors[Session]:
    everyone: visitors.Visitors[Session] = visitors.Visitors()
    threading.Thread(target=_sweep, args=(everyone,), name="visitors", daemon=True).start()
    return everyone


def _sweep(everyone: visitors.Visitors[Session]) -> None:
    """End the trainings of visitors who do not come back, and after a while forget what they left."""
    while True:
        time.sleep(SECONDS_BETWEEN_SWEEPS)
        for session in everyone.gone():
            for job in list(session.jobs):
                job.stop()
        for session in everyone.let_go():
            for job in list(session.jobs):
                job.discard()


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda session: _visitors().leave(session.visitor))
def _presence(_session: Session) -> Session:
    """Stands for this connection: made when the browser connects, released when it goes away or reloads."""
    _visitors().arrive(_session.visitor, _session)
    return _session


def begin() -> None:
    """Find this visitor's session again, or begin one; to be called first on every run."""
    runtime.tune()
    if "session" not in st.session_state:
        name = visitors.name()
        st.session_state["session"] = _visitors().find(name) or Session(name)
    session = current()
    pool()
    _presence(session)
    visitors.tell_browser(session.visitor)


def current() -> Session:
    """This visitor's session."""
    if "session" not in st.session_state:
        # A server's very first visitor has come by a page's own address: before st.navigation was ever called,
        # Streamlit takes pages/ for its older kind of app and runs the page alone.
        runpy.run_path(str(WEIGHTS.parent / "app.py"))
        st.stop()
    session: Session = st.session_state["session"]
    return session


def present() -> int:
    """How many visitors are here."""
    return _visitors().present()


def set_value(name: str, value: Any) -> None:
    """Keep a value under a name, for this visitor."""
    current().values[name] = value


def get_value(name: str, default: Any = None) -> Any:
    """What was kept under a name."""
    return current().values.get(name, default)


def is_first_run_on_page(page: str) -> bool:
    """Whether this run is the first since the visitor came to a page; each page asks once, at its beginning."""
    current()
    before, st.session_state["page"] = st.session_state.get("page"), page
    return bool(before != page)


def job() -> Job | None:
    """The training that this visitor looks at, running or done."""
    return current().job


def jobs() -> list[Job]:
    """All of this visitor's trainings that are still known, the oldest first."""
    return list(current().jobs)


def look_at(chosen: Job) -> None:
    """Make another of the visitor's trainings the one that is looked at."""
    current().job = chosen


def start_job(request: TrainingRequest) -> None:
    """Start a training, and look at it. One that runs is stopped, unless the new one branches off it.

    A second click, on a button that was just clicked in this or another tab, starts nothing.

    Raises:
        ValueError: a fork that can't be.
    """
    session = current()
    with session.lock:
        if _just_started(session, request.config, request.fork, request.paused):
            return
        job = pool().submit(request)
        if session.job and not request.fork:
            session.job.stop()
        session.started += 1
        job.label = f"{session.started}. {request.name.removeprefix('my ')}"
        session.jobs.append(job)
        session.job = job
        done = [old for old in session.jobs if old is not job and not old.is_live]
        for old in done[: max(0, len(session.jobs) - JOBS_LIMIT)]:
            session.jobs.remove(old)
            old.discard()


def _just_started(session: Session, config: TrainingConfig, fork: Fork | None, paused: bool) -> bool:
    """Whether the same was asked for a moment ago, and nothing has been done to that training since."""
    last = session.jobs[-1] if session.jobs else None
    wanted = config, fork, paused
    again = bool(last and session.values.get("wanted") == wanted and _is_untouched(last, paused))
    since = time.monotonic() - session.values.get("wanted_at", 0.0)
    session.values["wanted"], session.values["wanted_at"] = wanted, time.monotonic()
    return again and since < SECONDS_OF_A_DOUBLE_CLICK


def _is_untouched(job: Job, paused: bool) -> bool:
    """Whether a training is as it was started: running, or held before its first step."""
    if not job.is_live or job.pause_requested != paused:
        return False
    return not (paused and any(point.step for point in job.state().points))
