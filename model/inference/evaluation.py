"""Evaluation of a classifier on labeled images: accuracy, confusions, and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.common.arrays import F32, F64, I64, U8, Array
from model.inference import metrics
from model.inference.committee import Predictor
from model.nn.calibration import Reliability, reliability


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A classifier's predictions for labeled images, and their scores, each 0..1.

    Precision, recall and F1 are macro averages: computed for each digit that occurs in the labels or the predictions,
    then averaged, each digit counting the same.
    """

    labels: Array  # (n,) the true digits
    probabilities: F32  # (n, 10)
    predictions: I64  # (n,) the predicted digits
    accuracy: float
    precision: float
    recall: float
    f1: float
    confusion: I64  # (10, 10) images of the row's digit that were predicted as the column's
    reliability: Reliability  # confidence compared with accuracy

    @property
    def confidence(self) -> F32:
        """The probability of each predicted digit, (n,)."""
        return self.probabilities[np.arange(len(self.predictions)), self.predictions]

    @property
    def accuracy_by_digit(self) -> F64:
        """The accuracy on each digit's images, (10,); NaN where there are none."""
        return metrics.accuracy_by_digit(self.confusion)

    @property
    def scores_by_digit(self) -> F64:
        """Precision, recall and F1 of each digit, (3, 10); NaN for a digit that does not occur."""
        return metrics.precision_recall_f1(self.confusion)

    def correct(self) -> I64:
        """Return the indices of the correctly classified images, in order."""
        return np.flatnonzero(self.predictions == self.labels)

    def misclassified(self) -> I64:
        """Return the indices of the misclassified images, in order."""
        return np.flatnonzero(self.predictions != self.labels)

    def cell(self, label: int, digit: int) -> I64:
        """Return the indices of the images of `label` that were predicted as `digit`, the most confident first."""
        return self.most_confident_first(np.flatnonzero((self.labels == label) & (self.predictions == digit)))

    def most_confident_first(self, indices: I64) -> I64:
        """Return indices sorted by the predictions' confidence."""
        return indices[np.argsort(-self.confidence[indices], kind="stable")]


def evaluate(network: Predictor, images: U8, labels: Array) -> Evaluation:
    """Classify images (n, 784) and compare the predictions with their labels (n,).

    Raises:
        ValueError: There are no images.
    """
    if not len(labels):
        raise ValueError("there must be labeled images to evaluate on; got none")
    probabilities = network.predict_proba(images)
    predictions = probabilities.argmax(axis=1)
    confusion = metrics.confusion_matrix(np.asarray(labels), predictions)
    precision, recall, f1 = np.nanmean(metrics.precision_recall_f1(confusion), axis=1)
    return Evaluation(
        labels=np.asarray(labels),
        probabilities=probabilities,
        predictions=predictions,
        accuracy=float((predictions == labels).mean()),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1),
        confusion=confusion,
        reliability=reliability(probabilities, labels),
    )
