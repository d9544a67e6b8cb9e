"""The command: what do experiments cost, what do they find, and what becomes of them when processes are killed?

    python -m benchmarks.experiments                        # all parts; the search takes hours
    python -m benchmarks.experiments --part processes --part killed
    python -m benchmarks.experiments --part search --repetitions 1 --trials 20 --epochs 3    # a trial

- processes: trials per hour of one process and of two, and what the engine and the study add to a trial.
- killed: trials whose processes are killed one after another, beside the same trials undisturbed.
- search: a sweep by TPE, beside a random search with three times the trials, at most an hour of them.

Progress goes to stderr and the figures to stdout; with --json the last line of stdout is one JSON object instead.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.runs import say
from model import data
from model.cli import entry
from model.common.machine import describe, phrase
from model.config import TrainingConfig
from model.data import Dataset
from model.experiments.clusters.cluster import run_tasks
from model.experiments.clusters.dask_cluster import DaskCluster, local_cluster
from model.experiments.engine import StudyEngine
from model.experiments.material import Material
from model.experiments.plan import ExperimentPlan
from model.experiments.progress import Observer, StudyProgress
from model.experiments.space import SearchSpace
from model.experiments.stores.storage import open_store
from model.experiments.study_reader import StudyReader
from model.experiments.study_view import StudyView
from model.experiments.trial_run import TrialTask, run_trial

Result = dict[str, Any]

SMALL = TrainingConfig(hidden_sizes=(64,))  # 784-64-10 on mnist-5k
SPACE = "learning_rate=log:1e-4..0.1,hidden_sizes=[16;32;64;128;256],dropout=0..0.5,augmentation=[none;affine;elastic]"
TIMES = 3  # the random search has this many times the trials
MOST_SECONDS = 3600.0  # of a random search


@click.command()
@click.option("--part", "parts", multiple=True, type=click.Choice(["processes", "killed", "search"]), help="Only this.")
@click.option("--trials", type=click.IntRange(2), help="Trials of each part, instead of 30, 40 and 60.")
@click.option("--epochs", type=click.IntRange(1), help="Epochs of a trial, instead of 10, and 20 in the search.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes of the last two parts.")
@click.option("--repetitions", type=click.IntRange(1), default=3, show_default=True, help="Of the search.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def main(
    parts: Sequence[str], trials: int | None, epochs: int | None, jobs: int, repetitions: int, as_json: bool
) -> None:
    """Measure experiments."""
    dataset = data.load("mnist-5k")
    result: Result = {"machine": describe({"numpy": "NumPy", "optuna": "Optuna", "distributed": "distributed"})}
    with tempfile.TemporaryDirectory(prefix="experiments-") as folder:
        bench = Bench(Path(folder), dataset)
        if not parts or "processes" in parts:
            result["processes"] = bench.processes(trials or 30, epochs or 10)
        if not parts or "killed" in parts:
            result["killed"] = bench.killed(trials or 40, epochs or 10, jobs)
        if not parts or "search" in parts:
            result["search"] = [bench.search(trials or 60, epochs or 20, jobs, seed) for seed in range(repetitions)]
    click.echo(json.dumps(result) if as_json else markdown(result))


class Bench:
    """Runs studies in a folder."""

    def __init__(self, folder: Path, dataset: Dataset) -> None:
        self._folder, self._dataset = folder, dataset
        self._reference = Material.of(dataset).reference("mnist-5k")

    def processes(self, trials: int, epochs: int) -> Result:
        """Measure trials per hour in one process and in two, and plain trainings one after another."""
        plan = _plan("learning_rate=log:1e-4..0.1", SMALL.changed(epochs=epochs), trials)
        seconds = {}
        for jobs in (1, 2):
            with local_cluster(jobs) as cluster:
                self._warm_up(cluster, jobs)
                seconds[jobs], view = self._study(plan, f"processes-{jobs}", cluster)
        configs = [trial.config for trial in view.trials if trial.config]
        began = time.perf_counter()
        for number, config in enumerate(configs):
            run_trial(TrialTask(str(number), (config,), self._reference), lambda run, point: None, lambda: False)
            say(f"plain training {number + 1} of {trials}")
        plain = time.perf_counter() - began
        return {
            "trials": trials,
            "epochs": epochs,
            "seconds_plain": plain,
            "seconds_one": seconds[1],
            "seconds_two": seconds[2],
            "per_hour_one": 3600 * trials / seconds[1],
            "per_hour_two": 3600 * trials / seconds[2],
            "times": seconds[1] / seconds[2],
            "overhead": seconds[1] / plain - 1,
        }

    def killed(self, trials: int, epochs: int, jobs: int) -> Result:
        """Kill four processes one after another in the course of a study, and compare with an undisturbed one."""
        plan = _plan("learning_rate=log:1e-4..0.1,dropout=0..0.5", SMALL.changed(epochs=epochs), trials)
        with local_cluster(jobs) as cluster:
            _, calm = self._study(plan, "calm", cluster)
        killed: list[int] = []
        with local_cluster(jobs) as cluster:

            def kill(progress: StudyProgress) -> None:
                if len(killed) < 4 and progress.ended > trials * (len(killed) + 1) / 6:
                    pid = next((pid for pid in cluster.pids if pid not in killed), None)
                    if pid:
                        os.kill(pid, signal.SIGKILL)
                        killed.append(pid)

            _, disturbed = self._study(plan, "killed", cluster, kill)
        return {
            "trials": trials,
            "killed": len(killed),
            "numbers": [trial.number for trial in disturbed.trials] == list(range(trials)),
            "finished": sum(trial.state == "finished" for trial in disturbed.trials),
            "begun_again": sum(trial.attempts > 1 for trial in disturbed.trials),
            "same_scores": [(one.params, one.values) for one in calm.trials]
            == [(one.params, one.values) for one in disturbed.trials],
        }

    def search(self, trials: int, epochs: int, jobs: int, seed: int) -> Result:
        """Search once by TPE, and once at random with three times the trials."""
        base = TrainingConfig(epochs=epochs, validation_size=0.2, seed=seed)
        found: Result = {"seed": seed, "trials": trials, "epochs": epochs}
        with local_cluster(jobs) as cluster:
            for sampler, count in (("random", TIMES * trials), ("tpe", trials)):
                plan = _plan(SPACE, base, count, sampler).model_copy(update={"timeout": MOST_SECONDS})
                seconds, view = self._study(plan, f"{sampler}-{seed}", cluster)
                best = view.best
                assert best
                assert best.values
                found |= {
                    f"{sampler}_best": best.values[0],
                    f"{sampler}_test": best.test_accuracy,
                    f"{sampler}_trials": view.ended,
                    f"{sampler}_seconds": seconds,
                    f"{sampler}_params": best.params,
                }
        found["at_least"] = found["tpe_best"] >= found["random_best"]
        return found

    def _study(
        self, plan: ExperimentPlan, name: str, cluster: DaskCluster, observer: Observer = lambda progress: None
    ) -> tuple[float, StudyView]:
        def observe(progress: StudyProgress) -> None:
            observer(progress)
            say(f"{name}: trial {progress.ended} of {progress.target}")

        store = open_store(self._folder, name)
        began = time.perf_counter()
        StudyEngine(plan, store, cluster, self._dataset, observe).run()
        return time.perf_counter() - began, StudyReader(store).read()

    def _warm_up(self, cluster: DaskCluster, jobs: int) -> None:
        """Let each process have loaded what it needs: an experiment of a night does so once."""
        config = SMALL.changed(epochs=2)
        tasks = [TrialTask(f"warm-up-{number}", (config,), self._reference) for number in range(2 * jobs)]
        list(run_tasks(tasks, cluster))


def markdown(result: Result) -> str:
    """Lay out the figures."""
    lines = [f"Measured on {phrase(result['machine'])}.", ""]
    if part := result.get("processes"):
        lines += [
            f"- {part['trials']} trials of 784-64-10 on mnist-5k, {part['epochs']} epochs: {part['per_hour_one']:,.0f} "
            f"an hour in one process, {part['per_hour_two']:,.0f} in two: {part['times']:.2f} times as many.",
            f"- Engine and study add {part['overhead']:.1%} to a trial ({part['seconds_one'] / part['trials']:.2f} "
            f"s beside {part['seconds_plain'] / part['trials']:.2f} s).",
        ]
    if part := result.get("killed"):
        scores = "the same scores" if part["same_scores"] else "OTHER SCORES"
        lines.append(
            f"- {part['killed']} processes killed during {part['trials']} trials: {part['finished']} finished, "
            f"{'each once' if part['numbers'] else 'NOT EACH ONCE'}, {part['begun_again']} of them begun again, "
            f"{scores} as undisturbed."
        )
    if searches := result.get("search"):
        lines += [
            "",
            "| seed | TPE: trials | best validation | test | random: trials | best validation | test | at least |",
            "|---|---|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {one['seed']} | {one['tpe_trials']} | {one['tpe_best']:.2%} | {one['tpe_test']:.2%} | "
            f"{one['random_trials']} in {one['random_seconds'] / 60:.0f} min | {one['random_best']:.2%} | "
            f"{one['random_test']:.2%} | {'yes' if one['at_least'] else 'no'} |"
            for one in searches
        ]
    return "\n".join(lines)


def _plan(vary: str, base: TrainingConfig, trials: int, sampler: str = "random") -> ExperimentPlan:
    return ExperimentPlan.of({"base": base, "space": SearchSpace.parse(vary), "trials": trials, "sampler": sampler})


if __name__ == "__main__":
    entry.run(main, prog_name="python -m benchmarks.experiments")
