"""The pool: a few worker processes, started ahead, and the queue of jobs in front of them.

The queue's policy is in model.jobs.fair_queue. A run that gives its worker back continues later from the same state,
bit for bit.
"""

from __future__ import annotations

import atexit
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

from model.common.control_groups import memory_limit
from model.common.cores import cores
from model.jobs import worker_limits
from model.jobs.fair_queue import FairQueue, Running, select_preemption
from model.jobs.job import NO_WORKER, Job
from model.jobs.job_record import JobRecord
from model.jobs.observer import Observers
from model.jobs.pool_settings import PoolSettings
from model.jobs.protocol import (
    CheckGradient,
    Command,
    EventEnvelope,
    GradientCheckResult,
    JobStatus,
    Pause,
    Preempted,
    PreemptionFailed,
    Resume,
    RunStep,
    Stop,
)
from model.jobs.request import TrainingRequest
from model.jobs.work_folder import WorkFolder
from model.jobs.worker_process import WorkerProcess
from model.jobs.workers import Assignment, Workers

logger = logging.getLogger(__name__)

WATCH_INTERVAL_S = 1.0
STOPPED_IN_STEP = "Its last step took too long, so it was ended before it was complete. The network before it is kept."


class Pool:
    """Trains jobs in `size` processes, each with this many `threads` for its matrix products.

    Raises:
        ValueError: an environment variable about the workers has a value that it can't have.
    """

    def __init__(
        self,
        size: int | None = None,
        threads: int | None = None,
        settings: PoolSettings | None = None,
        start_worker: Callable[..., WorkerProcess] = WorkerProcess,
    ) -> None:
        self.size = size or worker_limits.workers(cores(), memory_limit())
        self.threads = threads or worker_limits.threads(self.size, cores())
        worker_limits.memory()  # an error here is better than one in each worker
        sizes = {"workers": self.size, "threads": self.threads, "cores": cores()}
        details = {"event": "pool_started", **sizes}
        logger.info("Workers: %d, threads of each: %d, cores: %d", *sizes.values(), extra=details)
        self.observers = Observers()
        self._settings = settings or PoolSettings()
        self._lock = threading.RLock()
        self._numbers = count(1)
        self._queue: FairQueue[Job] = FairQueue()
        self._closed = threading.Event()
        self._suspended = False
        self._work_folder = WorkFolder()
        self.folder = self._work_folder.path  # of the files of all jobs; it is deleted with the pool
        with self._lock:  # what the first ones say waits until all are there
            self._workers = Workers(
                lambda: start_worker(self.folder, self._handle_event, self._handle_exit, self.threads), self.size
            )
        threading.Thread(target=self._watch, name="pool", daemon=True).start()
        atexit.register(self.close)

    def close(self) -> None:
        """End all workers, and delete all files."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
            workers = self._workers.remove_all()
            self._queue.clear()
        for worker in workers:
            worker.kill()
        for worker in workers:  # until then they may write files
            worker.wait(self._settings.kill_timeout)
        self._work_folder.remove()

    # -- Jobs -----------------------------------------------------------------------------------------------

    def submit(self, request: TrainingRequest) -> Job:
        """Put a new job at the end of the queue.

        Raises:
            ValueError: a fork that is not possible, or the pool is closed.
            OSError: the run's folder can't be written.
        """
        job = self._new_job(request)
        self.observers.asked_for(job)
        with self._lock:
            self._queue.push(job)
            self._dispatch()
        return job

    def adopt(self, request: TrainingRequest, record: JobRecord, files: Iterable[Path]) -> Job:
        """Go on with a run of another app, whose files are moved here; see model.jobs.handover.

        Raises:
            ValueError: the pool is closed.
            OSError: a file can't be moved.
        """
        job = self._new_job(request)
        try:
            for file in files:
                shutil.move(file, job.files.folder)
        except OSError:
            job.files.delete()
            raise
        job.restore(record)
        with self._lock:
            if job.status is JobStatus.WAITING:
                self._queue.push(job)
                self._dispatch()
        return job

    def _new_job(self, request: TrainingRequest) -> Job:
        if self.is_closed:
            raise ValueError("no run can start: the app is ending")
        number = next(self._numbers)
        return Job(self, number, request, self.folder / f"job-{number}")

    def suspend(self, seconds: float) -> None:
        """Have all runs saved, and start none any more; returns when they are, or when the time is over."""
        with self._lock:
            self._suspended = True
            for worker, _ in self._workers.staying:
                self._workers.preempt(worker)
        end = time.monotonic() + seconds
        while self._workers.assigned and time.monotonic() < end:
            time.sleep(0.01)

    def send(self, job: Job, command: Command) -> None:
        """Pass a command on to the job's worker, or carry it out for a job that has none.

        Raises:
            ValueError: see Job.send.
        """
        with self._lock:
            if not job.is_live:
                return
            job.accept(command)
            match self._workers.of(job):
                case worker, assignment:
                    worker.send(job.number, command)
                    if isinstance(command, Stop):
                        assignment.stop_within(self._settings.stop_timeout)
                case None:
                    self._send_without_worker(job, command)
            self._dispatch()

    def _send_without_worker(self, job: Job, command: Command) -> None:
        match command:
            case CheckGradient():
                job.apply(GradientCheckResult(NO_WORKER))
            case Stop():
                self._queue.remove(job)
                job.set_status(JobStatus.STOPPED)
                self.observers.ended(job)
            case Pause() if job in self._queue:
                self._queue.remove(job)
                job.set_status(JobStatus.PAUSED)
            case Resume() | RunStep() if job not in self._queue:
                job.set_status(JobStatus.WAITING)
                self._queue.push(job)

    # -- Looking at it --------------------------------------------------------------------------------------

    @property
    def is_closed(self) -> bool:
        """Whether the app is ending: no run is started any more."""
        return self._suspended or self._closed.is_set()

    @property
    def time_slice(self) -> float:
        """For how many seconds a run may keep its worker while others wait."""
        return self._settings.time_slice

    @property
    def waiting(self) -> int:
        """How many jobs wait for a worker."""
        return len(self._queue)

    def queue_position(self, job: Job) -> int:
        """Return a job's position in the queue: 1 is next, 0 is not in it."""
        with self._lock:
            return self._queue.position(job, self._workers.owners)

    def worker_pids(self) -> list[int]:
        """Return the numbers of the workers' processes."""
        with self._lock:
            return [worker.pid for worker in self._workers.all]

    def worker_pid(self, job: Job) -> int | None:
        """Return the number of the process that has a job."""
        with self._lock:
            found = self._workers.of(job)
            return found[0].pid if found else None

    def idle_workers(self) -> int:
        """Return how many workers are ready and have no job."""
        with self._lock:
            return sum(worker.is_ready for worker in self._workers.free)

    # -- Who gets a worker ----------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        """Give free workers to the jobs that are next; while others still wait, have running jobs give theirs back."""
        if self._suspended:
            return
        for worker in self._workers.free:
            if self._queue:
                job = self._queue.pop(self._workers.owners)
                self._workers.assign(worker, job)
                worker.send(job.number, job.start_message(self.threads))
                self.observers.started(job)
        preempting = len(self._workers.assigned) - len(self._workers.staying)
        for _ in range(len(self._queue) - preempting):
            self._preempt_one()

    def _preempt_one(self) -> None:
        """Have one job give its worker back, if the policy says so."""
        staying = self._workers.staying
        expired = time.monotonic() - self._settings.time_slice
        running = [Running(it.job.owner, it.job.is_paused, it.since < expired, it.can_give_way) for _, it in staying]
        chosen = select_preemption(running, self._queue.owners)
        if chosen is not None:
            self._workers.preempt(staying[chosen][0])

    # -- What workers do ------------------------------------------------------------------------------------

    def _handle_event(self, worker: WorkerProcess, envelope: EventEnvelope) -> None:
        with self._lock:
            assignment = self._workers.assignment(worker)
            if assignment and assignment.job.number == envelope.job_number:
                job = assignment.job
                job.apply(envelope.event)
                if isinstance(envelope.event, Preempted):
                    self._workers.release(worker)
                    if assignment.is_stopping:  # that command came too late for the worker
                        job.set_status(JobStatus.STOPPED)
                        self.observers.ended(job)
                    elif job.status is JobStatus.WAITING:
                        self._queue.push(job)
                elif isinstance(envelope.event, PreemptionFailed):
                    self._workers.keep(worker, self._settings.preempt_delay)
                elif not job.is_live:
                    self._workers.release(worker)
                    self.observers.ended(job)
            self._dispatch()

    def _handle_exit(self, worker: WorkerProcess, reason: str) -> None:
        """Put another worker in the place of one that has ended."""
        with self._lock:
            if self._closed.is_set():
                return
            self.observers.worker_lost(reason)
            assignment = self._workers.release(worker)
            if assignment:
                self._handle_loss(assignment, reason)
            self._dispatch()
        if not worker.is_ready:
            self._closed.wait(self._settings.restart_delay)
        while not self._replace(worker):
            self._closed.wait(self._settings.restart_delay)

    def _replace(self, worker: WorkerProcess) -> bool:
        """Put another worker in a worker's place; return whether that was possible, or the pool is closed."""
        with self._lock:
            if self._closed.is_set():
                return True
            try:
                self._workers.replace(worker)
            except OSError as error:  # too many processes, or too little memory
                logger.error("A worker can't be started: %s; trying again", error)
                return False
            self._dispatch()
            return True

    def _handle_loss(self, assignment: Assignment, reason: str) -> None:
        """Decide what becomes of a job whose worker has ended."""
        job = assignment.job
        if assignment.is_stopping:
            job.set_status(JobStatus.STOPPED, STOPPED_IN_STEP)
        elif job.start_attempts == 1:  # perhaps the process had ended before the job came to it
            job.set_status(JobStatus.WAITING)
            self._queue.push_front(job)
        else:
            job.set_status(JobStatus.FAILED, reason)
        if not job.is_live:
            self.observers.ended(job)

    def _watch(self) -> None:
        """Now and then end workers that hang, and preempt runs whose time slice is over."""
        while not self._closed.wait(WATCH_INTERVAL_S):
            with self._lock:
                self._workers.end_overdue(WATCH_INTERVAL_S, self._settings.heartbeat_timeout)
                self._dispatch()
