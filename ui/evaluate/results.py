"""The results of one network on one data set: the images, and the network's answers to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import streamlit as st
from numpy.typing import NDArray

from model.data import Dataset
from model.inference import evaluation
from model.inference.evaluation import Evaluation
from model.nn.classifier import DigitClassifier
from model.training.checkpoint import Checkpoint
from ui.pickers import datasets

Array = NDArray[Any]

MAX_CACHED = 8  # evaluations, for all visitors together; about half a megabyte for 10,000 images


class EvaluationSet(NamedTuple):
    """The images that a network is evaluated on: the test split, or all where there is none."""

    images: Array  # (n, 784)
    labels: Array  # (n,)
    is_test: bool


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
    samples = evaluation_set(datasets.open_dataset(dataset))
    # All visitors share the cache, and two may have uploaded different files of the same name.
    network = checkpoint.network
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
    return evaluation.evaluate(_network, _samples.images, _samples.labels)
