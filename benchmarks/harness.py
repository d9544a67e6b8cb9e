"""The harness runs the same workload with each library in turn, many times, and compares their times with the first's.

A machine is never quite quiet and its clock is not steady: measurements that follow each other closely are disturbed
alike.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypedDict

from benchmarks.adapters import ADAPTERS, BASE
from benchmarks.subprocess_worker import SubprocessWorker
from benchmarks.workloads import CLASSES, Workload
from model.common.cores import cores

PAUSE_S = 0.05  # seconds between turns: threads of the one before have stopped spinning by then
CHANCE_LOSS = math.log(CLASSES)  # the loss of a network that guesses blindly

Measurement = Callable[[], float]  # does something, and returns what it took
Show = Callable[[str], None]  # tells what is going on


class Comparison(TypedDict):
    """What a library took: the median, its ratio to Inkling's, and the least and the largest ratio of all rounds."""

    median: float
    ratio: float
    lowest: float
    highest: float


class Result(Comparison):
    """A comparison of seconds for an epoch."""

    threads: int | None  # the faster of one and all, None where the library decides
    loss: float | None  # of the last epoch; the floor has none


class Row(TypedDict):
    """A workload, and each library's result."""

    name: str
    network: str
    batch_size: int
    optimizer: str
    results: dict[str, Result]


def interleave(measurements: Mapping[str, Measurement], rounds: int, pause: float = PAUSE_S) -> dict[str, list[float]]:
    """What each took in each round. Every round begins with another, so that none always follows the same one."""
    names = list(measurements)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            time.sleep(pause)
            taken[name].append(measurements[name]())
    return taken


def compare(taken: Mapping[str, Sequence[float]], base: str = BASE) -> dict[str, Comparison]:
    """Each library's rounds beside those of the base, which all have as many of."""
    compared = {}
    for name, values in taken.items():
        ratios = [value / other for value, other in zip(values, taken[base], strict=True)]
        median = statistics.median(values)
        compared[name] = Comparison(
            median=median,
            ratio=median / statistics.median(taken[base]),
            lowest=min(ratios),
            highest=max(ratios),
        )
    return compared


def geometric_means(rows: Iterable[Row]) -> dict[str, float]:
    """Each library's ratio over all rows: the mean by which "twice" and "half" cancel out."""
    ratios: dict[str, list[float]] = {}
    for row in rows:
        for name, result in row["results"].items():
            ratios.setdefault(name, []).append(result["ratio"])
    return {name: statistics.geometric_mean(values) for name, values in ratios.items()}


def thread_counts() -> tuple[int, ...]:
    """One, and as many as this process has cores."""
    return tuple(sorted({1, cores()}))


def choose_threads(worker: SubprocessWorker, measure_once: Measurement) -> int:
    """Let a worker use as many threads as make its turn shortest. A first turn, which is not counted, warms it up."""
    measure_once()
    taken = {}
    for count in thread_counts():
        worker.call("use_threads", count)
        taken[count] = measure_once()
    best = min(taken, key=lambda count: taken[count])
    worker.call("use_threads", best)
    return best


def measure(workload: Workload, workers: Mapping[str, SubprocessWorker], folder: Path, rounds: int, show: Show) -> Row:
    """Let each train the workload: some epochs to warm up, the same number for all, and then one in each round.

    Raises:
        ValueError: one of them does not learn, so that its times would tell nothing.
    """
    losses: dict[str, float] = {}

    def epoch(name: str) -> float:
        seconds: float
        show(f"{workload.name}: {name}")
        seconds, losses[name] = workers[name].call("timed_epoch")
        return seconds

    threads: dict[str, int | None] = {}
    for name, worker in workers.items():
        show(f"{workload.name}: {name} warms up")
        worker.call("prepare", workload, folder)
        if ADAPTERS[name].sets_threads:
            threads[name] = choose_threads(worker, partial(epoch, name))
        else:
            threads[name] = None
            for _ in range(1 + len(thread_counts())):
                epoch(name)
        check_learning(name, workload, losses[name])
    taken = interleave({name: partial(epoch, name) for name in workers}, rounds)
    for name, loss in losses.items():
        check_learning(name, workload, loss)
    results = {
        name: Result(**comparison, threads=threads[name], loss=losses[name] if ADAPTERS[name].learns else None)
        for name, comparison in compare(taken).items()
    }
    return Row(
        name=workload.name,
        network=workload.network,
        batch_size=workload.batch_size,
        optimizer=workload.optimizer,
        results=results,
    )


def check_learning(name: str, workload: Workload, loss: float) -> None:
    """Raises ValueError for a library that should learn and is no better than chance (or not a number)."""
    if ADAPTERS[name].learns and not loss < CHANCE_LOSS:
        raise ValueError(
            f"{name} must learn, for its times to tell anything; after the warm-up of {workload.name} its loss is"
            f" {loss:.3f}, and blind guessing has {CHANCE_LOSS:.3f}"
        )
