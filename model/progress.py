"""Progress is what a training says of itself on the way: how far it is, and how well it does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from model.network import CLASSES, Network

Status = Literal["running", "finished", "stopped early", "diverged"]


@dataclass(frozen=True)
class Progress:
    """A training's state after some step.

    `loss` and `accuracy` are means over the batches since the last report, `epoch_loss` and `epoch_accuracy` over
    the epoch so far; each batch is measured before its own update, with dropout and augmentation at work. The
    validation's are measured at the end of an epoch, without them.
    """

    network: Network  # the one that learns: copy its parameters to keep them as they are now
    epochs: int  # in all
    epoch: int = 0  # that the last step belonged to, counted from 1
    step: int = 0  # how many were made
    fraction: float = 0.0  # of the whole training
    loss: float = math.nan
    accuracy: float = math.nan
    epoch_loss: float = math.nan
    epoch_accuracy: float = math.nan
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    learning_rate: float = math.nan
    images_per_second: float = 0.0
    seconds: float = 0.0  # spent on training, not on waiting for the reader of this
    epoch_ended: bool = False
    status: Status = "running"
    message: str = ""

    @property
    def seconds_left(self) -> float:
        """What remains at the pace so far; NaN before the first step."""
        return self.seconds * (1 - self.fraction) / self.fraction if self.fraction else math.nan

    @property
    def cost_per_output(self) -> float:
        """`epoch_loss` averaged over each image's ten outputs, as some publish it: ln(10) / 10 for a blind guess."""
        return self.epoch_loss / CLASSES


class Tally:
    """The mean loss and the share of right answers over some batches."""

    def __init__(self) -> None:
        self.images = self.right = 0
        self.loss = 0.0

    def add(self, loss: float, right: int, images: int) -> None:
        self.loss += loss * images
        self.right += right
        self.images += images

    def means(self) -> tuple[float, float]:
        """Loss and accuracy; NaN of nothing."""
        return (self.loss / self.images, self.right / self.images) if self.images else (math.nan, math.nan)
