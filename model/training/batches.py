"""The batches of images to learn from: in each epoch all images, in a new random order.

Images are picked and converted for several small batches at a time, because each call costs as much as the work it
does for one batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from model.common.arrays import F32, U8, Array
from model.common.constants import CLASSES
from model.config import TrainingConfig
from model.data import Dataset
from model.ink.sampler import DEFAULT_MIXTURE, InkMixture, InkSampler
from model.nn.distillation import SoftTargets
from model.nn.losses import target_probabilities
from model.nn.mlp import as_inputs
from model.training.ancestors import Teacher
from model.training.augmentation import DEFAULT_STRENGTH, distort
from model.training.random_streams import RandomStreams
from model.training.split import TrainingSplit

PREFETCH_SIZE = 1024  # images prepared at a time, if batches are smaller
DISTORTED_SHARES = 0.85, 0.7  # of the data set's images, and of those drawn anew, where there are both


class Batch(NamedTuple):
    """Some images to learn from."""

    images: F32  # (n, 784), 0..1
    labels: U8  # (n,)
    targets: F32  # (n, classes), the probabilities that the network should give
    soft: SoftTargets | None = None  # what the teacher says of the images, if there is one


class Batches:
    """The images to learn from, batch by batch: `shuffle` starts an epoch, `take` returns its next batch.

    Attributes:
        rows: The images to learn from, by their indices.
        position: How many images of the epoch have been taken.
        smoothing: TrainingConfig's label_smoothing; see `change`.
        augmentation: TrainingConfig's augmentation; see `change`.
        strength: How strong augmentation is; see `change`.
    """

    def __init__(
        self,
        images: U8,
        labels: U8,
        rows: Array,
        *,
        order_rng: np.random.Generator,
        augment_rng: np.random.Generator,
        smoothing: float,
        augmentation: str,
        strength: float = 1.0,
        classes: int = CLASSES,
        ink_sampler: InkSampler | None = None,
        drawing_rng: np.random.Generator | None = None,
        prefetch_size: int = PREFETCH_SIZE,
        distorted_shares: tuple[float, float] = DISTORTED_SHARES,
        teacher: Teacher | None = None,
    ) -> None:
        """Batches of some rows of a data set, and of drawings rendered anew for each epoch.

        Args:
            images: (count, 784), all images of the data set.
            labels: (count,), each below `classes`.
            rows: (n,), which of them to learn from.
            order_rng: The source of random numbers for the order.
            augment_rng: That for augmentation.
            smoothing: The label smoothing.
            augmentation: The kind of augmentation.
            strength: TrainingConfig's augmentation_strength.
            classes: The number of classes.
            ink_sampler: The source of drawings, if there are any.
            drawing_rng: Their source of random numbers.
            prefetch_size: How many images to prepare at a time, if batches are smaller.
            distorted_shares: The shares of the data set's images, and of the drawings, that are augmented where there
                are both.
            teacher: What answers the same images, if there is one.
        """
        # Plain views: picking rows from a memory-mapped array costs more than a small network's whole step.
        self._images, self._labels = np.asarray(images), np.asarray(labels)
        self._classes, self._ink_sampler, self._drawing_rng = classes, ink_sampler, drawing_rng
        self._prefetch_size, self._distorted_shares, self._teacher = prefetch_size, distorted_shares, teacher
        if ink_sampler:  # the drawings of an epoch stand behind the data set's images
            room = np.zeros((len(ink_sampler), images.shape[1]), np.uint8)
            self._images = np.concatenate((self._images[rows], room))
            self._labels = np.concatenate((self._labels[rows], room[:, 0]))
            rows = np.arange(len(self._labels))
        self.rows = rows
        self._order_rng, self._augment_rng = order_rng, augment_rng
        self._order = rows  # of this epoch
        self.position = len(rows)
        self._pixels: Array = np.empty((0, images.shape[1]), images.dtype)
        self._inputs: Array = np.empty((0, images.shape[1]), np.float32)
        # The generators' states from which the order, the drawings and the prepared images were made.
        self._before: dict[str, Any] = {}
        self.change(smoothing, augmentation, strength)

    @classmethod
    def of(
        cls,
        config: TrainingConfig,
        data: Dataset,
        split: TrainingSplit,
        streams: RandomStreams,
        mixture: InkMixture = DEFAULT_MIXTURE,
        *,
        prefetch_size: int = PREFETCH_SIZE,
        teacher: Teacher | None = None,
    ) -> Batches:
        """Return the batches of a run.

        Raises:
            ValueError: The config asks for drawings, and there are none.
        """
        sampler = None
        if config.ink or split.train_drawings or config.background:
            sampler = InkSampler(
                split.train_drawings,
                len(split.train_rows),
                streams.drawing,
                with_non_digits=config.background,
                mixture=mixture,
            )
        return cls(
            data.images,
            data.labels,
            split.train_rows,
            order_rng=streams.order,
            augment_rng=streams.augmentation,
            smoothing=config.label_smoothing,
            augmentation=config.augmentation,
            strength=config.augmentation_strength,
            classes=config.sizes[-1],
            ink_sampler=sampler,
            drawing_rng=streams.drawing if sampler else None,
            prefetch_size=prefetch_size,
            teacher=teacher,
        )

    def __len__(self) -> int:
        """Return the number of images of an epoch."""
        return len(self.rows)

    @property
    def left(self) -> int:
        """The number of images that are left of the epoch."""
        return len(self.rows) - self.position

    @property
    def _generators(self) -> dict[str, np.random.Generator]:
        generators = {"order": self._order_rng, "augmentation": self._augment_rng}
        return generators | ({"drawing": self._drawing_rng} if self._drawing_rng else {})

    def state(self) -> dict[str, Any]:
        """Return all that the coming batches depend on, as plain values; see `restore`.

        In the middle of an epoch, the random generators' states are those before the epoch, or before the prepared
        images were made: `restore` makes the same ones again.
        """
        states = {name: rng.bit_generator.state for name, rng in self._generators.items()}
        ready = len(self._ready.labels) if self.left else 0
        if self.left:
            states |= {name: state for name, state in self._before.items() if name != "augmentation" or ready}
        return {"generators": states, "position": self.position, "ready": ready, "ready_from": self._ready_from}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from the state of batches of the same images."""
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

    def change(self, smoothing: float, augmentation: str, strength: float = 1.0) -> None:
        """Use another label smoothing and augmentation from the next batch on."""
        self.smoothing, self.augmentation, self.strength = smoothing, augmentation, strength
        self._ready, self._ready_from = Batch(self._inputs[:0], self._labels[:0], self._inputs[:0]), self.position

    def shuffle(self) -> None:
        """Start an epoch: all images, in a new random order."""
        self._before = {name: rng.bit_generator.state for name, rng in self._generators.items()}
        if self._ink_sampler and self._drawing_rng:
            drawn = slice(len(self.rows) - len(self._ink_sampler), None)
            self._images[drawn], self._labels[drawn] = self._ink_sampler.draw(self._drawing_rng)
        self._order = self.rows[self._order_rng.permutation(len(self.rows))]
        self.position = 0
        self.change(self.smoothing, self.augmentation, self.strength)

    def take(self, count: int) -> Batch:
        """Return the next `count` images, fewer at the end of the epoch. The next call may overwrite them."""
        count = min(count, self.left)
        if self.position + count > self._ready_from + len(self._ready.labels):
            self._prepare(count * max(1, self._prefetch_size // count))
        if self._teacher and not self._ready.soft:  # not before: on the threads that the run has now
            self._ready = self._ready._replace(soft=self._teacher.soft_targets(self._ready.images))
        taken = slice(self.position - self._ready_from, self.position - self._ready_from + count)
        self.position += count
        images, labels, targets, soft = self._ready
        return Batch(images[taken], labels[taken], targets[taken], soft and soft.rows(taken))

    def sample(self, count: int, rng: np.random.Generator) -> F32:
        """Return at most `count` of the epoch's images, as `take` would; the coming batches stay the same."""
        rows = rng.permutation(self.rows)[:count]
        inputs = np.empty((len(rows), self._images.shape[1]), np.float32)
        self._convert(rows, self._images[rows], inputs, rng)
        return inputs

    def _prepare(self, count: int) -> None:
        self._before["augmentation"] = self._augment_rng.bit_generator.state
        rows = self._order[self.position : self.position + count]
        if len(rows) > len(self._pixels):
            self._pixels, self._inputs = (np.empty((count, a.shape[1]), a.dtype) for a in (self._pixels, self._inputs))
        labels = self._labels.take(rows)
        # Indices out of range can't occur; "clip" spares the buffer that NumPy would need to raise an error for them.
        pixels = self._images.take(rows, axis=0, out=self._pixels[: len(rows)], mode="clip")
        inputs = self._inputs[: len(rows)]
        self._convert(rows, pixels, inputs, self._augment_rng)
        self._ready = Batch(inputs, labels, target_probabilities(labels, self._classes, self.smoothing))
        self._ready_from = self.position

    def _convert(self, rows: Array, pixels: U8, inputs: F32, rng: np.random.Generator) -> None:
        """Write images (n, 784) as the network takes them, augmented."""
        elastic, strength = self.augmentation == "elastic", DEFAULT_STRENGTH.times(self.strength)
        if self.augmentation == "none":
            as_inputs(pixels, out=inputs)
        elif not self._ink_sampler:
            distort(pixels, rng, elastic=elastic, strength=strength, out=inputs)
        else:  # if all of one kind were distorted, a soft edge would tell the kinds apart
            given = rows < len(self.rows) - len(self._ink_sampler)
            bent = rng.random(len(rows)) < np.where(given, *self._distorted_shares)
            as_inputs(pixels, out=inputs)
            inputs[bent] = distort(pixels[bent], rng, elastic=elastic, strength=strength)
