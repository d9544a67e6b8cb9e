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

from model.checkpoint import WEIGHTS, Checkpoint
from model.data import Dataset
from model.jobs import Job
from ui import visitors

SECONDS_BETWEEN_SWEEPS = 30.0


@dataclass
class Session:
    """What one visitor has made or brought."""

    visitor: str  # the browser's name
    networks: dict[str, Checkpoint] = field(default_factory=dict)  # trained here, or opened from a file
    datasets: dict[str, Uploaded] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)  # what a page wants to find again
    job: Job | None = None
    job_network: str | None = None  # what the job's network is called in the menus, once it is done


class Uploaded(NamedTuple):
    """A data set from a visitor's files, in a folder that goes when nothing refers to it any more."""

    dataset: Dataset
    folder: TemporaryDirectory[str]


@st.cache_resource(show_spinner=False)
def _visitors() -> visitors.Visitors[Session]:
    everyone: visitors.Visitors[Session] = visitors.Visitors()
    threading.Thread(target=_sweep, args=(everyone,), name="visitors", daemon=True).start()
    return everyone


def _sweep(everyone: visitors.Visitors[Session]) -> None:
    """End the trainings of visitors who do not come back."""
    while True:
        time.sleep(SECONDS_BETWEEN_SWEEPS)
        for session in everyone.let_go():
            if session.job:
                session.job.end()


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda session: _visitors().leave(session.visitor))
def _presence(_session: Session) -> Session:
    """Stands for this connection: made when the browser connects, released when it goes away or reloads."""
    _visitors().arrive(_session.visitor, _session)
    return _session


def begin() -> None:
    """Find this visitor's session again, or begin one; to be called first on every run."""
    if "session" not in st.session_state:
        name = visitors.name()
        st.session_state["session"] = _visitors().find(name) or Session(name)
    session = current()
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


def remember(name: str, value: Any) -> None:
    """Keep a value under a name, for this visitor."""
    current().values[name] = value


def remembered(name: str, default: Any = None) -> Any:
    """What was kept under a name."""
    return current().values.get(name, default)


def entered(page: str) -> bool:
    """Whether this run is the first since the visitor came to a page; each page asks once, at its beginning."""
    current()
    before, st.session_state["page"] = st.session_state.get("page"), page
    return bool(before != page)


def job() -> Job | None:
    """This visitor's training, running or done; one at a time."""
    return current().job


def start_job(new: Job) -> None:
    """Make this the visitor's training; one that still runs is ended."""
    session = current()
    old, session.job, session.job_network = session.job, new, None
    if old:
        threading.Thread(target=old.end, name="end of a job").start()  # it may take a step's time
