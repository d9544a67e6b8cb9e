"""A pool is a few worker processes, started ahead, and the queue of jobs in front of them.

The queue is fair: whoever holds the fewest workers is next, and among those who hold as many, who came first. While
others wait, nobody holds two workers, a paused training holds none, and after a while each gives way to the next; it
goes on later where it was, bit for bit.
"""

from __future__ import annotations

import atexit
import math
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from model.config import TrainingConfig
from model.jobs import limits
from model.jobs.job import NO_WORKER, Job
from model.jobs.protocol import (
    Command,
    CommandEnvelope,
    EventEnvelope,
    GradientChecked,
    SnapshotRef,
    StartTraining,
    StepOnce,
    Suspended,
)

ROOT = Path(__file__).parents[2]
STOP_TIMEOUT_S = 5.0  # for a worker to do so by itself
KILL_TIMEOUT_S = 2.0  # for a process that was killed, which is slow to go only if the system is
HEARTBEAT_TIMEOUT_S = 10  # after which a worker is given up: it gives a sign of life each second
TIME_SLICE_S = 60.0  # while others wait
RESTART_DELAY_S = 2.0  # to start a worker, if one ended before it was ready

SILENT = "The training's process did not answer for 10 seconds and was ended. What it had learned is kept."
ENDED = "The training's process ended unexpectedly ({}). What it had learned is kept."
MAYBE_MEMORY = "signal 9: perhaps there was not enough memory; a smaller network or batch needs less"
STOPPED = "Its present step took too long, so it was ended within it. What it had learned before is kept."


class Pool:
    """Trains jobs in `size` processes, each with so many `threads` for its matrix products.

    Raises:
        ValueError: an environment variable that says how many is no such number (see model/jobs/limits.py).
    """

    def __init__(self, size: int | None = None, threads: int | None = None) -> None:
        self.size = size or limits.workers()
        self.threads = threads or limits.threads(self.size)
        limits.memory()  # said here, not by each worker in vain
        self._lock = threading.RLock()
        self._numbers = count(1)
        self._queue: list[Job] = []
        self._closed = threading.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="inkling-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)  # of all files that are gone when the pool is
        self._workers = [_Worker(self) for _ in range(self.size)]
        threading.Thread(target=self._watch, name="pool", daemon=True).start()
        atexit.register(self.close)

    def submit(
        self,
        *,
        name: str,
        owner: str,
        config: TrainingConfig,
        data: Path,
        fork: tuple[Job, SnapshotRef] | None = None,
        paused: bool = False,
        held: Any = None,
    ) -> Job:
        """A new job at the end of the queue: see Job.

        Raises:
            ValueError: a fork that can't be, or the pool is closed.
        """
        if self._closed.is_set():
            raise ValueError("no training can start: the app is ending")
        number = next(self._numbers)
        job = Job(
            self,
            number,
            self.folder / f"job-{number}",
            name=name,
            owner=owner,
            config=config,
            data=data,
            fork=fork,
            paused=paused,
            held=held,
        )
        with self._lock:
            self._queue.append(job)
            self._dispatch()
        return job

    @property
    def waiting(self) -> int:
        """How many jobs wait for a worker."""
        return len(self._queue)

    def place(self, job: Job) -> int:
        """A job's place in the queue: 1 is the next, 0 is not in it."""
        with self._lock:
            order = self._in_order()
            return order.index(job) + 1 if job in order else 0

    def order(self, job: Job, order: Command) -> None:
        """Pass an order on to the job's worker, or do what it means for one that has none.

        Raises:
            ValueError: see Job.order.
        """
        with self._lock:
            if not job.is_live:
                return
            job.note(order)
            worker = self._worker_of(job)
            if worker:
                worker.tell(order)
                if order == "stop":
                    worker.stop_within(STOP_TIMEOUT_S)
            elif order == "check":
                job.checked(NO_WORKER)
            elif order == "stop":
                if job in self._queue:
                    self._queue.remove(job)
                job.become("stopped")
            elif order == "pause" and job in self._queue:
                self._queue.remove(job)
                job.become("paused")
            elif (order == "resume" or isinstance(order, StepOnce)) and job not in self._queue:
                job.become("waiting")
                self._queue.append(job)
            self._dispatch()

    def close(self) -> None:
        """End all workers, and remove all files."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
            workers, self._workers, self._queue = self._workers, [], []
        for worker in workers:
            worker.kill()
        for worker in workers:  # until then they may write files
            with suppress(subprocess.TimeoutExpired):
                worker.process.wait(KILL_TIMEOUT_S)
        self._folder.cleanup()

    # -- Who is next ----------------------------------------------------------------------------------------

    def _worker_of(self, job: Job) -> _Worker | None:
        return next((worker for worker in self._workers if worker.job is job), None)

    def _in_order(self) -> list[Job]:
        """The queue, who is next first: as if each in turn got one more worker."""
        holding = Counter(worker.job.owner for worker in self._workers if worker.job)
        waiting, order = list(self._queue), []
        while waiting:
            job = min(waiting, key=lambda job: holding[job.owner])  # the first of several
            waiting.remove(job)
            holding[job.owner] += 1
            order.append(job)
        return order

    def _dispatch(self) -> None:
        """Give free workers to who is next, and ask for some back if others still wait."""
        for worker in sorted(self._workers, key=lambda worker: not worker.is_ready):
            if worker.is_free and self._queue:
                job = self._in_order()[0]
                self._queue.remove(job)
                worker.begin(job, self.threads)
        leaving = sum(worker.leaving for worker in self._workers)
        for _ in range(len(self._queue) - leaving):
            if next_one := self._who_gives_way():
                next_one.leave()

    def _who_gives_way(self) -> _Worker | None:
        """The worker that is asked for back while others wait, if there is one."""
        staying = [(worker, worker.job) for worker in self._workers if worker.job and not worker.leaving]
        staying.sort(key=lambda both: both[0].since)
        holding = Counter(job.owner for _, job in staying)
        waiting = {job.owner for job in self._queue}
        for worker, job in staying:
            if job.has_paused:
                return worker
        for worker, job in staying:
            others = [holding[owner] for owner in waiting if owner != job.owner]
            if min(others, default=holding[job.owner]) < holding[job.owner] - 1:
                return worker
        for worker, job in staying:
            holders = [holding[owner] - (owner == job.owner) for owner in waiting]
            if worker.turn_is_over and min(holders) < holding[job.owner]:
                return worker
        return None

    # -- What workers say -----------------------------------------------------------------------------------

    def hear(self, worker: _Worker, heard: EventEnvelope) -> None:
        """Take in what a worker says."""
        with self._lock:
            worker.silence, worker.is_ready = 0, True
            job, message = worker.job, heard.message
            if not job or heard.number != job.number or message is None:
                return
            if isinstance(message, Suspended):
                stopping = worker.is_stopping  # it was told so too late
                job.suspended()
                worker.let_go()
                job.become("stopped" if stopping else "paused" if job.paused else "waiting")
                if not (stopping or job.paused):
                    self._queue.append(job)
            elif isinstance(message, GradientChecked):
                job.checked(message.result)
            else:
                job.take(message)
                if not job.is_live:
                    worker.let_go()
            self._dispatch()

    def lost(self, worker: _Worker, why: str) -> None:
        """A worker's process has ended: another takes its place."""
        with self._lock:
            if self._closed.is_set():
                return
            job, stopping = worker.job, worker.is_stopping
            worker.let_go()
            worker.is_gone = True
            if job and stopping:
                job.become("stopped", STOPPED)
            elif job and job.attempts == 1:  # the process may have been gone before the job came to it
                job.become("waiting")
                self._queue.insert(0, job)
            elif job:
                job.become("failed", why)
            self._dispatch()
        if not worker.is_ready:
            self._closed.wait(RESTART_DELAY_S)
        with self._lock:
            if not self._closed.is_set():
                self._workers[self._workers.index(worker)] = _Worker(self)
                self._dispatch()

    def _watch(self) -> None:
        """Each second: give up workers that are silent, and let those whose turn is over give way."""
        while not self._closed.wait(1.0):
            with self._lock:
                for worker in self._workers:
                    # Counted in looks, not by the clock: if the whole machine slept, nobody was silent.
                    worker.silence += 1
                    if worker.silence > HEARTBEAT_TIMEOUT_S and worker.is_ready:
                        worker.give_up(SILENT)
                    if worker.is_overdue:
                        worker.kill()
                self._dispatch()


class _Worker:
    """A worker's process, as the pool sees it; a thread listens to it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.job: Job | None = None
        self.leaving = False  # it was told to suspend its job
        self.stop_by = math.inf  # by the clock: when it will be ended if it has not stopped its job
        self.is_gone = False  # its process has ended
        self.is_ready = False  # it has been heard of
        self.silence = 0  # looks at it since it was heard of
        self.since = 0.0  # when its job's turn began
        self._why = ""
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "model.jobs.worker", str(theirs.fileno()), str(pool.folder), str(os.getpid())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            process_group=0,  # a Ctrl-C in the app's terminal is the app's to handle
        )
        theirs.close()
        self._connection = Connection(ours.detach())
        threading.Thread(target=self._listen, name=f"worker {self.process.pid}", daemon=True).start()

    @property
    def is_free(self) -> bool:
        return self.job is None and not self.is_gone

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop its job."""
        return self.stop_by < math.inf

    @property
    def is_overdue(self) -> bool:
        return time.monotonic() > self.stop_by

    @property
    def turn_is_over(self) -> bool:
        return time.monotonic() - self.since > TIME_SLICE_S

    def begin(self, job: Job, threads: int) -> None:
        """Give it a job."""
        self.job, self.since = job, time.monotonic()
        self.tell(job.begin(threads))

    def let_go(self) -> None:
        """Its job is done, or goes on elsewhere."""
        self.job, self.leaving, self.stop_by = None, False, math.inf

    def leave(self) -> None:
        """Have it suspend its job."""
        self.leaving = True
        self.tell("suspend")

    def tell(self, message: StartTraining | Command) -> None:
        """Tell it something about its job, if it still listens."""
        assert self.job
        with suppress(OSError):  # it may be gone, and then the other thread says so
            self._connection.send(CommandEnvelope(self.job.number, message))

    def stop_within(self, seconds: float) -> None:
        """End the process soon after that time if it has not stopped its job."""
        self.stop_by = min(self.stop_by, time.monotonic() + seconds)

    def give_up(self, why: str) -> None:
        """End the process for a reason that its job will tell."""
        self._why = why
        self.kill()

    def kill(self) -> None:
        """End the process."""
        self.process.kill()

    def _listen(self) -> None:
        while True:
            try:
                heard = self._connection.recv()
            except (EOFError, OSError):
                break
            self._pool.hear(self, heard)
        self._connection.close()
        try:
            code = self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:  # it has closed its end, and hangs
            self.kill()
            code = self.process.wait()
        how = MAYBE_MEMORY if code == -9 else f"signal {-code}" if code < 0 else f"exit code {code}"
        self._pool.lost(self, self._why or ENDED.format(how))
