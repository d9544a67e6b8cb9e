"""The searches of an app: each is a process of its own, at a low priority, and only so many compute at a time.

A search that waits for others does so in a fair order: whoever has the fewest at work is next, and of those who have
as many, whoever had their turn the longest ago. After a while a search gives way to that of somebody else, and goes on
later from where it was. Nothing here loads what a search computes with.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from model.common.child_process import apart
from model.common.paths import ROOT
from model.experiments.control import Command, Control
from model.experiments.plan import ExperimentPlan

logger = logging.getLogger(__name__)

LOG, REQUEST, JOURNAL = "process.txt", "request.json", "journal.log"
LEFT = 75  # the exit code of a process that has left its study so that it can go on later
TICK_SECONDS = 0.5
TIME_SLICE = 300.0  # seconds that a search computes while somebody else's waits
END_SECONDS = 2.0  # for a process to end, before it is killed
ENDED = "The search's process ended unexpectedly ({}). Press Go on to continue it."


@dataclass(eq=False)
class Search:
    """One search of a visitor.

    Attributes:
        name: Nobody can guess it; it is a part of addresses.
        owner: The visitor.
        plan: What it is to find out.
        folder: Of its study.
        trials: How many it is to have at the moment.
        data: The folder of the data set's arrays.
        keep_alive: Must exist as long as the search, such as a temporary folder with its data.
        command: What the visitor wants.
        problem: Why it does not go on by itself.
    """

    name: str
    owner: str
    plan: ExperimentPlan
    folder: Path
    trials: int
    keep_alive: Any = None
    data: Path = Path()
    command: Command = "run"
    problem: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    is_first: bool = False  # only the first trials are wanted so far, to see how long they take
    is_complete: bool = False  # its process has ended by itself, with nothing left to do
    gives_way: bool = False
    waiting_since: float = 0.0
    began: float = 0.0
    _supervisor: Supervisor | None = field(default=None, repr=False)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a place."""
        return self.command == "run" and self.process is None and not self.is_complete and not self.problem

    @property
    def is_at_work(self) -> bool:
        """Whether its process is there."""
        return self.process is not None

    def tell(self, command: Command, trials: int | None = None) -> None:
        """Pause, stop or go on, perhaps with another number of trials."""
        assert self._supervisor
        self._supervisor.tell(self, command, trials)

    def discard(self) -> None:
        """End it, and delete its files."""
        assert self._supervisor
        self._supervisor.discard(self)


def _command(search: Search) -> list[str]:
    return [sys.executable, "-m", "model.experiments.child", str(search.folder)]


class Supervisor:
    """Starts, ends and continues the processes of searches.

    Args:
        folder: for the folders of all searches; deleted in the end.
        limit: how many compute at a time; 0: searches are switched off.
        processes: on how many processes each computes its trials.
        command: gives the command line of a search's process.
        time_slice: see TIME_SLICE.
    """

    def __init__(
        self,
        folder: Path,
        limit: int,
        *,
        processes: int = 1,
        command: Callable[[Search], Sequence[str]] = _command,
        time_slice: float = TIME_SLICE,
    ) -> None:
        self.limit = limit
        self._folder, self._processes, self._command, self._time_slice = folder, processes, command, time_slice
        self._searches: list[Search] = []
        self._served: dict[str, float] = {}  # when somebody's search was begun or continued last
        self._lock = threading.RLock()
        self._closed = threading.Event()
        if limit:
            threading.Thread(target=self._watch, name="searches", daemon=True).start()
            atexit.register(self.close)

    def submit(
        self, owner: str, plan: ExperimentPlan, data: Path, *, is_first: bool = False, keep_alive: Any = None
    ) -> Search:
        """Begin a search, as soon as there is a place for it.

        Args:
            owner: the visitor.
            plan: what to find out.
            data: the folder of the data set's arrays.
            is_first: whether to pause after the first trials, as many as are computed at a time.
            keep_alive: see Search.

        Raises:
            ValueError: searches are switched off.
            OSError: its folder can't be written.
        """
        if not self.limit or self._closed.is_set():
            raise ValueError("searches are switched off here")
        name = token_urlsafe(12)
        folder = self._folder / name
        folder.mkdir(parents=True)
        search = Search(name, owner, plan, folder, plan.all_trials, keep_alive, _supervisor=self)
        search.data, search.is_first = data, is_first
        search.waiting_since = time.monotonic()
        self._write_control(search)
        with self._lock:
            self._searches.append(search)
            self._tick()
        return search

    def tell(self, search: Search, command: Command, trials: int | None = None) -> None:
        """Pause, stop or go on, perhaps with another number of trials."""
        with self._lock:
            if command == "run" and not search.is_at_work:
                search.waiting_since = time.monotonic()
            search.command, search.problem = command, ""
            search.trials = trials or search.trials
            search.gives_way = search.is_first = False
            if command == "run":
                search.is_complete = False
            self._write_control(search)
            self._tick()

    def discard(self, search: Search) -> None:
        """End a search, and delete its files."""
        with self._lock:
            if search in self._searches:
                self._searches.remove(search)
            process, search.process = search.process, None
        if process:
            _end([process])
        shutil.rmtree(search.folder, ignore_errors=True)
        search.keep_alive = None

    def place(self, search: Search) -> int | None:
        """Its place in the queue, from 1; None if it does not wait."""
        with self._lock:
            waiting = self._in_order()
        return waiting.index(search) + 1 if search in waiting else None

    def close(self) -> None:
        """End all processes, and delete all files."""
        if self._closed.is_set():
            return
        self._closed.set()
        with self._lock:
            processes = [search.process for search in self._searches if search.process]
            self._searches.clear()
        _end(processes)
        shutil.rmtree(self._folder, ignore_errors=True)

    # -- Who computes ---------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._closed.wait(TICK_SECONDS):
            with self._lock:
                try:
                    self._tick()
                except OSError:
                    logger.exception("A search could not be started or told something")

    def _tick(self) -> None:
        if self._closed.is_set():
            return
        for search in self._searches:
            self._look_after(search)
        waiting = self._in_order()
        at_work = [search for search in self._searches if search.is_at_work]
        while waiting and len(at_work) < self.limit:
            at_work.append(waiting[0])
            self._start(waiting.pop(0))
        if waiting:
            self._make_room(waiting[0], at_work)

    def _look_after(self, search: Search) -> None:
        """Take note of a process that has ended."""
        if search.process is None or (code := search.process.poll()) is None:
            return
        search.process = None
        search.waiting_since = time.monotonic()
        if search.gives_way:
            search.gives_way = False
            self._write_control(search)
        elif search.is_first and code == LEFT:
            search.is_first, search.command = False, "pause"
        elif code == 0:
            search.is_complete = True
        elif code != LEFT and search.command == "run":
            how = f"signal {-code}" if code < 0 else _last_line(search.folder / LOG) or f"exit code {code}"
            search.problem = ENDED.format(how)

    def _in_order(self) -> list[Search]:
        """Those that wait, the next one first."""
        at_work = [search.owner for search in self._searches if search.is_at_work]
        waiting = [search for search in self._searches if search.is_waiting]
        served = self._served
        return sorted(waiting, key=lambda it: (at_work.count(it.owner), served.get(it.owner, 0.0), it.waiting_since))

    def _make_room(self, search: Search, at_work: Sequence[Search]) -> None:
        """Ask the search that has computed for the longest to give way to one of somebody else."""
        if any(other.gives_way or other.command != "run" for other in at_work):
            return  # a place will be free in a moment
        others = [other for other in at_work if other.owner != search.owner]
        longest = min(others, key=lambda other: other.began, default=None)
        if longest and time.monotonic() - longest.began > self._time_slice:
            longest.gives_way = True
            self._write_control(longest)

    def _start(self, search: Search) -> None:
        request = {
            "plan": search.plan.model_dump(mode="json"),
            "data": str(search.data),
            "processes": self._processes,
            "is_first": search.is_first,
        }
        (search.folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        with (search.folder / LOG).open("ab") as log:
            search.process = subprocess.Popen(
                list(self._command(search)),
                cwd=ROOT,
                stdin=subprocess.PIPE,  # closed when the app is gone: the process ends then
                stdout=log,
                stderr=subprocess.STDOUT,
                **apart(),
            )
        search.began = self._served[search.owner] = time.monotonic()

    def _write_control(self, search: Search) -> None:
        Control("pause" if search.gives_way else search.command, search.trials).write(search.folder)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End processes with all that they have started."""
    for process in processes:
        with suppress(OSError):
            process.terminate()
    end = time.monotonic() + END_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, end - time.monotonic()))
        if sys.platform == "win32":
            process.kill()
        else:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else ""
    return ""
