"""The network of a run as it is now, or was at a snapshot: what the browser of its owner may fetch, and how often.

An address names a run and a snapshot by their numbers, never a file, and has the owner's token in it, which nobody else
knows. Whoever asks tells which version they have: an unchanged network costs nothing.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from model.browser import wire
from model.jobs import Job, JobState, JobStatus
from model.jobs.protocol import SnapshotRef
from ui.browser.networks import SUFFIX
from ui.state.visitor_state import VisitorState

BYTES_PER_SECOND = 2_000_000  # to each visitor, whatever number of tabs
SECONDS_AHEAD = 1.0  # of that rate, that may be sent at once


class Answer(NamedTuple):
    """What the browser gets: a network with its version, or the HTTP status that says why there is none."""

    status: int
    content: bytes = b""
    version: str = ""
    wait: float = 0.0  # seconds until it makes sense to ask again


NOTHING, UNCHANGED, NOT_FOUND, TOO_LARGE = Answer(204), Answer(304), Answer(404), Answer(413)


def address(owner: VisitorState, job: Job, snapshot: SnapshotRef | None = None) -> str | None:
    """Where the owner's browser gets a run's newest network, or a snapshot's, relative to the page's address.

    None for a network that is too large for a browser.
    """
    if not is_small_enough(job):
        return None
    step = f"/{snapshot.step}" if snapshot else ""
    return f"browser/runs/{owner.token}/{job.number}{step}{SUFFIX}"


def is_small_enough(job: Job) -> bool:
    """Whether a browser can read with the network of a run."""
    return 4 * job.initial_config.num_parameters <= wire.MAX_BYTES


def version(view: JobState) -> str | None:
    """What names a run's network where it rests, for the browser not to ask again; None while it changes."""
    if view.status in (JobStatus.STARTING, JobStatus.RUNNING):
        return None
    return f"{view.status} {view.weights_version}"


def newest(owner: VisitorState | None, number: str, known: str = "") -> Answer:
    """The newest network that a run's worker has written.

    Args:
        owner: the visitor whose token the browser has; None if there is no such visitor.
        number: the run's.
        known: the version that the browser has already.
    """
    job = _find(owner, number)
    if owner is None or job is None:
        return NOT_FOUND
    if not is_small_enough(job):
        return TOO_LARGE
    try:
        version = f'"{job.files.network_file.stat().st_mtime_ns:x}"'
    except FileNotFoundError:
        return NOTHING  # its first step is yet to come
    if version == known:
        return UNCHANGED
    if wait := _seconds_to_wait(owner):
        return NOTHING._replace(wait=wait)
    return _sent(owner, Answer(200, wire.to_wire_at_once(job.network()), version))


def at_snapshot(owner: VisitorState | None, number: str, step: str) -> Answer:
    """The network of a run's snapshot, found by its step. It never changes."""
    job = _find(owner, number)
    found = [ref for ref in job.state().snapshots if str(ref.step) == step] if job else []
    if owner is None or job is None or not found:
        return NOT_FOUND
    if not is_small_enough(job):
        return TOO_LARGE
    if wait := _seconds_to_wait(owner):
        return NOTHING._replace(wait=wait)
    try:
        return _sent(owner, Answer(200, wire.to_wire_at_once(job.network_at(found[0]))))
    except ValueError:
        return NOT_FOUND  # it was dropped meanwhile


def _find(owner: VisitorState | None, number: str) -> Job | None:
    jobs = list(owner.jobs) if owner else []
    return next((job for job in jobs if str(job.number) == number), None)


def _seconds_to_wait(owner: VisitorState) -> float:
    """How long until the visitor has had no more than they may."""
    return max(0.0, owner.sent_until - time.monotonic() - SECONDS_AHEAD)


def _sent(owner: VisitorState, answer: Answer) -> Answer:
    with owner.lock:
        owner.sent_until = max(owner.sent_until, time.monotonic()) + len(answer.content) / BYTES_PER_SECOND
    return answer
