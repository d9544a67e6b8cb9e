"""What happens in a pool is told to observers: this one writes it in the log, one line an event, with no personal data.

A run goes by its number: its name may say more about its owner than a log should.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from model.jobs.protocol import JobStatus

if TYPE_CHECKING:
    from model.jobs.job import Job

logger = logging.getLogger("model.jobs.pool")


class Observer:
    """Hears of runs and workers; others override what they want to hear of."""

    def run_asked_for(self, number: int) -> None:
        """A run has come into the queue."""

    def run_started(self, number: int, waited: float) -> None:
        """A worker has a run, that has waited for this many seconds: at its first start, or to go on."""

    def run_ended(self, number: int, status: JobStatus, seconds: float) -> None:
        """A run is over, after this many seconds of training."""

    def worker_lost(self, reason: str) -> None:
        """A worker has ended that another one replaces."""


class LogObserver(Observer):
    """Writes it in the log."""

    def run_asked_for(self, number: int) -> None:
        """See Observer."""
        logger.info("Run %d: asked for", number, extra={"event": "run_asked_for", "run": number})

    def run_started(self, number: int, waited: float) -> None:
        """See Observer."""
        values = {"event": "run_started", "run": number, "waited_seconds": round(waited, 3)}
        logger.info("Run %d: starts, having waited %.1f s", number, waited, extra=values)

    def run_ended(self, number: int, status: JobStatus, seconds: float) -> None:
        """See Observer."""
        values = {"event": "run_ended", "run": number, "status": str(status), "training_seconds": round(seconds, 3)}
        logger.info("Run %d: %s after %.1f s of training", number, status, seconds, extra=values)

    def worker_lost(self, reason: str) -> None:
        """See Observer."""
        logger.warning("A worker has ended and is replaced: %s", reason, extra={"event": "worker_lost"})


class Observers:
    """The observers of a pool; the log is one from the beginning."""

    def __init__(self) -> None:
        self._all: list[Observer] = [LogObserver()]

    def add(self, observer: Observer) -> None:
        """Add an observer."""
        self._all.append(observer)

    def asked_for(self, job: Job) -> None:
        """Tell that a job has come."""
        for observer in self._all:
            observer.run_asked_for(job.number)

    def started(self, job: Job) -> None:
        """Tell that a worker has a job."""
        waited = time.monotonic() - job.waiting_since
        for observer in self._all:
            observer.run_started(job.number, waited)

    def ended(self, job: Job) -> None:
        """Tell that a job is over."""
        for observer in self._all:
            observer.run_ended(job.number, job.status, job.seconds)

    def worker_lost(self, reason: str) -> None:
        """Tell that a worker has ended."""
        for observer in self._all:
            observer.worker_lost(reason)
