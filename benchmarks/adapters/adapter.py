"""An adapter trains a workload with one library, the way that library's own examples do, and says how long it took.

All start from equally wide random weights, and see every image once an epoch, in a new order each time.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.workloads import Workload
from model.common.arrays import F32, I64, U8


class Adapter:
    """One library at one workload. Called from another process: see `benchmarks.subprocess_worker`."""

    def prepare(self, workload: Workload, folder: Path) -> None:
        """Make a new network for the workload, and open the images: .npy files of a Dataset's four arrays."""
        raise NotImplementedError

    def use_threads(self, count: int) -> None:
        """Use this many threads from now on; only asked of those whose threads can be set."""
        raise NotImplementedError

    def epoch(self) -> float:
        """Train for an epoch; returns its mean loss."""
        raise NotImplementedError

    def timed_epoch(self) -> tuple[float, float]:
        """Train for an epoch; returns its seconds and its mean loss."""
        began = time.perf_counter()
        loss = self.epoch()
        return time.perf_counter() - began, loss

    def quarters(self) -> Iterator[None]:
        """Train, pausing after about every quarter of an epoch."""
        raise NotImplementedError

    def accuracy(self) -> float:
        """The share of the test images that are read right."""
        raise NotImplementedError

    def curve(self, goal: float, epochs: int) -> list[tuple[float, float]]:
        """Train until the accuracy has reached the goal, for this many epochs at most.

        Returns (seconds of training so far, accuracy) for each quarter of an epoch; looking at the test images is not
        counted.
        """
        points: list[tuple[float, float]] = []
        seconds, quarters = 0.0, self.quarters()
        while len(points) < 4 * epochs and (not points or points[-1][1] < goal):
            began = time.perf_counter()
            next(quarters)
            seconds += time.perf_counter() - began
            points.append((seconds, self.accuracy()))
        return points


class Reader:
    """A trained network that reads one image at a time."""

    images: U8  # (n, 784)

    def prepare(self, weights: Path, folder: Path) -> None:
        """Open a network's file, and the test images."""
        raise NotImplementedError

    def use_threads(self, count: int) -> None:
        raise NotImplementedError

    def probabilities(self, image: U8) -> F32:
        """The probability of each digit, (1, 10), for an image (1, 784) of 0..255."""
        raise NotImplementedError

    def read(self, count: int) -> F32:
        """The probabilities, (count, 10), for the first images, one by one."""
        return np.concatenate([self.probabilities(self.images[i : i + 1]) for i in range(count)])

    def seconds(self, count: int) -> float:
        """The median time that one image takes, of the first this many."""
        times = []
        for i in range(count):
            image = self.images[i : i + 1]
            began = time.perf_counter()
            self.probabilities(image)
            times.append(time.perf_counter() - began)
        return statistics.median(times)


def load_floats(folder: Path, part: str = "") -> tuple[F32, I64]:
    """Images (n, 784) as floats 0..1 and labels (n,); the part is "" to train on, "test_" to test with."""
    images, labels = np.load(folder / f"{part}images.npy"), np.load(folder / f"{part}labels.npy")
    return np.multiply(images, np.float32(1 / 255), dtype=np.float32), labels.astype(np.int64)


def he_weights(workload: Workload) -> list[F32]:
    """Each layer's first weights, (inputs, outputs), of deviation sqrt(2 / inputs) (He et al. 2015)."""
    rng = np.random.default_rng(workload.seed)
    return [
        rng.standard_normal(shape, dtype=np.float32) * np.float32((2 / shape[0]) ** 0.5) for shape in workload.shapes
    ]
