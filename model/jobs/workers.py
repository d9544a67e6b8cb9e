"""The pool's workers: which of them is free, and which job each of the others has."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from model.jobs.job import Job
from model.jobs.protocol import Preempt
from model.jobs.worker_process import WorkerProcess

NOT_ANSWERING = "The run's process did not answer for {} and was ended. Its last network is kept."


@dataclass
class Assignment:
    """A job that a worker has."""

    job: Job
    since: float  # by the monotonic clock
    is_preempting: bool = False  # the worker was told to give it back
    preemptable_from: float = 0.0  # by the monotonic clock; later than now if that has just failed
    stop_deadline: float = math.inf  # when the worker is ended; finite if it was told to stop the job

    @property
    def can_give_way(self) -> bool:
        """Whether the worker may be told to give the job back."""
        return time.monotonic() >= self.preemptable_from

    @property
    def is_stopping(self) -> bool:
        """Whether the worker was told to stop the job."""
        return self.stop_deadline < math.inf

    @property
    def is_overdue(self) -> bool:
        """Whether the worker has not stopped the job in time."""
        return time.monotonic() > self.stop_deadline

    def stop_within(self, seconds: float) -> None:
        """Set the deadline; one that is set already is not extended."""
        self.stop_deadline = min(self.stop_deadline, time.monotonic() + seconds)


class Workers:
    """A number of workers, each started by `start`."""

    def __init__(self, start: Callable[[], WorkerProcess], size: int) -> None:
        self._start = start
        self._assignments: dict[WorkerProcess, Assignment] = {}
        self.all = [start() for _ in range(size)]

    @property
    def free(self) -> list[WorkerProcess]:
        """Those without a job, those that are ready first."""
        free = [worker for worker in self.all if worker not in self._assignments and not worker.is_gone]
        return sorted(free, key=lambda worker: not worker.is_ready)

    @property
    def owners(self) -> list[str]:
        """The owners of the jobs that have a worker, each as often as it has."""
        return [assignment.job.owner for assignment in self._assignments.values()]

    @property
    def assigned(self) -> list[tuple[WorkerProcess, Assignment]]:
        """Those with a job, the longest first."""
        return sorted(self._assignments.items(), key=lambda pair: pair[1].since)

    @property
    def staying(self) -> list[tuple[WorkerProcess, Assignment]]:
        """Those with a job that they were not told to give back, the longest first."""
        return [pair for pair in self.assigned if not pair[1].is_preempting]

    def assignment(self, worker: WorkerProcess) -> Assignment | None:
        """Return what a worker has."""
        return self._assignments.get(worker)

    def of(self, job: Job) -> tuple[WorkerProcess, Assignment] | None:
        """Return the worker that has a job."""
        return next((pair for pair in self._assignments.items() if pair[1].job is job), None)

    def assign(self, worker: WorkerProcess, job: Job) -> None:
        """Note that a worker has a job now."""
        self._assignments[worker] = Assignment(job, time.monotonic())

    def preempt(self, worker: WorkerProcess) -> None:
        """Have a worker give its job back."""
        assignment = self._assignments[worker]
        assignment.is_preempting = True
        worker.send(assignment.job.number, Preempt())

    def keep(self, worker: WorkerProcess, seconds: float) -> None:
        """Note that a worker can't give its job back; it is not told to again for this many seconds."""
        assignment = self._assignments[worker]
        assignment.is_preempting = False
        assignment.preemptable_from = time.monotonic() + seconds

    def release(self, worker: WorkerProcess) -> Assignment | None:
        """Note that a worker has no job any more; return what it had."""
        return self._assignments.pop(worker, None)

    def end_overdue(self, interval: float, heartbeat_timeout: float) -> None:
        """End workers that hang, and those that have not stopped their job in time; to be called in each interval.

        Args:
            interval: Seconds between two calls. They are counted, and not the clock's time: if the whole machine
                slept, no worker is to blame.
            heartbeat_timeout: Seconds without an event, after which a worker hangs.
        """
        for worker in self.all:
            worker.missed_heartbeats += 1
            if worker.is_ready and worker.missed_heartbeats * interval > heartbeat_timeout:
                worker.kill(NOT_ANSWERING.format(_seconds(heartbeat_timeout)))
            assignment = self.assignment(worker)
            if assignment and assignment.is_overdue:
                worker.kill()

    def replace(self, worker: WorkerProcess) -> None:
        """Start another one in the place of one that has ended."""
        self.all[self.all.index(worker)] = self._start()

    def remove_all(self) -> list[WorkerProcess]:
        """Forget all workers; return them."""
        removed, self.all = self.all, []
        self._assignments.clear()
        return removed


def _seconds(number: float) -> str:
    return f"{number:g} second{'' if number == 1 else 's'}"
