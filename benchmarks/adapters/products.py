"""The bare matrix products of a training: what would remain of it if all else took no time.

A step has three for each layer, but two for the first: nothing asks for the gradient of the images.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.adapters import adapter
from benchmarks.workloads import Workload
from model.common.arrays import F32, Array

Product = tuple[Array, Array, Array]  # two factors, and where their product goes


def products(workload: Workload, rows: int) -> list[Product]:
    """The factors (and places for the results) of a step on this many rows, in the order of a real step.

    With x (rows, inputs) a layer's inputs, W its weights and D the gradient by its sums (rows, outputs): forward
    x W, then back through the layers x^T D and, for all but the first, D W^T.
    """
    rng = np.random.default_rng(workload.seed)

    def random(*shape: int) -> F32:
        return rng.standard_normal(shape, dtype=np.float32)

    def empty(*shape: int) -> F32:
        return np.empty(shape, np.float32)

    forward: list[Product] = []
    backward: list[Product] = []
    for index, (inputs, outputs) in enumerate(workload.shapes):
        x, weights, delta = random(rows, inputs), random(inputs, outputs), random(rows, outputs)
        forward.append((x, weights, empty(rows, outputs)))
        back: list[Product] = [(x.T, delta, empty(inputs, outputs))]
        if index:
            back.append((delta, weights.T, empty(rows, inputs)))
        backward = back + backward
    return forward + backward


class Products(adapter.Adapter):
    """The floor. It learns nothing."""

    def prepare(self, workload: Workload, folder: Path) -> None:
        count = len(np.load(folder / "labels.npy", mmap_mode="r"))
        self.full, rest = divmod(count, workload.batch_size)
        self.step = products(workload, workload.batch_size)
        self.last_step = products(workload, rest) if rest else []

    def use_threads(self, count: int) -> None:
        threadpool_limits(limits=count, user_api="blas")

    def epoch(self) -> float:
        for _ in range(self.full):
            for left, right, out in self.step:
                np.matmul(left, right, out=out)
        for left, right, out in self.last_step:
            np.matmul(left, right, out=out)
        return math.nan
