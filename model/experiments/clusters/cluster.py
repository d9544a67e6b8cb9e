"""What computes trials: a cluster of processes, whichever runs them.

A cluster takes tasks, and gives events in the order in which they come: new points of a learning curve, a trial's
outcome, a trial that is lost with its workers, a scheduler that is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from model.experiments.curve import CurvePoint
from model.experiments.material import Material
from model.experiments.trial_run import TrialOutcome, TrialTask


class Reported(NamedTuple):
    """New points of a trial's curves: the run of each, and the point. The first run's epoch 0 is a new beginning."""

    key: str
    points: Sequence[tuple[int, CurvePoint]]


class Ended(NamedTuple):
    """A trial has an outcome."""

    key: str
    outcome: TrialOutcome


class Lost(NamedTuple):
    """A trial's workers ended again and again while they computed it."""

    key: str
    reason: str


class Disconnected(NamedTuple):
    """The scheduler is gone, and all tasks with it."""

    reason: str


Event = Reported | Ended | Lost | Disconnected


class Cluster(Protocol):
    """What computes trials."""

    @property
    def size(self) -> int:
        """How many trials it computes at once."""

    @property
    def is_local(self) -> bool:
        """Whether it is this machine alone."""

    @property
    def has_queue(self) -> bool:
        """Whether a process takes the next trial at once if there is one in its queue."""

    def share(self, material: Material) -> None:
        """Have material ready for those who can't find it by themselves."""

    def submit(self, task: TrialTask) -> None:
        """Compute a trial."""

    def stop(self, key: str) -> None:
        """Ask a trial to stop after its present epoch; its outcome follows."""

    def next_event(self, seconds: float) -> Event | None:
        """Wait for the next event, but no longer than this many seconds."""

    def reconnect(self) -> bool:
        """Try once to find the scheduler again, and tell whether it is there."""


def run_tasks(
    tasks: Iterable[TrialTask], cluster: Cluster, report: Callable[[str, int, CurvePoint], None] | None = None
) -> Iterator[tuple[str, TrialOutcome]]:
    """Compute tasks that need no study; yield the key and the outcome of each, in the order in which they end.

    Args:
        tasks: what to compute; their keys must be different.
        cluster: what computes.
        report: is told the key, the run and the point of each learning curve's growth.

    Raises:
        ValueError: the scheduler is gone.
    """
    open_keys = set()
    for task in tasks:
        open_keys.add(task.key)
        cluster.submit(task)
    while open_keys:
        match cluster.next_event(1.0):
            case Reported(key, points) if report and key in open_keys:
                for run, point in points:
                    report(key, run, point)
            case Ended(key, outcome) if key in open_keys:
                open_keys.discard(key)
                yield key, outcome
            case Lost(key, reason) if key in open_keys:
                open_keys.discard(key)
                yield key, TrialOutcome("failed", note=reason)
            case Disconnected(reason):
                raise ValueError(reason)
