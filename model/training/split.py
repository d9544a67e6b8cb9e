"""The images of a run: those to learn from, and those to validate on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.common.arrays import F64, I64, U8
from model.config import TrainingConfig
from model.data import Dataset, split
from model.ink import Drawing
from model.ink.miscut import is_miscut
from model.ink.sampler import render_all, split_by_writer
from model.nn.calibration import MIN_SAMPLES
from model.training.random_streams import RandomStreams
from model.training.validation import ValidationSplit

SAMPLE_SIZE = 1000  # images of the validation split on which diagnostics are taken


@dataclass(frozen=True)
class TrainingSplit:
    """A data set and drawings, divided for a run."""

    train_rows: I64  # (n,), of the data set's images
    train_drawings: list[Drawing]
    validation: ValidationSplit
    sample_images: U8  # (k, 784), those on which diagnostics are taken: see sample_rows
    sample_labels: U8  # (k,)


def make_split(
    config: TrainingConfig, data: Dataset, drawings: Sequence[Drawing], streams: RandomStreams
) -> TrainingSplit:
    """Set aside the validation split: of the data set's images, and the same share of the drawings' writers.

    Digits that were cut out wrongly are left out of both.

    Raises:
        ValueError: It leaves no images to learn from.
    """
    train_rows, validation_rows = split(data, config.validation_size, config.training_size, streams.split)
    share = len(validation_rows) / (len(train_rows) + len(validation_rows))
    drawings = [drawing for drawing in drawings if not is_miscut(drawing)]
    train_drawings, validation_drawings = split_by_writer(drawings, share, streams.drawing)
    drawn_images, drawn_labels = render_all(validation_drawings)
    images, labels = np.asarray(data.images), np.asarray(data.labels)
    sample = _sample(train_rows, validation_rows)
    return TrainingSplit(
        train_rows,
        train_drawings,
        ValidationSplit(
            np.concatenate((images[validation_rows], drawn_images)),
            np.concatenate((labels[validation_rows], drawn_labels)),
            calibration_weights(len(validation_rows), len(drawn_labels)),
        ),
        images[sample],
        labels[sample],
    )


def check_fit(config: TrainingConfig, num_images: int, num_validation: int) -> None:
    """Make sure that batches and early stopping fit the images to learn from and to validate on.

    Raises:
        ValueError: They do not.
    """
    if config.batch_size > num_images:
        raise ValueError(
            f"batch_size must be at most {num_images:,}, the images left to learn from; got {config.batch_size:,} "
            f"(0 takes all of them at once)"
        )
    if config.early_stopping and not num_validation:
        raise ValueError(
            "early_stopping needs a validation split to compare by; got validation_size 0 (0.1 sets a tenth aside)"
        )


def calibration_weights(images: int, drawings: int) -> F64 | None:
    """Let the data set's images and the drawings count alike, however many there are of each: (images + drawings,).

    A network is sure of images like those that it learned from by the ten thousand, and less sure of strangers' ink.
    Fitted mostly on images, the temperature was 0.83 times the one that fits ink of collections left out; fitted like
    this, 0.94 to 0.97 times (three networks). With fewer than 100 of one kind all count the same.
    """
    if min(images, drawings) < MIN_SAMPLES:
        return None
    return np.repeat((1 / images, 1 / drawings), (images, drawings))


def sample_rows(config: TrainingConfig, data: Dataset) -> I64:
    """Return which images of a data set (m,) a run takes its diagnostics on.

    They are the first of the validation split, or else of the images to learn from.
    """
    streams = RandomStreams.of(config.seed)
    return _sample(*split(data, config.validation_size, config.training_size, streams.split))


def _sample(train_rows: I64, validation_rows: I64) -> I64:
    return (validation_rows if len(validation_rows) else train_rows)[:SAMPLE_SIZE]
