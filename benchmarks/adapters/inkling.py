"""Inkling trains through the very generator that its pages and its command line use."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np

from benchmarks.adapters import adapter
from benchmarks.workloads import MOMENTUM, Workload
from model import data
from model.common.arrays import F32, U8
from model.config import TrainingConfig
from model.training import Change, augmentation, checkpoint, train
from model.training.history import Progress

Run = Generator[Progress, Change | None, None]

EPOCHS = 50  # the most that a training has here; with more of them, it would report less often than usual
BATCH, BATCHES = 128, 50  # of images distorted for one time


class Inkling(adapter.Adapter):
    """It decides itself how many threads it takes."""

    run: Run | None = None

    def prepare(self, workload: Workload, folder: Path) -> None:
        self.data = data.open_folder(folder)
        self.config = TrainingConfig(
            validation_size=0,
            hidden_sizes=workload.hidden_sizes,
            batch_size=workload.batch_size,
            optimizer=workload.optimizer,
            learning_rate=workload.learning_rate,
            momentum=MOMENTUM,
            epochs=EPOCHS,
            seed=workload.seed,
        )
        self._start()

    def _start(self, report_every: int | None = None) -> Run:
        if self.run:
            self.run.close()  # first, because its end gives back the threads as they were before it
        self.run = train(self.config, self.data, report_every=report_every)
        self.progress = next(self.run)  # comes before the first step
        return self.run

    def epoch(self) -> float:
        assert self.run
        self.progress = next(self.run)
        while not self.progress.epoch_ended:
            self.progress = next(self.run)
        return self.progress.epoch_loss

    @property
    def steps(self) -> int:
        """How many steps make an epoch."""
        return math.ceil(len(self.data.labels) / self.config.batch_size)

    def step_seconds(self) -> float:
        """The mean time of an epoch's steps."""
        return self.timed_epoch()[0] / self.steps

    def quarters(self) -> Iterator[None]:
        for progress in self._start(report_every=max(1, self.steps // 4)):
            self.progress = progress
            yield

    def accuracy(self) -> float:
        return self.progress.network.accuracy(self.data.test_images, self.data.test_labels)

    def distort_seconds(self, elastic: bool) -> float:
        """The median time that augmentation takes for a batch of 128."""
        rng, times = np.random.default_rng(0), []
        for _ in range(BATCHES):
            images = np.asarray(self.data.images)[rng.integers(len(self.data.images), size=BATCH)]
            began = time.perf_counter()
            augmentation.distort(images, rng, elastic=elastic)
            times.append(time.perf_counter() - began)
        return statistics.median(times)


class Reader(adapter.Reader):
    """As the Draw page reads."""

    def prepare(self, weights: Path, folder: Path) -> None:
        self.network = checkpoint.load(weights).network
        self.images = np.load(folder / "test_images.npy")

    def probabilities(self, image: U8) -> F32:
        return self.network.predict_proba(image)
