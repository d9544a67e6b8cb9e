"""The searches of an app: each is a process of its own, at a low priority; only a limited number computes at a time.

Searches wait in a fair queue: the visitor with the fewest searches in progress is next, and among those with the same
number, the one whose last turn was the longest ago. After a time slice a search is preempted for one of another
visitor, and continues later. This module does not load the libraries that a search computes with.
"""

from __future__ import annotations

import atexit
import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from model.experiments import search_process
from model.experiments.control import Command, Control
from model.experiments.plan import ExperimentPlan
from model.experiments.search import Search
from model.experiments.search_process import LEFT

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.5
TIME_SLICE = 300.0  # seconds that a search computes while somebody else's waits
ENDED = "The search's process ended unexpectedly ({}). Press Go on to continue it."
NOT_STARTED = "The search could not be started: {}. Press Go on to try again."
TOO_LONG = "It was stopped after {:,} seconds, for which a search may compute here. Its trials are kept."


class Supervisor:
    """Starts, ends and continues the processes of searches.

    Args:
        folder: for the folders of all searches; deleted in the end.
        limit: how many compute at a time; 0: searches are switched off.
        processes: on how many processes each computes its trials.
        command: gives the command line of a search's process.
        time_slice: see TIME_SLICE.
        most_seconds: for which a search may compute in all; None: no limit.
    """

    def __init__(
        self,
        folder: Path,
        limit: int,
        *,
        processes: int = 1,
        command: Callable[[Search], Sequence[str]] = search_process.command,
        time_slice: float = TIME_SLICE,
        most_seconds: int | None = None,
    ) -> None:
        self.limit, self.most_seconds = limit, most_seconds
        self._folder, self._processes, self._command, self._time_slice = folder, processes, command, time_slice
        self._searches: list[Search] = []
        self._served: dict[str, float] = {}  # when somebody's search was begun or continued last
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._is_suspended = False
        if limit:
            threading.Thread(target=self._watch, name="searches", daemon=True).start()
            atexit.register(self.close)

    def submit(
        self,
        owner: str,
        plan: ExperimentPlan,
        data: Path,
        *,
        is_first: bool = False,
        keep_alive: Any = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Search:
        """Begin a search, as soon as there is a place for it.

        Args:
            owner: the visitor.
            plan: what to find out.
            data: the folder of the data set's arrays.
            is_first: whether to pause after the first trials, as many as are computed at a time.
            keep_alive: see Search.
            files: what the plan names as files of the search's folder.

        Raises:
            ValueError: searches are switched off.
            OSError: its folder can't be written.
        """
        search = self.new_search(owner, plan, data, keep_alive)
        search.is_first = is_first
        try:
            search.folder.mkdir(parents=True)
            for name, content in (files or {}).items():
                (search.folder / name).write_bytes(content)
            self._write_control(search)
        except OSError:
            shutil.rmtree(search.folder, ignore_errors=True)
            raise
        self._add(search)
        return search

    def adopt(self, search: Search, folder: Path) -> None:
        """Go on with a search of another app, whose folder is moved here; see model.experiments.search_handover.

        Raises:
            OSError: the folder can't be moved.
        """
        search.folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, search.folder)
        self._write_control(search)
        self._add(search)

    def new_search(self, owner: str, plan: ExperimentPlan, data: Path, keep_alive: Any) -> Search:
        """One that has no folder yet.

        Raises:
            ValueError: searches are switched off.
        """
        if not self.limit or self._closed.is_set() or self._is_suspended:
            raise ValueError("searches are switched off here")
        name = token_urlsafe(12)
        search = Search(name, owner, plan, self._folder / name, plan.all_trials, keep_alive, _supervisor=self)
        search.data = data.resolve()
        return search

    def _add(self, search: Search) -> None:
        search.waiting_since = time.monotonic()
        with self._lock:
            self._searches.append(search)
            self._tick()

    def tell(self, search: Search, command: Command, trials: int | None = None) -> None:
        """Pause, stop or go on, perhaps with another number of trials."""
        with self._lock:
            if command == "run" and self.has_had_its_time(search):
                return
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
            search_process.end([process])
        shutil.rmtree(search.folder, ignore_errors=True)
        search.keep_alive = None

    def place(self, search: Search) -> int | None:
        """Its place in the queue, from 1; None if it does not wait."""
        with self._lock:
            waiting = self._in_order()
        return waiting.index(search) + 1 if search in waiting else None

    def has_had_its_time(self, search: Search) -> bool:
        """Whether it has computed for as long as a search may."""
        return self.most_seconds is not None and search.seconds > self.most_seconds

    def suspend(self) -> None:
        """Have all searches leave their studies, to go on elsewhere, and start none any more; does not wait for it."""
        with self._lock:
            self._is_suspended = True
            for search in self._searches:
                self._look_after(search)
            search_process.ask_to_end([search.process for search in self._searches if search.process])

    def wait_until_suspended(self, seconds: float) -> None:
        """Return when no search computes any more, after this many seconds because it was ended by force."""
        with self._lock:
            at_work = [search for search in self._searches if search.process]
            search_process.end([search.process for search in at_work if search.process], seconds)
            for search in at_work:
                self._look_after(search)

    def close(self) -> None:
        """End all processes, and delete all files."""
        if self._closed.is_set():
            return
        self._closed.set()
        with self._lock:
            processes = [search.process for search in self._searches if search.process]
            self._searches.clear()
        search_process.end(processes)
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
        if self._closed.is_set() or self._is_suspended:
            return
        for search in self._searches:
            self._look_after(search)
            self._stop_after_its_time(search)
        waiting = self._in_order()
        at_work = [search for search in self._searches if search.is_at_work]
        while waiting and len(at_work) < self.limit:
            search = waiting.pop(0)
            self._start(search)
            at_work += [search] if search.is_at_work else []
        if waiting:
            self._make_room(waiting[0], at_work)

    def _look_after(self, search: Search) -> None:
        """Take note of a process that has ended."""
        if search.process is None or (code := search.process.poll()) is None:
            return
        search.seconds_before, search.process = search.seconds, None
        search.waiting_since = time.monotonic()
        search.is_complete = code == 0
        if self._is_suspended:
            return
        if search.gives_way:
            search.gives_way = False
            self._write_control(search)
        elif search.is_first and code == LEFT:
            search.is_first, search.command = False, "pause"
        elif code not in (0, LEFT) and search.command == "run":
            search.problem = ENDED.format(search_process.why_ended(search, code))

    def _stop_after_its_time(self, search: Search) -> None:
        if search.is_at_work and search.command == "run" and self.has_had_its_time(search):
            search.command, search.problem = "stop", TOO_LONG.format(self.most_seconds)
            self._write_control(search)

    def _in_order(self) -> list[Search]:
        """Those that wait, the next one first."""
        at_work = [search.owner for search in self._searches if search.is_at_work]
        waiting = [search for search in self._searches if search.is_waiting]
        served = self._served
        return sorted(waiting, key=lambda it: (at_work.count(it.owner), served.get(it.owner, 0.0), it.waiting_since))

    def _make_room(self, search: Search, at_work: Sequence[Search]) -> None:
        """Preempt the search that has computed for the longest, for one of another visitor."""
        if any(other.gives_way or other.command != "run" for other in at_work):
            return  # a place will be free in a moment
        others = [other for other in at_work if other.owner != search.owner]
        longest = min(others, key=lambda other: other.began, default=None)
        if longest and time.monotonic() - longest.began > self._time_slice:
            longest.gives_way = True
            self._write_control(longest)

    def _start(self, search: Search) -> None:
        try:
            search.process = search_process.start(search, self._command(search), self._processes)
        except OSError as error:  # such as: the disk is full
            logger.exception("A search could not be started")
            search.problem = NOT_STARTED.format(error.strerror or error)
            return
        search.began = self._served[search.owner] = time.monotonic()

    def _write_control(self, search: Search) -> None:
        Control("pause" if search.gives_way else search.command, search.trials).write(search.folder)
