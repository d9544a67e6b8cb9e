"""The queue in front of the workers, and its policy: who is next, and who gives a worker back.

The queue is fair between owners: the owner of the fewest workers is next; among those with the same number, the one
who came first. While others wait, nobody holds two workers more than they do, a paused run holds none, and each run is
preempted after a time slice.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Owned(Hashable, Protocol):
    """Something that belongs to somebody."""

    @property
    def owner(self) -> str: ...


T = TypeVar("T", bound=Owned)


class FairQueue(Generic[T]):
    """The jobs that wait for a worker. `holders` are the owners of those that have one, each as often as it has.

    Their order is worked out once for each change: every visitor's page asks for it, again and again.
    """

    def __init__(self) -> None:
        self._waiting: list[T] = []  # by arrival
        self._ordered_for: Counter[str] | None = None  # the holders of the order that is known; None: it is not
        self._order: dict[T, int] = {}  # each job's place, from 0, next one first

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, job: T) -> bool:
        return job in self._waiting

    @property
    def owners(self) -> set[str]:
        """Who waits."""
        return {job.owner for job in self._waiting}

    def push(self, job: T) -> None:
        """Add a job that came last."""
        self._waiting.append(job)
        self._ordered_for = None

    def push_front(self, job: T) -> None:
        """Add a job as the one that came first."""
        self._waiting.insert(0, job)
        self._ordered_for = None

    def remove(self, job: T) -> None:
        """Take a job out, if it is in the queue."""
        if job in self._waiting:
            self._waiting.remove(job)
            self._ordered_for = None

    def clear(self) -> None:
        """Take all jobs out."""
        self._waiting.clear()
        self._ordered_for = None

    def pop(self, holders: Iterable[str]) -> T:
        """Take out the job that is next."""
        job = self.ordered(holders)[0]
        self.remove(job)
        return job

    def position(self, job: T, holders: Iterable[str]) -> int:
        """Return a job's position: 1 is next, 0 is not in the queue."""
        self._put_in_order(Counter(holders))
        return self._order.get(job, -1) + 1

    def ordered(self, holders: Iterable[str]) -> list[T]:
        """Return the jobs, next one first: as if each in turn got one more worker."""
        self._put_in_order(Counter(holders))
        return list(self._order)

    def _put_in_order(self, holding: Counter[str]) -> None:
        if holding == self._ordered_for:
            return
        self._ordered_for = Counter(holding)
        waiting: dict[str, deque[tuple[int, T]]] = defaultdict(deque)  # of each owner, with the number of its arrival
        for arrival, job in enumerate(self._waiting):
            waiting[job.owner].append((arrival, job))
        turns = [(holding[owner], jobs[0][0], owner) for owner, jobs in waiting.items()]
        heapq.heapify(turns)
        self._order = {}
        while turns:
            held, _, owner = heapq.heappop(turns)
            _, job = waiting[owner].popleft()
            self._order[job] = len(self._order)
            if waiting[owner]:
                heapq.heappush(turns, (held + 1, waiting[owner][0][0], owner))


@dataclass(frozen=True)
class Running:
    """What the policy needs to know about a job that has a worker."""

    owner: str
    is_paused: bool = False
    slice_expired: bool = False
    can_give_way: bool = True


def select_preemption(running: Sequence[Running], waiting: Collection[str]) -> int | None:
    """Return which job has to give its worker back, as an index, or None.

    Args:
        running: The jobs that have a worker, except those that are about to give it back; longest first.
        waiting: The owners of the jobs in the queue.
    """
    if not waiting:
        return None
    holding = Counter(job.owner for job in running)
    candidates = [(index, job) for index, job in enumerate(running) if job.can_give_way]
    for index, job in candidates:
        if job.is_paused:
            return index
    for index, job in candidates:  # its owner has at least two more than somebody who waits
        if any(holding[owner] < holding[job.owner] - 1 for owner in waiting):
            return index
    for index, job in candidates:  # then somebody who waits has fewer without it, or none is worse off
        if job.slice_expired and any(holding[owner] - (owner == job.owner) < holding[job.owner] for owner in waiting):
            return index
    return None
