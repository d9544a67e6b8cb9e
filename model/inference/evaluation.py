"""Evaluation holds a network's answers against the truth: how many are right, and which digits it confuses.

It also holds their certainty against it: an answer given with 80 % should be right in 80 of 100 cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from model.common.constants import CLASSES
from model.nn.calibration import Reliability, reliability
from model.nn.classifier import DigitClassifier

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A network's answers for labelled images, and their scores, each 0..1.

    Precision, recall and F1 are macro averages: computed for each digit that occurs in the labels or the answers,
    then averaged, each digit counting alike.
    """

    labels: Array  # (n,) what the images show
    probabilities: Array  # (n, 10)
    digits: Array  # (n,) the answers
    accuracy: float
    precision: float
    recall: float
    f1: float
    confusion: Array  # (10, 10) images of the row's digit that were read as the column's
    reliability: Reliability  # the certainty of the answers beside the share of them that is right

    @property
    def confidence(self) -> Array:
        """The probability that each answer was given, (n,)."""
        return self.probabilities[np.arange(len(self.digits)), self.digits]

    @property
    def accuracy_by_digit(self) -> Array:
        """The share read right of each digit's images, (10,); NaN where there are none."""
        totals = self.confusion.sum(axis=1)
        return np.divide(self.confusion.diagonal(), totals, out=np.full(CLASSES, np.nan), where=totals > 0)

    def right(self) -> Array:
        """The places of the images that were read right, in their order."""
        return np.flatnonzero(self.digits == self.labels)

    def mistakes(self) -> Array:
        """The places of the images that were read wrong, in their order."""
        return np.flatnonzero(self.digits != self.labels)

    def cell(self, label: int, digit: int) -> Array:
        """The places of the images of `label` that were read as `digit`, the most confident first."""
        places = np.flatnonzero((self.labels == label) & (self.digits == digit))
        return self.most_confident_first(places)

    def most_confident_first(self, places: Array) -> Array:
        return places[np.argsort(-self.confidence[places], kind="stable")]


def evaluate(network: DigitClassifier, images: Array, labels: Array) -> Evaluation:
    """Read images (n, 784) and compare with their labels (n,).

    Raises:
        ValueError: there are no images.
    """
    if not len(labels):
        raise ValueError("there must be labelled images to evaluate on; got none")
    probabilities = network.predict_proba(images)
    digits = probabilities.argmax(axis=1)
    precision, recall, f1, _ = precision_recall_fscore_support(labels, digits, average="macro", zero_division=0)
    return Evaluation(
        labels=np.asarray(labels),
        probabilities=probabilities,
        digits=digits,
        accuracy=float(accuracy_score(labels, digits)),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1),
        confusion=confusion_matrix(labels, digits, labels=range(CLASSES)),
        reliability=reliability(probabilities, labels),
    )
