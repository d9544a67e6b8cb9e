"""A cluster that computes in the process of the test, one trial after another, and can be told what goes wrong."""

import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from model.config import TrainingConfig
from model.experiments import material
from model.experiments.clusters.cluster import Disconnected, Ended, Event, Lost, Reported
from model.experiments.curve import CurvePoint
from model.experiments.plan import ExperimentPlan
from model.experiments.space import SearchSpace
from model.experiments.trial_run import TrialOutcome, TrialTask, run_trial

SMALL = TrainingConfig(hidden_sizes=(8,), epochs=2, training_size=200, validation_size=50)
VARY = "learning_rate=log:1e-4..0.1,hidden_sizes=[8;16]"


def small_plan(vary: str = VARY, **values: Any) -> ExperimentPlan:
    """A plan of trials that take some hundredths of a second; the same ones in any order, as they are random."""
    return ExperimentPlan.of(
        {"base": SMALL, "space": SearchSpace.parse(vary), "trials": 6, "sampler": "random"} | values
    )


class InlineCluster:
    """Computes a task when an event is waited for.

    Args:
        size: how many trials are begun at once.
        newest_first: compute the last that was begun first.
        before: is called before each trial with how many were computed so far; what it returns happens instead.
    """

    is_local = True
    has_queue = False

    def __init__(
        self,
        size: int = 2,
        *,
        newest_first: bool = False,
        before: Callable[[int, TrialTask], Event | None] = lambda count, task: None,
    ) -> None:
        self.size, self._newest_first, self._before = size, newest_first, before
        self.tasks: deque[TrialTask] = deque()
        self.events: deque[Event] = deque()
        self.computed: list[TrialTask] = []
        self.outcomes: list[TrialOutcome] = []
        self.on_point: Callable[[TrialTask, CurvePoint], None] = lambda task, point: None
        self.reconnections = deque([True])
        self.stopping: set[str] = set()
        self._is_computing = False
        self._go_on, self._made = threading.Semaphore(0), queue.SimpleQueue[Event]()

    def share(self, shared: material.Material) -> None:
        material.keep(shared)

    def submit(self, task: TrialTask) -> None:
        self.tasks.append(task)

    def stop(self, key: str) -> None:
        self.stopping.add(key)

    def next_event(self, seconds: float) -> Event | None:
        if not self.events and seconds:
            if not self._is_computing and self.tasks:
                self._begin(self.tasks.pop() if self._newest_first else self.tasks.popleft())
            if self._is_computing:
                self._go_on.release()
                self.events.append(self._made.get())
                self._is_computing = not isinstance(self.events[-1], Ended)
        return self.events.popleft() if self.events else None

    def reconnect(self) -> bool:
        if self.reconnections[0]:
            self.tasks.clear()
        return self.reconnections.popleft() if len(self.reconnections) > 1 else self.reconnections[0]

    def _begin(self, task: TrialTask) -> None:
        instead = self._before(len(self.computed), task)
        self.computed.append(task)
        if instead:
            self.events.append(instead)
            return
        self._is_computing = True
        threading.Thread(target=self._compute, args=(task,), daemon=True).start()

    def _compute(self, task: TrialTask) -> None:
        """Compute a task, one point of its curve at a time: the next one when an event is waited for."""
        self._go_on.acquire()
        outcome = run_trial(task, lambda run, point: self._report(task, run, point), lambda: task.key in self.stopping)
        self.outcomes.append(outcome)
        self._made.put(Ended(task.key, outcome))

    def _report(self, task: TrialTask, run: int, point: CurvePoint) -> None:
        self.on_point(task, point)
        self._made.put(Reported(task.key, [(run, point)]))
        self._go_on.acquire()


__all__ = ["Disconnected", "Ended", "InlineCluster", "Lost", "Reported", "small_plan"]
