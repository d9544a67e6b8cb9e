"""Batches are the portions in which a network is shown its images: each epoch all of them, in a new random order.

Images are picked and converted for several small batches at a time, because each call costs as much as the work it
does for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.common.constants import CLASSES
from model.ink.sampler import InkSampler
from model.nn.losses import target_probabilities
from model.nn.mlp import as_inputs
from model.training import augmentation

Array = NDArray[Any]

AHEAD = 1024  # images made ready at a time, if batches are smaller
DISTORTED = 0.85, 0.7  # shares of the given images, and of those drawn anew, where there are both


class Batch(NamedTuple):
    images: Array  # (n, 784), floats 0..1
    labels: Array  # (n,)
    targets: Array  # (n, classes), what the network should answer


class Batches:
    """The images that are learned from: `rows` of the images (count, 784) and labels (count,), and handwriting if any.

    Labels are one of `classes`. `smoothing` and `augmentation` are TrainingConfig's, and may be changed between two
    batches.
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
        classes: int = CLASSES,
        handwriting: InkSampler | None = None,
        drawing_rng: np.random.Generator | None = None,
    ) -> None:
        # Plain views: picking rows from a memory-mapped array costs more than a small network's whole step.
        self._images, self._labels = np.asarray(images), np.asarray(labels)
        self._classes, self._handwriting, self._drawing_rng = classes, handwriting, drawing_rng
        if handwriting:  # what is drawn for an epoch takes its place behind the others
            room = np.zeros((len(handwriting), images.shape[1]), np.uint8)
            self._images = np.concatenate((self._images[rows], room))
            self._labels = np.concatenate((self._labels[rows], room[:, 0]))
            rows = np.arange(len(self._labels))
        self.rows = rows
        self._order_rng, self._augment_rng = order_rng, augment_rng
        self._order = rows
        self.position = len(rows)  # in this epoch's order
        self._pixels: Array = np.empty((0, images.shape[1]), images.dtype)
        self._inputs: Array = np.empty((0, images.shape[1]), np.float32)
        self._before: dict[str, Any] = {}  # the generators' states from which this epoch, and what is ready, were made
        self.change(smoothing, augmentation)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def left(self) -> int:
        """How many images this epoch still has."""
        return len(self.rows) - self.position

    @property
    def _generators(self) -> dict[str, np.random.Generator]:
        generators = {"order": self._order_rng, "augmentation": self._augment_rng}
        return generators | ({"drawing": self._drawing_rng} if self._drawing_rng else {})

    def state(self) -> dict[str, Any]:
        """All that the coming batches hang on, as plain values; see `restore`.

        In the middle of an epoch the sources of random numbers are told as they were before it, or before the images
        that are ready were made: from there, the same are made again.
        """
        states = {name: rng.bit_generator.state for name, rng in self._generators.items()}
        ready = len(self._ready.labels) if self.left else 0
        if self.left:
            states |= {name: state for name, state in self._before.items() if name != "augmentation" or ready}
        return {"generators": states, "position": self.position, "ready": ready, "ready_from": self._ready_from}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Be where batches of the same images were."""
        for name, rng in self._generators.items():
            rng.bit_generator.state = state["generators"][name]
        if state["position"] < len(self):
            self.shuffle()
            if state["ready"]:
                self.position = state["ready_from"]
                self._prepare(state["ready"])
            self.position = state["position"]
            if not state["ready"]:
                self._ready_from = self.position

    def change(self, smoothing: float, augmentation: str) -> None:
        """Make the next batch in another way."""
        self.smoothing, self.augmentation = smoothing, augmentation
        self._ready, self._ready_from = Batch(self._inputs[:0], self._labels[:0], self._inputs[:0]), self.position

    def shuffle(self) -> None:
        """Begin an epoch: all images, in a new random order."""
        self._before = {name: rng.bit_generator.state for name, rng in self._generators.items()}
        if self._handwriting and self._drawing_rng:
            drawn = slice(len(self.rows) - len(self._handwriting), None)
            self._images[drawn], self._labels[drawn] = self._handwriting.draw(self._drawing_rng)
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
        self._before["augmentation"] = self._augment_rng.bit_generator.state
        rows = self._order[self.position : self.position + count]
        if len(rows) > len(self._pixels):
            self._pixels, self._inputs = (np.empty((count, a.shape[1]), a.dtype) for a in (self._pixels, self._inputs))
        labels = self._labels.take(rows)
        # Indexes out of range can't occur; "clip" spares the buffer that NumPy would need to raise an error for them.
        pixels = self._images.take(rows, axis=0, out=self._pixels[: len(rows)], mode="clip")
        inputs = self._inputs[: len(rows)]
        elastic = self.augmentation == "elastic"
        if self.augmentation == "none":
            as_inputs(pixels, out=inputs)
        elif not self._handwriting:
            augmentation.distort(pixels, self._augment_rng, elastic=elastic, out=inputs)
        else:  # if all of one kind were distorted, a soft edge would tell the kinds apart
            given = rows < len(self.rows) - len(self._handwriting)
            bent = self._augment_rng.random(len(rows)) < np.where(given, *DISTORTED)
            as_inputs(pixels, out=inputs)
            inputs[bent] = augmentation.distort(pixels[bent], self._augment_rng, elastic=elastic)
        self._ready, self._ready_from = (
            Batch(inputs, labels, target_probabilities(labels, self._classes, self.smoothing)),
            self.position,
        )
