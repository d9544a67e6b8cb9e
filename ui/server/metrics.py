"""The figures that an operator's monitoring reads: the text format of Prometheus, of this process alone."""

from __future__ import annotations

import time
from collections import Counter as Count
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import prometheus_client
import psutil
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

import model
from model.jobs import JobStatus
from model.jobs.observer import Observer
from ui.state import runtime, session

if TYPE_CHECKING:
    from prometheus_client import Metric

ANSWERS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds
WAITS = (0.1, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)  # seconds

registry = CollectorRegistry()
prometheus_client.ProcessCollector(registry=registry)
prometheus_client.Info("inkling", "The app.", registry=registry).info({"version": model.__version__})
answers = Histogram(
    "inkling_answer_seconds", "Time from a page's request to the end of the answer.", buckets=ANSWERS, registry=registry
)
waits = Histogram("inkling_queue_wait_seconds", "How long runs waited for a worker.", buckets=WAITS, registry=registry)
ended = Counter("inkling_runs_ended", "Runs that have ended.", ["status"], registry=registry)
restarts = Counter("inkling_worker_restarts", "Workers that ended unexpectedly and were replaced.", registry=registry)
page_errors = Counter("inkling_page_errors", "Pages that failed with an unhandled exception.", registry=registry)


class RunMetrics(Observer):
    """Counts what happens in the pool."""

    def run_started(self, number: int, waited: float) -> None:
        """See Observer."""
        waits.observe(waited)

    def run_ended(self, number: int, status: JobStatus, seconds: float) -> None:
        """See Observer."""
        ended.labels(str(status)).inc()

    def worker_lost(self, reason: str) -> None:
        """See Observer."""
        restarts.inc()


class PresentState(Collector):
    """How things are when the figures are read."""

    def collect(self) -> Iterator[Metric]:
        """The visitors, their runs, the queue and the workers."""
        everyone, pool = session.everyone(), runtime.pool()
        jobs = [job for each in everyone for job in list(each.jobs)]
        since = [job.waiting_since for job in jobs if job.status is JobStatus.WAITING]
        yield gauge("inkling_visitors", "Visitors who have a page open.", session.num_present())
        yield gauge("inkling_visitors_kept", "Visitors whose things are kept, with those who have left.", len(everyone))
        runs = Count(job.status for job in jobs)
        family = GaugeMetricFamily("inkling_runs", "Runs that are kept.", labels=["status"])
        for status in JobStatus:
            family.add_metric([str(status)], runs[status])
        yield family
        longest = time.monotonic() - min(since) if since else 0.0
        yield gauge("inkling_queue_length", "Runs that wait for a worker.", pool.waiting)
        yield gauge("inkling_queue_longest_wait_seconds", "How long the first of them has waited.", longest)
        yield gauge("inkling_workers", "Processes that train.", pool.size)
        yield gauge("inkling_workers_idle", "Those of them that have nothing to do.", pool.idle_workers())
        yield gauge("inkling_workers_memory_bytes", "Their resident memory.", resident(pool.worker_pids()))


registry.register(PresentState())


def gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    """A figure that goes up and down."""
    return GaugeMetricFamily(name, help_text, value=value)


def resident(pids: Iterable[int]) -> int:
    """The memory that processes take, in bytes."""
    size = 0
    for pid in pids:
        with suppress(psutil.Error):  # it has just ended
            size += psutil.Process(pid).memory_info().rss
    return size


def text() -> bytes:
    """All figures."""
    return prometheus_client.generate_latest(registry)


class AnswerTime:
    """Measures how long a page waits for what it asks; what it asks meanwhile is of the same answer."""

    def __init__(self) -> None:
        self._asked: float | None = None

    def asked(self) -> None:
        """Note that the page asks for something."""
        if self._asked is None:
            self._asked = time.perf_counter()

    def ended(self) -> bool:
        """Note the end of an answer, and count its time; tells whether the page had asked for something."""
        if self._asked is None:
            return False
        answers.observe(time.perf_counter() - self._asked)
        self._asked = None
        return True
