"""The images that a run does not learn from: how well a network reads them, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from model.common.arrays import F64, U8
from model.common.constants import CLASSES
from model.nn.calibration import fit_reject_bias, fit_temperature
from model.nn.classifier import DigitClassifier
from model.nn.losses import cross_entropy


@dataclass(frozen=True)
class ValidationSplit:
    """The images set aside; there may be none."""

    images: U8  # (m, 784), of the data set and then of the drawings
    labels: U8  # (m,)
    weights: F64 | None  # (m,), how much each counts in calibration; None if all count the same

    def __len__(self) -> int:
        """How many images there are."""
        return len(self.labels)

    def measure(self, network: DigitClassifier) -> tuple[float, float]:
        """Return a network's loss and accuracy, and calibrate its confidence."""
        logits = network.mlp.logits(self.images)
        if network.has_reject_class:
            network.reject_bias = fit_reject_bias(logits, weights=self.weights)
        logits = logits[:, :CLASSES]
        network.temperature = fit_temperature(logits, self.labels, self.weights)
        return cross_entropy(logits, self.labels), float((logits.argmax(axis=1) == self.labels).mean())
