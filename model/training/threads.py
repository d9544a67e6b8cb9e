"""How many threads compute the matrix products of a run, chosen from what other programs leave free.

Two threads on two cores wait for each other at each product. Beside one busy program each then waits for the core that
is not free, and training takes ten times as long as on one thread. So a run begins on no more threads than there are
free cores, and gives threads up when other programs take cores; it never takes more again. The last bits of sums depend
on the number, so it is noted, and a plan repeats it.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from threadpoolctl import ThreadpoolController

from model.common.cpu_watch import CpuWatch

FIRST_LOOK = 0.1  # seconds that are watched before a run
INTERVAL = 0.3  # seconds between two looks
NEARLY = 0.35  # of a core: so much of one may be taken by others
MAX_CHANGES = 100


@dataclass(frozen=True)
class ThreadPlan:
    """From which step on a run computes on how many threads: the first from step 0."""

    changes: tuple[tuple[int, int], ...]  # step, threads

    @classmethod
    def of(cls, text: str) -> ThreadPlan:
        """Read "2", or "2,1@340": 2 threads, and 1 from step 340 on.

        Raises:
            ValueError: anything else.
        """
        changes = []
        for place, part in enumerate(text.split(",")[: MAX_CHANGES + 1]):
            threads, _, step = part.strip().partition("@")
            if not threads.isdecimal() or not int(threads) or step.isdecimal() != bool(place):
                raise ValueError(f"threads must be a number from 1 on, or a plan such as 2,1@340; got {text[:40]!r}")
            changes.append((int(step or 0), int(threads)))
        return cls(tuple(changes))

    def __str__(self) -> str:
        return ",".join(f"{threads}@{step}" if step else str(threads) for step, threads in self.changes)

    def at(self, step: int) -> int:
        """How many threads compute the step after this one."""
        return [threads for begin, threads in self.changes if begin <= step][-1]


@functools.cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()  # looking for them takes longer than many a step


def limited(threads: int) -> AbstractContextManager[object]:
    """Limit NumPy's library to this many threads; used with `with`, until its end."""
    return _libraries().limit(limits=threads, user_api="blas")


class ThreadControl:
    """The threads of one run. Tell it of each report; it sets the limit of NumPy's library when the number changes."""

    def __init__(
        self,
        most: int,
        plan: ThreadPlan | None = None,
        *,
        step: int = 0,
        watch: CpuWatch | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        apply: Callable[[int], object] = limited,
    ) -> None:
        """Choose the number to begin with.

        Args:
            most: that are worth it.
            plan: the numbers, if they are not to be chosen.
            step: the steps that were made before.
            watch: tells how many cores are free.
            clock: in seconds.
            sleep: waits, in seconds.
            apply: sets the number.
        """
        self._plan, self._watch, self._clock, self._apply = plan, watch, clock, apply
        self._short = False  # whether there were too few free cores at the last look
        if plan:
            self.threads = plan.at(step)
        elif most > 1:
            self._watch = watch or CpuWatch()
            sleep(FIRST_LOOK)
            self.threads = self._fitting(most)
        else:
            self.threads = most
        self._changes = [(0, self.threads)]
        self._next = clock() + INTERVAL
        apply(self.threads)

    @property
    def used(self) -> ThreadPlan:
        """The numbers so far."""
        return ThreadPlan(tuple(self._changes))

    def observe(self, step: int) -> None:
        """Look again if it is time to, after this step; two looks in a row must find too few free cores."""
        if self._plan:
            self._set(self._plan.at(step), step)
        elif self.threads > 1 and self._clock() >= self._next:
            self._next = self._clock() + INTERVAL
            fitting = self._fitting(self.threads)
            if fitting < self.threads and self._short:
                self._set(fitting, step)
            self._short = fitting < self.threads

    def _fitting(self, most: int) -> int:
        free = self._watch.free() if self._watch else None
        return most if free is None else max(1, min(most, int(free + NEARLY)))

    def _set(self, threads: int, step: int) -> None:
        if threads != self.threads:
            self.threads = threads
            self._changes.append((step, threads))
            self._apply(threads)
