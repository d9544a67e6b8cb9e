"""Settings trained with several seeds: the trials to compute, and what they came to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import model
from model.data import Dataset
from model.experiments.clusters.cluster import Cluster, Disconnected, Ended, Lost
from model.experiments.material import Material, MaterialReference
from model.experiments.plan import NEEDS_GOAL, Objective
from model.experiments.seeds.contender import Contender
from model.experiments.seeds.seed_runs import SeedRun, SettingRuns
from model.experiments.statistics.measure import MEASURES, TEST_ACCURACY, VALIDATION_ACCURACY, Measure
from model.experiments.trial_run import TrialOutcome, TrialTask
from model.inference.evaluation import evaluate
from model.training import checkpoint
from model.training.ancestors import network_names

if TYPE_CHECKING:
    from model.experiments.seeds.kept_runs import KeptRuns  # Optuna takes half a second to import

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

    def materials(self, dataset: Dataset) -> list[Material]:
        """Return what the runs of each setting learn from.

        Raises:
            ValueError: A file is not there, or there is no test part to look at.
            OSError: A file can't be read.
        """
        if self.looks_at_test_set and not len(dataset.test_labels):
            raise ValueError(f"{dataset.name} has no test part to look at")
        known: dict[tuple[str, tuple[str, ...]], Material] = {}
        found = []
        for config in (one.config for one in self.contenders):
            named = config.ink, network_names((config.teacher,), (config.start_from,))
            known[named] = known.get(named) or Material.of(dataset, named[0], self.judge, named[1])
            found.append(known[named])
        return found

    def compute(
        self,
        cluster: Cluster,
        dataset: Dataset,
        observer: Callable[[int], None] = lambda ended: None,
        should_stop: Callable[[], bool] = lambda: False,
        kept: KeptRuns | None = None,
    ) -> list[SettingRuns]:
        """Train all runs, and return them by their settings.

        Args:
            cluster: What computes.
            dataset: What is learned from.
            observer: Is told how many runs have come to an end.
            should_stop: Is asked now and then; what is not computed by then is left out.
            kept: Where runs are kept as soon as they end; those that are there are not computed again.

        Raises:
            ValueError: The scheduler is gone.
        """
        runs = kept.known() if kept else {}
        materials = self.materials(dataset)
        for material in materials:
            cluster.share(material)
        references = [material.reference(self.contenders[0].config.data) for material in materials]
        tasks = self.tasks(references, is_local=cluster.is_local)
        missing = {task.key: task for task in tasks if task.key not in runs}
        for task in missing.values():
            cluster.submit(task)
        while missing and not should_stop():
            match cluster.next_event(0.5):
                case Ended(key, outcome) if key in missing:
                    runs[key] = self.run_of(missing.pop(key).configs[0].seed, outcome, dataset)
                    if kept and outcome.status in ("finished", "diverged"):  # the others may come to something yet
                        kept.add(key, runs[key], runs[key].values.get(self.measures[0].name))
                    observer(len(tasks) - len(missing))
                case Lost(key, reason) if key in missing:
                    task = missing.pop(key)
                    runs[key] = self.run_of(task.configs[0].seed, TrialOutcome("failed", note=reason), dataset)
                    observer(len(tasks) - len(missing))
                case Disconnected(reason) if not should_stop():
                    raise ValueError(f"{reason}; the same command goes on" if kept else reason)
        return self.collect(runs)

    def description(self, dataset: Dataset) -> dict[str, Any]:
        """Return what makes the runs what they are, in plain values; more seeds are added to the same ones.

        Raises:
            ValueError: As `materials`.
            OSError: A file can't be read.
        """
        return {
            "settings": [one.config.model_dump(mode="json") for one in self.contenders],
            "materials": [material.digest for material in self.materials(dataset)],
            "objective": self.objective,
            "until": self.until,
            "test": self.looks_at_test_set and hashlib.sha256(dataset.test_images.tobytes()).hexdigest(),
            "version": model.__version__,
        }

    @property
    def keys(self) -> list[str]:
        """The keys of all runs, seed by seed."""
        return [key_of(place, index) for index in range(self.seeds) for place in range(len(self.contenders))]

    def tasks(self, references: Sequence[MaterialReference], *, is_local: bool = False) -> list[TrialTask]:
        """Return a task for each run, seed by seed, so that an interruption leaves whole pairs.

        Args:
            references: To what each setting learns from.
            is_local: Whether they are computed on this machine, behind other programs.
        """
        return [
            TrialTask(
                key=key_of(place, index),
                configs=(one.config.changed(seed=(one.config.seed + index) % 2**32),),
                material=references[place],
                objectives=(self.objective,),
                until=self.until,
                keep=int(self.looks_at_test_set),
                is_local=is_local,
            )
            for index in range(self.seeds)
            for place, one in enumerate(self.contenders)
        ]

    def collect(self, runs: Mapping[str, SeedRun]) -> list[SettingRuns]:
        """Return the runs of each setting, of those that have come to an end, by their keys."""
        return [
            SettingRuns(
                one.name,
                one.config,
                [runs[key] for index in range(self.seeds) if (key := key_of(place, index)) in runs],
            )
            for place, one in enumerate(self.contenders)
        ]

    def run_of(self, seed: int, outcome: TrialOutcome, dataset: Dataset) -> SeedRun:
        """Return the run of a seed: what it came to, on the test part as well if that is looked at."""
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


def key_of(place: int, index: int) -> str:
    """Return the key of a setting's run, both counted from 0."""
    return f"setting-{place}-seed-{index}"
