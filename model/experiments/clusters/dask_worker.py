"""What runs in a Dask worker: one trial at a time, which reports to the scheduler and can be told to stop."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

from distributed import Worker, WorkerPlugin, get_worker

import model
from model.common.child_process import prefer_as_oom_victim
from model.experiments.curve import CurvePoint
from model.experiments.material import Material, keep
from model.experiments.trial_run import TrialOutcome, TrialTask, run_trial

NICE_LEVEL = 10
REPORT_SECONDS = 0.25  # from one report to the next

_stopping: set[str] = set()  # the trials of this process that were told to stop


class OtherVersionError(RuntimeError):
    """This worker has another version of Inkling than whoever sends trials."""


class MaterialPlugin(WorkerPlugin):
    """Brings material to each worker, now or when it comes."""

    def __init__(self, material: Material) -> None:
        self._material = material

    def setup(self, worker: Worker) -> None:
        """Keep the material in the worker's process."""
        keep(self._material)


def run_on_worker(task: TrialTask, topic: str) -> TrialOutcome:
    """Compute a trial in this worker.

    Raises:
        OtherVersionError: this worker has another version of Inkling.
    """
    if task.version != model.__version__:
        raise OtherVersionError(f"it has Inkling {model.__version__}, and the study is computed by {task.version}")
    if task.is_local:
        _give_way()
    reporter = _Reporter(task.key, topic)
    try:
        return run_trial(task, reporter.report, lambda: task.key in _stopping)
    finally:
        _stopping.discard(task.key)


def request_stop(key: str) -> None:
    """Tell a trial of this process to stop."""
    _stopping.add(key)


class _Reporter:
    """Sends the points of a trial's curves: the first one at once, and then those of a moment together."""

    def __init__(self, key: str, topic: str) -> None:
        self._key, self._topic, self._worker = key, topic, get_worker()
        self._points: list[tuple[int, tuple[float | None, ...]]] = []
        self._next = 0.0

    def report(self, run: int, point: CurvePoint) -> None:
        self._points.append((run, tuple(point)))
        if time.monotonic() >= self._next:
            self._worker.log_event(self._topic, (self._key, self._worker.address, self._points))
            self._points = []
            self._next = time.monotonic() + REPORT_SECONDS


def _give_way() -> None:
    """Let the other programs of this machine go before this thread, and be ended before them if memory runs out."""
    prefer_as_oom_victim(950)
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        return
    with suppress(OSError):
        level = os.getpriority(os.PRIO_PROCESS, 0)  # on Linux, of this thread
        os.setpriority(os.PRIO_PROCESS, 0, max(level, NICE_LEVEL))
