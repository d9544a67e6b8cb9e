"""The queue in front of the workers, and its policy: who is next, and who gives a worker back.

The queue is fair between owners: whoever holds the fewest workers is next; among those who hold the same number, who
came first. While others wait, nobody holds two workers more than they do, a paused run holds none, and after a time
slice each run gives way to the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Owned(Protocol):
    """Something that belongs to somebody."""

    @property
    def owner(self) -> str: ...


T = TypeVar("T", bound=Owned)


class FairQueue(Generic[T]):
    """The jobs that wait for a worker. `holders` are the owners of those that have one, each as often as it has."""

    def __init__(self) -> None:
        self._waiting: list[T] = []  # by arrival

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

    def push_front(self, job: T) -> None:
        """Add a job as the one that came first."""
        self._waiting.insert(0, job)

    def remove(self, job: T) -> None:
        """Take a job out, if it is in the queue."""
        if job in self._waiting:
            self._waiting.remove(job)

    def clear(self) -> None:
        """Take all jobs out."""
        self._waiting.clear()

    def pop(self, holders: Iterable[str]) -> T:
        """Take out the job that is next."""
        job = self.ordered(holders)[0]
        self._waiting.remove(job)
        return job

    def ordered(self, holders: Iterable[str]) -> list[T]:
        """Return the jobs, next one first: as if each in turn got one more worker."""
        holding, waiting, order = Counter(holders), list(self._waiting), []
        while waiting:
            job = min(waiting, key=lambda job: holding[job.owner])  # the first of several
            waiting.remove(job)
            holding[job.owner] += 1
            order.append(job)
        return order


@dataclass(frozen=True)
class Running:
    """What the policy needs to know about a job that has a worker."""

    owner: str
    is_paused: bool = False
    slice_expired: bool = False


def select_preemption(running: Sequence[Running], waiting: Collection[str]) -> int | None:
    """Return which job has to give its worker back, as an index, or None.

    Args:
        running: The jobs that have a worker, except those that are about to give it back; longest first.
        waiting: The owners of the jobs in the queue.
    """
    if not waiting:
        return None
    holding = Counter(job.owner for job in running)
    for index, job in enumerate(running):
        if job.is_paused:
            return index
    for index, job in enumerate(running):  # its owner has at least two more than somebody who waits
        if any(holding[owner] < holding[job.owner] - 1 for owner in waiting):
            return index
    for index, job in enumerate(running):  # then somebody who waits has fewer without it, or none is worse off
        if job.slice_expired and any(holding[owner] - (owner == job.owner) < holding[job.owner] for owner in waiting):
            return index
    return None
