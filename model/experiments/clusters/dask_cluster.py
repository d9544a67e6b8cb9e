"""Processes that compute trials by Dask: this machine's own, or those of any scheduler."""

from __future__ import annotations

import logging
import os
import queue
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from model.common.cores import cores
from model.experiments.clusters.cluster import Disconnected, Ended, Event, Lost, Reported
from model.experiments.clusters.dask_client import (
    CONNECT_SECONDS,
    check_address,
    check_versions,
    one_line,
    open_client,
    quieten,
)
from model.experiments.curve import CurvePoint
from model.experiments.material import Material
from model.experiments.trial_run import TrialOutcome, TrialTask

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK_SECONDS = 5.0  # from one look whether all processes are there to the next
RESULT_SECONDS = 30.0  # for a result to come over
KEPT_MEMORY = 64 * 2**20  # bytes that a process keeps for its next step
MOST_MISSES = 5  # of a task, each time its material is sent again
WORKER_FAILURES = 3  # this many workers may end while they compute a trial; with the next it is lost


class DaskCluster:
    """A Dask scheduler with its workers; used with `with`."""

    def __init__(self, client: Client, *, local: Any = None, jobs: int = 0) -> None:
        self._client, self._local, self._jobs = client, local, jobs
        self._next_look = time.monotonic() + LOOK_SECONDS
        self._address = str(client.scheduler_info()["address"])
        self._events: queue.SimpleQueue[Event | tuple[str, Future]] = queue.SimpleQueue()
        self._tasks: dict[str, TrialTask] = {}
        self._futures: dict[str, Future] = {}
        self._workers: dict[str, str] = {}  # the address of the worker that computes a trial
        self._to_stop: set[str] = set()
        self._materials: dict[str, Material] = {}
        self._sent: set[str] = set()  # the material that was sent to the workers
        self._misses: Counter[str] = Counter()  # how often a worker lacked the material of a task
        self._known_size = (0, 0.0)  # and when it was asked for
        self._topic = f"inkling-{client.id}"
        self._subscribe()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def is_local(self) -> bool:
        """Whether it is this machine alone."""
        return self._local is not None

    @property
    def has_queue(self) -> bool:
        """Whether a process takes the next trial at once if there is one in its queue: it does."""
        return True

    @property
    def size(self) -> int:
        """How many trials it computes at once."""
        size, when = self._known_size
        if time.monotonic() - when > 1:
            with suppress(OSError, TimeoutError, RuntimeError, ValueError, AttributeError):  # the scheduler is gone
                size = sum(self._client.nthreads().values())
            self._known_size = size, time.monotonic()
        return size

    @property
    def pids(self) -> list[int]:
        """The numbers of the workers' processes."""
        return list(self._client.run(os.getpid, on_error="ignore").values())

    def pid_of(self, key: str) -> int:
        """Return the number of the process that computes a trial, which has reported.

        Raises:
            KeyError: it has not.
        """
        worker = self._workers[key]
        return self._client.run(os.getpid, workers=[worker])[worker]

    def share(self, material: Material) -> None:
        """Have material ready for those who can't find it by themselves."""
        self._materials[material.digest] = material

    def submit(self, task: TrialTask) -> None:
        """Compute a trial."""
        from model.experiments.clusters.dask_worker import run_on_worker

        self._tasks[task.key] = task
        future = self._client.submit(run_on_worker, task, self._topic, key=f"{task.key}-{time.monotonic_ns()}")
        self._futures[task.key] = future
        future.add_done_callback(lambda done: self._events.put((task.key, done)))

    def stop(self, key: str) -> None:
        """Ask a trial to stop after its present epoch; its outcome follows."""
        from model.experiments.clusters.dask_worker import request_stop

        self._to_stop.add(key)
        if worker := self._workers.get(key):
            with suppress(OSError, RuntimeError):
                self._client.run(request_stop, key, workers=[worker], on_error="ignore")

    def next_event(self, seconds: float) -> Event | None:
        """Wait for the next event, but no longer than this many seconds."""
        self._replace_lost()
        deadline = time.monotonic() + seconds
        while True:
            try:
                found = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return None
            if isinstance(found, Reported):
                if found.key in self._to_stop:  # it was not known where it is computed when it was told to stop
                    self.stop(found.key)
                return found
            event = found if isinstance(found, (Ended, Lost, Disconnected)) else self._event_of(*found)
            if event:
                return event

    def reconnect(self) -> bool:
        """Try once to find the scheduler again, and tell whether it is there."""
        if self._local:
            return False
        self._forget()
        with suppress(Exception):
            self._client.close(timeout=1)
        try:
            self._client = open_client(self._address, timeout=3.0)
        except OSError:
            return False
        self._known_size = (0, 0.0)
        self._sent.clear()
        self._subscribe()
        return True

    def close(self) -> None:
        """End the processes of this machine; those of a scheduler are left alone, without the trials."""
        futures = list(self._futures.values())
        self._forget()
        with suppress(Exception):
            if futures:
                self._client.cancel(futures, force=True)
            self._client.close(timeout=5)
        if self._local:
            with suppress(Exception):
                self._local.close(timeout=10)

    def _replace_lost(self) -> None:
        """Start processes in the place of those that Dask gave up: killed while they began, or too slow to begin."""
        if self._local and time.monotonic() > self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            if self.size < self._jobs:
                self._local.scale(self._jobs)

    def _forget(self) -> None:
        self._tasks.clear()
        self._futures.clear()
        self._workers.clear()
        self._to_stop.clear()
        self._misses.clear()

    def _subscribe(self) -> None:
        self._client.subscribe_topic(self._topic, self._reported)

    def _reported(self, event: tuple[float, Any]) -> None:
        key, worker, points = event[1]
        if key not in self._futures:
            return
        self._workers[key] = worker
        self._events.put(Reported(key, [(run, CurvePoint(*point)) for run, point in points]))

    def _event_of(self, key: str, future: Future) -> Event | None:
        """Find out how a task ended."""
        if self._futures.get(key) is not future:
            return None  # of an earlier connection
        if future.status in ("cancelled", "lost"):
            self._forget()
            return Disconnected(f"the scheduler {self._address} is gone")
        try:
            outcome = future.result(timeout=RESULT_SECONDS)
        except OSError:  # whoever had the result is gone before it came over: it is computed again, or all are gone
            time.sleep(0.05)
            future.add_done_callback(lambda done: self._events.put((key, done)))
            return None
        except Exception as error:
            return self._failed(key, error)
        self._done(key)
        return Ended(key, outcome)

    def _failed(self, key: str, error: Exception) -> Event | None:
        from distributed import CancelledError
        from distributed.scheduler import KilledWorker

        from model.experiments.clusters.dask_worker import OtherVersionError
        from model.experiments.material import MissingMaterialError

        task = self._tasks[key]
        digest = task.material.digest
        if isinstance(error, MissingMaterialError) and digest in self._materials and self._misses[key] < MOST_MISSES:
            self._misses[key] += 1
            if self._misses[key] > 1:  # the worker had it, and has let it go for other material
                self._sent.discard(digest)
            self._send(digest)
            self.submit(task)
            return None
        if isinstance(error, MissingMaterialError):
            self._done(key)
            return Ended(
                key, TrialOutcome("failed", note="no worker keeps what it learns from: too much other material")
            )
        if isinstance(error, CancelledError):
            self._forget()
            return Disconnected(f"the scheduler {self._address} is gone")
        self._done(key)
        if isinstance(error, KilledWorker):
            times = error.allowed_failures + 1
            return Lost(key, f"{times} processes ended while they computed it: perhaps there was not enough memory")
        if isinstance(error, (OtherVersionError, ImportError, AttributeError)):
            raise ValueError(f"a worker of {self._address} can't compute trials: {one_line(error)}") from None
        return Ended(key, TrialOutcome("failed", note=f"{type(error).__name__}: {one_line(error)}"))

    def _done(self, key: str) -> None:
        for known in (self._tasks, self._futures, self._workers):
            known.pop(key, None)
        self._to_stop.discard(key)
        self._misses.pop(key, None)

    def _send(self, digest: str) -> None:
        """Send material to all workers, and to those that come later; once."""
        from model.experiments.clusters.dask_worker import MaterialPlugin

        if digest not in self._sent:
            self._client.register_plugin(MaterialPlugin(self._materials[digest]), name=f"inkling-{digest}")
            self._sent.add(digest)


def local_cluster(jobs: int | None = None) -> DaskCluster:
    """Start processes of this machine, each with one thread and at a low priority.

    Args:
        jobs: how many; by default as many as there are cores.
    """
    import dask
    from distributed import LocalCluster, Security

    # A worker that takes too much memory is ended, and its trial begins again; to pause it or to move its results to
    # the disk would leave it waiting for memory that its trial still holds.
    dask.config.set(
        {
            "distributed.worker.memory.target": False,
            "distributed.worker.memory.spill": False,
            "distributed.worker.memory.pause": False,
            "distributed.scheduler.allowed-failures": WORKER_FAILURES,
            # What only a dashboard or far more tasks would need, at a pace that costs nothing.
            "distributed.admin.system-monitor.interval": "5s",
            "distributed.admin.tick.interval": "1s",
            "distributed.worker.memory.monitor-interval": "500ms",
            "distributed.worker.profile.enabled": False,
            "distributed.scheduler.work-stealing-interval": "500ms",
            # Dask has processes give freed memory back at once, and a run asks for the same again in each step:
            # thousands of page faults.
            "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": KEPT_MEMORY,
            "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": KEPT_MEMORY // 2,
        }
    )
    quieten()
    jobs = jobs or cores()
    cluster = LocalCluster(
        n_workers=jobs,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        security=Security.temporary(),  # whoever reaches a scheduler runs code: other users of this machine do not
        dashboard_address="127.0.0.1:0",  # its port 8787 may be taken; without bokeh there is no dashboard
        worker_dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
        preload=["model.experiments.clusters.ignore_interrupts"],
    )
    return DaskCluster(open_client(cluster), local=cluster, jobs=jobs)


def connect(address: str, seconds: float = CONNECT_SECONDS) -> DaskCluster:
    """Work with the workers of a Dask scheduler.

    Args:
        address: Where it is, such as tcp://host:8786.
        seconds: How long to try to reach it.

    Raises:
        ValueError: it can't be reached, is of another version, or has no Inkling or another one; one line says which.
    """
    check_address(address)
    try:
        client = open_client(address, seconds)
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(
            f"the scheduler {address} can't be reached ({one_line(error)}): it is started by `dask scheduler`"
        ) from None
    try:
        check_versions(client, address)
    except BaseException:
        client.close(timeout=1)
        raise
    return DaskCluster(client)
