"""The networks of a study's best trials, as files in its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from optuna.trial import FrozenTrial

from model.common.atomic_file import atomic_write
from model.experiments import trial_log
from model.experiments.plan import ExperimentPlan
from model.experiments.study_view import Values
from model.experiments.trial_run import best_few, losses
from model.nn.classifier import DigitClassifier
from model.training import checkpoint

KEPT_NETWORKS = 5  # of one objective; of two, the Pareto front


class BestNetworks:
    """Keeps the networks of the best trials, and no others.

    Attributes:
        most: A trial's network is kept while fewer than this many trials are better.
    """

    def __init__(self, plan: ExperimentPlan, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        self.most = 1 if len(plan.objectives) > 1 else KEPT_NETWORKS

    def best(self, trials: Sequence[FrozenTrial]) -> FrozenTrial | None:
        """Return the trial that reached the most of the first objective; of equals by the second, then the first."""
        reached = [(trial, values) for trial in trials if (values := trial_log.reached(self._plan, trial))]
        found = min(reached, key=lambda pair: losses(pair[1], self._plan.objectives), default=None)
        return found[0] if found else None

    def rivals(self, trials: Sequence[FrozenTrial]) -> list[Values]:
        """Return what the trials reached whose networks are kept."""
        reached = [found for trial in trials if (found := trial_log.reached(self._plan, trial))]
        return best_few(reached, self._plan.objectives, self.most)

    def load(self, number: int) -> DigitClassifier:
        """Return the network of a trial.

        Raises:
            OSError: it is not here.
            ValueError: its file is damaged.
        """
        return checkpoint.load(self._path(number)).network

    def keep(self, number: int, weights: bytes, trials: Sequence[FrozenTrial]) -> None:
        """Write a network that is among the best, and remove those that no longer are."""
        self._folder.mkdir(exist_ok=True)
        with atomic_write(self._path(number)) as file:
            file.write(weights)
        rivals = self.rivals(trials)
        kept = {self._path(trial.number) for trial in trials if trial_log.reached(self._plan, trial) in rivals}
        for path in self._folder.glob("trial-*.safetensors"):
            if path not in kept:
                path.unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._folder / f"trial-{number}.safetensors"
