"""A run trains a network without some of the ink, which can then test it.

Each run has a process of its own and one thread for its matrix products, so that its figures do not depend on how many
runs there are at a time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.writer_groups import Collections, Source
from model import data
from model.common.arrays import U8
from model.config import TrainingConfig
from model.data import Dataset
from model.ink.sampler import DEFAULT_MIXTURE, InkMixture
from model.nn.classifier import DigitClassifier
from model.training import train
from model.training.checkpoint import Checkpoint

Result = dict[str, Any]  # plain values, as JSON has them

SET_ASIDE = 1 / 12  # of the data's training images, to measure accuracy on; the test images are for the end


@dataclass(frozen=True)
class Run:
    """A training run, and the ink that it does without."""

    part: str  # of the benchmark
    name: str
    config: TrainingConfig
    source: Source
    left_out: tuple[str, ...]  # collections that it does not learn from; with all of them it learns from no ink
    untaught: tuple[str, ...] = ()  # letters that it does not learn from
    mixture: InkMixture = DEFAULT_MIXTURE
    readings: tuple[str, ...] = ()  # of the ablation: layouts in which drawings are read
    networks: Path | None = None  # the folder in which to keep its network, by its name

    def __str__(self) -> str:
        return f"{self.part} {self.name}"


class Trained(NamedTuple):
    """A trained network, and the images (n, 784) and labels (n,) of the data that were set aside before."""

    network: DigitClassifier
    images: U8
    labels: U8
    seconds: float


latest: list[tuple[object, Trained]] = []  # the network that this process has trained last, and from what


def trained(run: Run, ink: Collections) -> Trained:
    """Train a run's network, unless it is that of the run before, and keep it if the run says where.

    Raises:
        ValueError: the run diverged, or the config does not fit the data.
        OSError: the network can't be written.
    """
    same = (run.config, run.source, run.left_out, run.untaught, run.mixture)
    if not latest or latest[0][0] != same:
        latest[:] = [(same, _trained_anew(run, ink))]
    made = latest[0][1]
    if run.networks:
        Checkpoint(made.network, run.config).save(run.networks / f"{run.name}.safetensors")
    return made


def _trained_anew(run: Run, ink: Collections) -> Trained:
    """Train a run's network, with a line on stderr for each epoch."""
    dataset = set_aside(data.load(run.config.data), run.config.seed)
    drawings = ink.without(run.left_out, run.untaught)
    for progress in train(run.config, dataset, ink=drawings, mixture=run.mixture, threads=1):
        if progress.epoch_ended:
            say(f"{run}: epoch {progress.epoch}/{progress.epochs}, loss {progress.epoch_loss:.4f}")
    if progress.status == "diverged":
        raise ValueError(f"{run}: {progress.message}")
    return Trained(progress.network, dataset.test_images, dataset.test_labels, progress.seconds)


def set_aside(dataset: Dataset, seed: int) -> Dataset:
    """Replace the data set's test images by some of its training images."""
    count = len(dataset.labels)
    aside = np.zeros(count, bool)
    aside[np.random.default_rng(seed).permutation(count)[: round(SET_ASIDE * count)]] = True
    images, labels = np.asarray(dataset.images), np.asarray(dataset.labels)
    return Dataset(dataset.name, images[~aside], labels[~aside], images[aside], labels[aside])


def in_parallel(tasks: Iterable[tuple[Callable[[Run], Result], Run]], jobs: int) -> Iterator[tuple[Run, Result]]:
    """Carry out runs, `jobs` at a time, each by its function; yield each result when it is there.

    Raises:
        ValueError: a run failed, or its process ended.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy is loaded anew in each process
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_the_command) as pool:
        futures = {pool.submit(carry_out, run): run for carry_out, run in tasks}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BrokenProcessPool:
            raise ValueError(
                "a run's process ended before it was done; with less memory, give a smaller --jobs"
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _end_with_the_command() -> None:
    """Ctrl-C reaches every process; the command speaks for all."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
