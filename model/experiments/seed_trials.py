"""Settings trained with several seeds: the trials to compute, and what they came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from model.data import Dataset
from model.experiments.cluster import Cluster, Disconnected, Ended, Lost
from model.experiments.contender import Contender
from model.experiments.material import Material, MaterialReference
from model.experiments.plan import NEEDS_GOAL, Objective
from model.experiments.seed_runs import SeedRun, SettingRuns
from model.experiments.statistics.measure import MEASURES, TEST_ACCURACY, VALIDATION_ACCURACY, Measure
from model.experiments.trial_run import TrialOutcome, TrialTask
from model.inference.evaluation import evaluate
from model.training import checkpoint

MOST_SEEDS = 1_000


@dataclass(frozen=True)
class SeedTrials:
    """Settings, each to be trained with the same seeds.

    Attributes:
        contenders: The settings.
        seeds: How many seeds there are; the first is that of the settings.
        objective: What is measured.
        until: The validation accuracy that is to be reached.
        judge: Ink files for ink_accuracy.
        looks_at_test_set: Whether each network is scored on the test part, once, in the end.

    Raises:
        ValueError: They can't be measured so.
    """

    contenders: Sequence[Contender]
    seeds: int
    objective: Objective = "validation_accuracy"
    until: float | None = None
    judge: str = ""
    looks_at_test_set: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise ValueError(f"--seeds must be 1 to {MOST_SEEDS:,}; got {self.seeds}")
        if self.objective in NEEDS_GOAL and self.until is None:
            raise ValueError(f"{self.objective} needs an accuracy to reach, such as --until 98%")
        if self.objective == "ink_accuracy" and not self.judge:
            raise ValueError("ink_accuracy needs ink files to judge by, such as --judge mine.jsonl")
        for one in self.contenders:
            if not one.config.validation_size:
                raise ValueError(
                    f"{one.name} has no validation images, by which runs are measured: --validation-size 0.1 sets a "
                    "tenth aside"
                )

    @property
    def measures(self) -> list[Measure]:
        """What is known of each run in the end, what is compared first: the test accuracy, if it is looked at."""
        found = [MEASURES[self.objective]]
        if self.looks_at_test_set:
            found.insert(0 if self.objective == "validation_accuracy" else 1, TEST_ACCURACY)
        return found if VALIDATION_ACCURACY in found else [*found, VALIDATION_ACCURACY]

    def materials(self, dataset: Dataset) -> dict[str, Material]:
        """Return what the runs learn from, by the ink files of their settings.

        Raises:
            ValueError: An ink file is not there, or there is no test part to look at.
        """
        if self.looks_at_test_set and not len(dataset.test_labels):
            raise ValueError(f"{dataset.name} has no test part to look at")
        return {ink: Material.of(dataset, ink, self.judge) for ink in {one.config.ink for one in self.contenders}}

    def compute(
        self,
        cluster: Cluster,
        dataset: Dataset,
        observer: Callable[[int], None] = lambda ended: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> list[SettingRuns]:
        """Train all runs, and return them by their settings.

        Args:
            cluster: What computes.
            dataset: What is learned from.
            observer: Is told how many runs have come to an end.
            should_stop: Is asked now and then; what is not computed by then is left out.

        Raises:
            ValueError: The scheduler is gone.
        """
        references = {}
        for ink, material in self.materials(dataset).items():
            cluster.share(material)
            references[ink] = material.reference(self.contenders[0].config.data, ink, self.judge)
        tasks = self.tasks(references, is_local=cluster.is_local)
        outcomes: dict[str, TrialOutcome] = {}
        for task in tasks:
            cluster.submit(task)
        while len(outcomes) < len(tasks) and not should_stop():
            match cluster.next_event(0.5):
                case Ended(key, outcome):
                    outcomes[key] = outcome
                    observer(len(outcomes))
                case Lost(key, reason):
                    outcomes[key] = TrialOutcome("failed", note=reason)
                    observer(len(outcomes))
                case Disconnected(reason) if not should_stop():
                    raise ValueError(reason)
        return self.collect([outcomes.get(task.key) for task in tasks], dataset)

    def tasks(self, references: Mapping[str, MaterialReference], *, is_local: bool = False) -> list[TrialTask]:
        """Return a task for each run, seed by seed, so that an interruption leaves whole pairs.

        Args:
            references: To the materials, by the ink files.
            is_local: Whether they are computed on this machine, behind other programs.
        """
        return [
            TrialTask(
                key=f"setting-{place}-seed-{index}",
                configs=(one.config.changed(seed=(one.config.seed + index) % 2**32),),
                material=references[one.config.ink],
                objectives=(self.objective,),
                until=self.until,
                keep=int(self.looks_at_test_set),
                is_local=is_local,
            )
            for index in range(self.seeds)
            for place, one in enumerate(self.contenders)
        ]

    def collect(self, outcomes: Sequence[TrialOutcome | None], dataset: Dataset) -> list[SettingRuns]:
        """Return the runs of each setting.

        Args:
            outcomes: Of `tasks`; None for one that has not come to an end.
            dataset: With the test part.
        """
        found = []
        for place, one in enumerate(self.contenders):
            runs = [
                self._run((one.config.seed + index) % 2**32, outcome, dataset)
                for index, outcome in enumerate(outcomes[place :: len(self.contenders)])
                if outcome is not None
            ]
            found.append(SettingRuns(one.name, one.config, runs))
        return found

    def _run(self, seed: int, outcome: TrialOutcome, dataset: Dataset) -> SeedRun:
        values: dict[str, float] = {}
        note = outcome.note or ("" if outcome.status == "finished" else outcome.status)
        if outcome.status == "finished":
            measured = outcome.values[0] if outcome.values else None
            if measured is not None:
                values[self.objective] = measured
            elif self.until is not None:
                note = note or f"did not reach {100 * self.until:g} %"
            if outcome.accuracy is not None:
                values.setdefault(VALIDATION_ACCURACY.name, outcome.accuracy)
            if self.looks_at_test_set and outcome.weights is not None:
                network = checkpoint.load(outcome.weights, "network.safetensors").network
                found = evaluate(network, dataset.test_images, dataset.test_labels)
                values[TEST_ACCURACY.name] = found.accuracy
        curve = outcome.curves[0] if outcome.curves else ()
        where = ", ".join(part for part in (outcome.machine, outcome.arithmetic) if part)
        return SeedRun(seed, values, curve, outcome.seconds, note, where)
