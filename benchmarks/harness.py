"""A contest lets contenders do the same in turn, many times over, and compares what they took with the first of them.

A machine is never quite quiet, and its clock not steady: turns that follow each other closely share its moods.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypedDict

from benchmarks.adapters import BASE, CONTENDERS
from benchmarks.subprocess_worker import Peer
from benchmarks.workloads import CLASSES, Work
from model.common.cores import cores

PAUSE = 0.05  # seconds between turns: threads of the one before have stopped spinning by then
CHANCE = math.log(CLASSES)  # the loss of a network that guesses blindly

Turn = Callable[[], float]  # does something, and returns what it took
Show = Callable[[str], None]  # tells what is going on


class Comparison(TypedDict):
    """What a contender took: the median, its ratio to Inkling's, and the least and the largest ratio of all rounds."""

    median: float
    ratio: float
    lowest: float
    highest: float


class Result(Comparison):
    """A comparison of seconds for an epoch."""

    threads: int | None  # the faster of one and all, None where the library decides
    loss: float | None  # of the last epoch; the floor has none


class Row(TypedDict):
    """A work, and each contender's result."""

    name: str
    network: str
    batch_size: int
    optimizer: str
    results: dict[str, Result]


def interleave(turns: Mapping[str, Turn], rounds: int, pause: float = PAUSE) -> dict[str, list[float]]:
    """What each took in each round. Every round begins with another, so that none always follows the same one."""
    names = list(turns)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            time.sleep(pause)
            taken[name].append(turns[name]())
    return taken


def compare(taken: Mapping[str, Sequence[float]], base: str = BASE) -> dict[str, Comparison]:
    """Each contender's rounds beside those of the base, which all have as many of."""
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
    """Each contender's ratio over all rows: the mean by which "twice" and "half" cancel out."""
    ratios: dict[str, list[float]] = {}
    for row in rows:
        for name, result in row["results"].items():
            ratios.setdefault(name, []).append(result["ratio"])
    return {name: statistics.geometric_mean(values) for name, values in ratios.items()}


def thread_counts() -> tuple[int, ...]:
    """One, and as many as this process has cores."""
    return tuple(sorted({1, cores()}))


def choose_threads(peer: Peer, turn: Turn) -> int:
    """Let a peer use as many threads as make its turn shortest. A first turn, which is not counted, warms it up."""
    turn()
    taken = {}
    for count in thread_counts():
        peer.call("use_threads", count)
        taken[count] = turn()
    best = min(taken, key=lambda count: taken[count])
    peer.call("use_threads", best)
    return best


def measure(work: Work, peers: Mapping[str, Peer], folder: Path, rounds: int, show: Show) -> Row:
    """Let each train the work: some epochs to warm up, the same number for all, and then one in each round.

    Raises:
        ValueError: one of them does not learn, so that its times would tell nothing.
    """
    losses: dict[str, float] = {}

    def epoch(name: str) -> float:
        seconds: float
        show(f"{work.name}: {name}")
        seconds, losses[name] = peers[name].call("timed_epoch")
        return seconds

    threads: dict[str, int | None] = {}
    for name, peer in peers.items():
        show(f"{work.name}: {name} warms up")
        peer.call("prepare", work, folder)
        if CONTENDERS[name].sets_threads:
            threads[name] = choose_threads(peer, partial(epoch, name))
        else:
            threads[name] = None
            for _ in range(1 + len(thread_counts())):
                epoch(name)
        check_learning(name, work, losses[name])
    taken = interleave({name: partial(epoch, name) for name in peers}, rounds)
    for name, loss in losses.items():
        check_learning(name, work, loss)
    results = {
        name: Result(**comparison, threads=threads[name], loss=losses[name] if CONTENDERS[name].learns else None)
        for name, comparison in compare(taken).items()
    }
    return Row(
        name=work.name, network=work.network, batch_size=work.batch_size, optimizer=work.optimizer, results=results
    )


def check_learning(name: str, work: Work, loss: float) -> None:
    """Raises ValueError for a contender that should learn and is no better than chance (or not a number)."""
    if CONTENDERS[name].learns and not loss < CHANCE:
        raise ValueError(
            f"{name} must learn, for its times to tell anything; after the warm-up of {work.name} its loss is"
            f" {loss:.3f}, and blind guessing has {CHANCE:.3f}"
        )
