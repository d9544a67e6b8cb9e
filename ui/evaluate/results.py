"""The results of one network on one data set: the images, and the network's answers to them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model.data import Dataset
from model.inference import evaluation
from model.inference.evaluation import Evaluation
from model.nn.classifier import DigitClassifier
from model.training.checkpoint import Checkpoint
from ui.pickers import datasets

Array = NDArray[Any]

MIN_IMAGES = 10_000  # that any network is evaluated on, where there are as many: MNIST's test split is
MAX_IMAGES = 100_000
MAX_MULTIPLY_ADDS = 1e11  # some seconds of a core
MAX_CACHED = 8  # evaluations, for all visitors together; about half a megabyte for 10,000 images


_turn = threading.Lock()


class EvaluationSet(NamedTuple):
    """The images that a network is evaluated on: the test split, or all where there is none, or a sample of these."""

    images: Array  # (total, 784), those of the whole set
    labels: Array  # (n,)
    is_test: bool
    rows: Array | None = None  # (n,) which images a sample has; None: it has all

    @property
    def total(self) -> int:
        """The number of images of the whole set."""
        return len(self.images)

    def image(self, index: int) -> Array:
        """The image (784,) that has the label at this index."""
        image: Array = self.images[index if self.rows is None else self.rows[index]]
        return image

    def number_of(self, index: int) -> int:
        """The number under which a page shows an image: counted from 1 in the whole set, as on Train."""
        return int(index if self.rows is None else self.rows[index]) + 1

    def nearest(self, number: int) -> int:
        """The index of the image with this number, or of the next one that is in the sample."""
        return number - 1 if self.rows is None else int(np.searchsorted(self.rows, number - 1))

    def sample_for(self, network: DigitClassifier) -> EvaluationSet:
        """As many of the images, spread evenly, as the network classifies in some seconds."""
        count = min(MAX_IMAGES, max(MIN_IMAGES, int(MAX_MULTIPLY_ADDS / network.mlp.num_weights)))
        if count >= len(self.labels):
            return self
        rows = evenly(len(self.labels), count)
        return self._replace(labels=np.asarray(self.labels[rows]), rows=rows)


def evenly(total: int, count: int) -> Array:
    """`count` indices of `total`, or all of them, spread evenly."""
    return np.linspace(0, total - 1, min(total, count)).round().astype(np.intp)


@dataclass(frozen=True, eq=False)
class Results:
    """What the Evaluate page shows."""

    checkpoint: Checkpoint
    dataset: str  # its name in the menu
    samples: EvaluationSet
    evaluation: Evaluation

    @property
    def count(self) -> int:
        """The number of images."""
        return len(self.samples.labels)


def evaluate(checkpoint: Checkpoint, dataset: str) -> Results:
    """Evaluate a network on the data set with this name in the menu; cached."""
    network = checkpoint.network
    samples = evaluation_set(datasets.open_dataset(dataset)).sample_for(network)
    # All visitors share the cache, and two may have uploaded different files of the same name.
    evaluation = _evaluate(f"{network} {network.checksum()}", datasets.identity(dataset), network, samples)
    return Results(checkpoint, dataset, samples, evaluation)


def evaluation_set(dataset: Dataset) -> EvaluationSet:
    """The images of a data set to evaluate on."""
    if len(dataset.test_labels):
        return EvaluationSet(dataset.test_images, dataset.test_labels, True)
    return EvaluationSet(dataset.images, dataset.labels, False)


# Streamlit leaves arguments whose names start with an underscore out of the cache's key.
@st.cache_resource(max_entries=MAX_CACHED, show_spinner="Classifying the images ...")
def _evaluate(identity: str, data: str, _network: DigitClassifier, _samples: EvaluationSet) -> Evaluation:
    with _turn:  # one at a time in the whole app: the pages of others need a core, too
        images = _samples.images if _samples.rows is None else _samples.images[_samples.rows]
        return evaluation.evaluate(_network, images, _samples.labels)
