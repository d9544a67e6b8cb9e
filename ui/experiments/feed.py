"""What the browser gets of an experiment: all at first, later what has changed since it asked before."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from model.common.downsampling import downsampled
from model.config import TrainingConfig
from model.experiments.curve import CurvePoint
from model.experiments.plan import MAXIMIZED, ExperimentPlan
from model.experiments.space import Choices, Dimension
from model.experiments.study_view import StudyView, TrialView
from ui.common.formatting import percent

READ_SECONDS = 0.7  # a study is read no more often than that, however many tabs show it
MAX_POINTS = 60  # of a curve
IMPORTANCE_SHARE = 0.1  # the importance is computed anew when this many more trials have ended
OBJECTIVES = {
    "validation_accuracy": ("Validation accuracy", "percent"),
    "ink_accuracy": ("Accuracy on drawings", "percent"),
    "seconds_to": ("Seconds to the target accuracy", "seconds"),
    "parameters_to": ("Parameters to the target accuracy", "number"),
}


class StudyFeed:
    """Keeps count of what each reader knows.

    Args:
        read: reads the study as it is now; None while it has not begun.
        plan: of the study, as it is before it has begun.
    """

    def __init__(self, read: Callable[[], StudyView | None], plan: ExperimentPlan) -> None:
        self._read, self._plan = read, plan
        self._lock = threading.Lock()
        self._version, self._read_at = 0, -math.inf
        self._view = StudyView(plan)
        self._sent: dict[int, tuple[int, TrialView]] = {}  # by trial: in which version it last changed
        self._importance: list[tuple[str, float]] = []
        self._importance_of = 0  # how many trials had ended for it
        self._is_thinking = False

    def view(self) -> StudyView:
        """The study, as it was a moment ago or later."""
        with self._lock:
            self._refresh()
            return self._view

    def since(self, version: int) -> dict[str, Any]:
        """What has changed since a version, as JSON values; since 0, all."""
        with self._lock:
            self._refresh()
            view = self._view
            known = version if version <= self._version else 0
            return {
                "version": self._version,
                "params": [_axis(name, dimension) for name, dimension in view.plan.space.dimensions.items()],
                "objectives": [_objective(name) for name in view.plan.objectives],
                "importance": self._importance,
                "is_thinking": self._is_thinking,  # about the importance: there is more to come
                "trials": [to_json(trial, view.plan) for changed, trial in self._sent.values() if changed > known],
            }

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < READ_SECONDS:
            return
        view = self._read()
        self._read_at = time.monotonic()
        if view is None:
            return
        self._view = view
        changed = [it for it in view.trials if it.number not in self._sent or self._sent[it.number][1] != it]
        if changed:
            self._version += 1
            self._sent |= {trial.number: (self._version, trial) for trial in changed}
        if not self._is_thinking and view.ended >= (1 + IMPORTANCE_SHARE) * self._importance_of + 1:
            self._is_thinking, self._importance_of = True, view.ended
            threading.Thread(target=self._weigh, args=(view,), name="importance", daemon=True).start()

    def _weigh(self, view: StudyView) -> None:
        """Find out which settings matter; what that takes is loaded the first time, for which nobody shall wait."""
        found: list[tuple[str, float]] = []
        try:
            found = [(TrainingConfig.title(name), share) for name, share in view.importance().items()]
        finally:
            with self._lock:
                self._importance, self._is_thinking = found, False


def outcome(view: StudyView) -> str:
    """The best trial so far."""
    best = view.best
    if best is None or best.values is None or best.values[0] is None:
        return ""
    said = f"Best so far: trial {best.number}, {format_value(view.plan.objectives[0], best.values[0])}."
    if best.test_accuracy is not None:
        said += f" On the test images, {view.how_often_tested}: {percent(best.test_accuracy)}."
    return said


def format_value(objective: str, value: float) -> str:
    """What a trial reached, with its unit."""
    kind = OBJECTIVES[objective][1]
    return percent(value) if kind == "percent" else f"{value:.1f} s" if kind == "seconds" else f"{value:,.0f}"


def to_json(trial: TrialView, plan: ExperimentPlan) -> dict[str, Any]:
    """A trial as the charts need it."""
    epochs, accuracies = mean_curve(trial.curves)
    return {
        "number": trial.number,
        "state": trial.state,
        "params": [_plain(trial.params.get(name)) for name in plan.space.dimensions],
        "values": None if trial.values is None else list(trial.values),
        "curve": [epochs, accuracies],
        "seconds": round(trial.seconds, 2),
        "note": trial.note,
        "kept": trial.weights is not None,
    }


def mean_curve(curves: Sequence[Sequence[CurvePoint]]) -> tuple[list[int], list[float]]:
    """The validation accuracy after each epoch, over the runs of a trial that came so far."""
    by_epoch: dict[int, list[float]] = defaultdict(list)
    for curve in curves:
        for point in curve:
            if point.validation_accuracy is not None:
                by_epoch[point.epoch].append(point.validation_accuracy)
    epochs = sorted(by_epoch)
    means = [round(sum(by_epoch[epoch]) / len(by_epoch[epoch]), 5) for epoch in epochs]
    if len(epochs) > MAX_POINTS:
        shown = [int(index) for index in downsampled(means, MAX_POINTS)]
        return [epochs[index] for index in shown], [means[index] for index in shown]
    return epochs, means


def _plain(value: object) -> object:
    """Truth values as their words: the browser compares a choice as a text."""
    return str(value) if isinstance(value, (bool, str)) else value


def _axis(name: str, dimension: Dimension) -> dict[str, Any]:
    title = TrainingConfig.title(name)
    if isinstance(dimension, Choices):
        return {"title": title, "kind": "choice", "values": [str(it) for it in dimension.values], "format": "number"}
    bounds = {"low": dimension.low, "high": dimension.high, "log": dimension.log}
    return {"title": title, "kind": "number", "format": "number", **bounds}


def _objective(name: str) -> dict[str, Any]:
    title, kind = OBJECTIVES[name]
    return {"title": title, "kind": "number", "format": kind, "log": False, "more": name in MAXIMIZED}
