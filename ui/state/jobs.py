"""A visitor's runs: start one, keep the newest ones, rename and delete them."""

from __future__ import annotations

import time

from model.jobs import Job, TrainingRequest
from ui.state import limits, run_names, runtime
from ui.state.session import visitor

MAX_JOBS = 8  # kept for each visitor; the oldest goes first
DOUBLE_CLICK_SECONDS = 1.0


def start(request: TrainingRequest, *, beside: bool = False) -> None:
    """Start a run, and select it. One that runs is stopped, unless the new one branches off it or is for `beside` it.

    A second click, on a button that was just clicked in this or another tab, starts nothing.

    Raises:
        ValueError: the fork is impossible, or the run is more than the operator allows.
    """
    state = visitor()
    with state.lock:
        before, since = state.last_request, time.monotonic() - state.last_request_at
        state.last_request, state.last_request_at = request, time.monotonic()
        if is_double_click(request, before, since, state.jobs[-1] if state.jobs else None):
            return
        stopped = None if request.fork or beside else state.job
        limits.check_run(request.config, state.jobs, stopped, runtime.pool().waiting)
        job = runtime.pool().submit(request)
        # Until the visitor has it, nothing here may ask Streamlit for anything: it ends the script of a page that is
        # left wherever that asks next, and nobody would stop the run.
        if stopped:
            stopped.stop()
        state.jobs_started += 1
        job.label = _label(request, state.jobs)
        state.jobs.append(job)
        state.job = job
        done = [old for old in state.jobs if old is not job and not old.is_live]
        for old in done[: max(0, len(state.jobs) - MAX_JOBS)]:
            state.jobs.remove(old)
            old.discard()


def _label(request: TrainingRequest, jobs: list[Job]) -> str:
    first = next((job.initial_config for job in _shown(jobs)), None)
    return run_names.name_run(
        request.config,
        request.name.removeprefix("my ").removesuffix(" fork"),
        reference=request.fork.parent.config if request.fork else first,
        taken=[job.label for job in jobs],
        branch_epoch=request.fork.snapshot.epoch if request.fork else None,
    )


def rename(job: Job, name: str) -> None:
    """Give a run another name; one that another run has gets a number."""
    state = visitor()
    with state.lock:
        if name.strip():
            job.label = run_names.unique(name, [other.label for other in state.jobs if other is not job])


def delete(job: Job) -> None:
    """Stop a run and forget it, with its files; the network that came of it stays in the menus."""
    state = visitor()
    with state.lock:
        if job not in state.jobs:
            return  # deleted in another tab
        state.jobs.remove(job)
        if state.job is job:
            state.job = state.jobs[-1] if state.jobs else None
    job.discard()


def find(number: int) -> Job | None:
    """The visitor's run with a number, unless it was deleted."""
    return next((job for job in list(visitor().jobs) if job.number == number), None)


def shown_jobs() -> list[Job]:
    """The runs that tables, menus and charts show: not those that ended before their first step."""
    return _shown(list(visitor().jobs))


def _shown(jobs: list[Job]) -> list[Job]:
    return [job for job in jobs if job.is_live or any(point.step for point in job.state().points)]


def is_double_click(
    request: TrainingRequest, before: TrainingRequest | None, seconds: float, newest: Job | None
) -> bool:
    """Whether a request is the second half of a double click.

    Args:
        request: what is asked for now.
        before: what was asked for before, this many `seconds` ago.
        newest: the run that came of it. A visitor who has done something to it since means the new request.
    """
    return (
        before is not None
        and (before.config, before.fork, before.paused) == (request.config, request.fork, request.paused)
        and seconds < DOUBLE_CLICK_SECONDS
        and newest is not None
        and _is_untouched(newest, paused=request.paused)
    )


def _is_untouched(job: Job, *, paused: bool) -> bool:
    """Whether a run is as it was started: training, or paused before its first step."""
    if not job.is_live or job.pause_requested != paused:
        return False
    return not (paused and any(point.step for point in job.state().points))
