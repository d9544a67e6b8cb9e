"""Batches are the portions in which a network is shown its images: each epoch all of them, in a new random order.

Images are picked and converted for several small batches at a time, because each call costs as much as the work it
does for one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model import augment
from model.network import as_inputs, targets

Array = NDArray[Any]

AHEAD = 1024  # images made ready at a time, if batches are smaller


class Batch(NamedTuple):
    images: Array  # (n, 784), floats 0..1
    labels: Array  # (n,)
    targets: Array  # (n, classes), what the network should answer


class Batches:
    """The images that are learned from, `rows` of the images (count, 784) and labels (count,).

    `smoothing` and `augmentation` are TrainingConfig's, and may be changed between two batches.
    """

    def __init__(
        self,
        images: Array,
        labels: Array,
        rows: Array,
        *,
        order_rng: np.random.Generator,
        augment_rng: np.random.Generator,
        smoothing: float,
        augmentation: str,
    ) -> None:
        # Plain views: picking rows from a memory-mapped array costs more than a small network's whole step.
        self._images, self._labels = np.asarray(images), np.asarray(labels)
        self.rows = rows
        self._order_rng, self._augment_rng = order_rng, augment_rng
        self._order = rows
        self.position = len(rows)  # in this epoch's order
        self._pixels: Array = np.empty((0, images.shape[1]), images.dtype)
        self._inputs: Array = np.empty((0, images.shape[1]), np.float32)
        self.change(smoothing, augmentation)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def left(self) -> int:
        """How many images this epoch still has."""
        return len(self.rows) - self.position

    def change(self, smoothing: float, augmentation: str) -> None:
        """Make the next batch in another way."""
        self.smoothing, self.augmentation = smoothing, augmentation
        self._ready, self._ready_from = Batch(self._inputs[:0], self._labels[:0], self._inputs[:0]), self.position

    def shuffle(self) -> None:
        """Begin an epoch: all images, in a new random order."""
        self._order = self.rows[self._order_rng.permutation(len(self.rows))]
        self.position = 0
        self.change(self.smoothing, self.augmentation)

    def take(self, count: int) -> Batch:
        """The next `count` images, fewer at the end of the epoch. They stay as they are until the next batch."""
        count = min(count, self.left)
        if self.position + count > self._ready_from + len(self._ready.labels):
            self._prepare(count * max(1, AHEAD // count))
        taken = slice(self.position - self._ready_from, self.position - self._ready_from + count)
        self.position += count
        return Batch(self._ready.images[taken], self._ready.labels[taken], self._ready.targets[taken])

    def _prepare(self, count: int) -> None:
        rows = self._order[self.position : self.position + count]
        if len(rows) > len(self._pixels):
            self._pixels, self._inputs = (np.empty((count, a.shape[1]), a.dtype) for a in (self._pixels, self._inputs))
        labels = self._labels.take(rows)
        # Indexes out of range can't occur; "clip" spares the buffer that NumPy would need to raise an error for them.
        pixels = self._images.take(rows, axis=0, out=self._pixels[: len(rows)], mode="clip")
        inputs = self._inputs[: len(rows)]
        if self.augmentation == "none":
            as_inputs(pixels, out=inputs)
        else:
            augment.distort(pixels, self._augment_rng, elastic=self.augmentation == "elastic", out=inputs)
        self._ready, self._ready_from = Batch(inputs, labels, targets(labels, self.smoothing)), self.position
