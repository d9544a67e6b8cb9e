"""Early stopping: keep the network that validates best, and stop when it has not become better for some epochs."""

from __future__ import annotations

import math

from model.nn.classifier import DigitClassifier


class EarlyStopping:
    """The best network so far, and when to stop.

    Attributes:
        patience: How many epochs without improvement end the run; 0 turns early stopping off.
        best: A copy of the network at its best.
        best_score: Its validation accuracy, and minus its validation loss, which decides between equal accuracies.
        best_epoch: The epoch after which it was measured.
    """

    def __init__(self, network: DigitClassifier, patience: int) -> None:
        self.patience = patience
        self.best = network.copy()
        self.best_score = (-1.0, -math.inf)
        self.best_epoch = 0

    def update(self, network: DigitClassifier, epoch: int, loss: float, accuracy: float) -> None:
        """Take over the network if it validates better than the best so far."""
        if (accuracy, -loss) > self.best_score:
            self.best.copy_from(network)
            self.best_score, self.best_epoch = (accuracy, -loss), epoch

    def should_stop(self, epoch: int) -> bool:
        """Return whether the network has not become better for too long."""
        return bool(self.patience) and epoch - self.best_epoch >= self.patience

    @property
    def message(self) -> str:
        """Why the run stopped."""
        return (
            f"No better validation accuracy in {self.patience} epochs: stopped, keeping the network of epoch "
            f"{self.best_epoch}."
        )
