"""The rules of a diagnosis: those that look at a run's steps, and those that look at its result.

Each has two thresholds: one to find something, and a laxer one by which it is still found the next time. So a page
that asks again and again does not waver between two findings.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from itertools import pairwise

import numpy as np

from model.common.constants import CLASSES
from model.common.formatting import format_share
from model.training.evidence import Evidence, relative_fall, standard_error
from model.training.finding import Finding, Kind

CHANCE_LOSS = math.log(CLASSES)  # of a blind guess
FEW_IMAGES = 50  # of which all may be right by chance
FEW_UNITS = 16  # in a layer: fewer are named as what holds a network back


class Rules:
    """Rules over the evidence of one run. Each returns its finding if it applies."""

    def __init__(self, evidence: Evidence, before: Collection[Finding]) -> None:
        self._evidence, self._config = evidence, evidence.config
        self._before = {kind for finding in before for kind in (finding.kind, finding.cause)}
        self._loss, self._accuracy = evidence.training[-1] if evidence.training else (math.nan, math.nan)
        self._validation = evidence.validation[-1][1] if evidence.validation else math.nan

    def _bound(self, kind: Kind, found: float, still_found: float) -> float:
        """The threshold that holds now."""
        return still_found if kind in self._before else found

    def _is_level_and_low(self, kind: Kind) -> bool:
        """Whether the training loss hardly falls any more and neither accuracy is high."""
        last = self._evidence.last_epochs(3, 4)
        losses = [loss for loss, _ in self._evidence.training[-last:]]
        best = max(self._accuracy, 0.0 if math.isnan(self._validation) else self._validation)
        high, fall = self._bound(kind, 0.9, 0.92), self._bound(kind, 0.06, 0.12)
        return len(losses) == last and best < high and relative_fall(losses) < fall

    def _few_units(self, layer: int) -> str:
        units = self._config.hidden_sizes[layer]
        return f"Layer {layer + 1} has only {units} unit{'s' if units > 1 else ''}"


class StepRules(Rules):
    """What is wrong with the steps."""

    def guessing(self) -> Finding | None:
        """Not significantly better than chance."""
        if not self._evidence.is_guessing(self._bound(Kind.GUESSING, 0.01, 0.0001)):
            return None
        if self._evidence.images.chance == 1:
            sentence = "All labels are alike: there is nothing to learn."
            return Finding(Kind.GUESSING, sentence, "Look at the labels in the file.")
        share = self._evidence.points[-1].epoch_accuracy if math.isnan(self._validation) else self._validation
        advice = "Change the learning rate by a factor of ten, or use fewer layers."
        return Finding(Kind.GUESSING, f"No better than guessing ({format_share(share)}).", advice)

    def dead_units(self) -> Finding | None:
        """A hidden layer most of whose units are 0 for every image; in the first epoch, nearly all of them."""
        dead = self._evidence.dead
        most = self._bound(Kind.DEAD_UNITS, *((0.5, 0.4) if self._evidence.epochs else (0.9, 0.75)))
        if not dead or max(dead) < most:
            return None
        layer = int(np.argmax(dead))
        advice = f"Lower the learning rate to {self._lower_rate} and restart: dead units stay dead."
        if self._config.hidden_sizes[layer] < FEW_UNITS:
            advice = f"{self._few_units(layer)}: give it more."
        return Finding(Kind.DEAD_UNITS, f"{format_share(dead[layer])} of layer {layer + 1} is dead.", advice)

    def large_steps(self) -> Finding | None:
        """A loss above that of a blind guess."""
        losses = [loss for loss, _ in self._evidence.training]
        bound = self._bound(Kind.LARGE_STEPS, 1.5, 1.2) * CHANCE_LOSS
        if not losses or max(losses) < bound or self._loss < 0.5 * CHANCE_LOSS:
            return None
        loss = f"is {_loss(self._loss)}" if self._loss >= bound else f"went up to {_loss(max(losses))}"
        sentence = f"The loss {loss}, and a blind guess has {CHANCE_LOSS:.2f}: the steps are too large."
        return Finding(Kind.LARGE_STEPS, sentence, f"Lower the learning rate to {self._lower_rate}.")

    def small_steps(self) -> Finding | None:
        """A high loss and tiny steps, though no schedule makes them tiny."""
        evidence, rate = self._evidence, self._config.learning_rate
        longest = max(evidence.update_ratios, default=math.inf)
        if not evidence.epochs or evidence.epochs[-1].learning_rate < rate / 2:
            return None
        if self._loss < 0.5 * CHANCE_LOSS or longest > self._bound(Kind.SMALL_STEPS, 3e-4, 6e-4):
            return None
        factor = 10 ** min(4, max(1, math.floor(math.log10(1e-3 / longest)))) if longest else 10
        percent = np.format_float_positional(100 * float(f"{longest:.1g}"), trim="-", precision=6)
        sentence = f"Slow: a step moves the weights by {percent} %, and the loss is still {self._loss:.2f}."
        return Finding(Kind.SMALL_STEPS, sentence, f"Raise the learning rate to {format_rate(min(10, rate * factor))}.")

    def vanishing(self) -> Finding | None:
        """A gradient that hardly reaches the first layers, in a network that still guesses."""
        shares, kind = self._evidence.gradient_shares, Kind.VANISHING
        if not shares or not min(shares) or not self._loss > self._bound(kind, 0.9, 0.8) * CHANCE_LOSS:
            return None
        if min(shares) > self._bound(kind, 0.05, 0.1):
            return None
        layer = int(np.argmin(shares))
        sentence = f"The gradient of layer {layer + 1} is {1 / shares[layer]:,.0f} times weaker than the output's."
        saturates = self._config.activation in ("sigmoid", "tanh")
        advice = "ReLU, batch normalization or fewer layers help." if saturates else ""
        return Finding(kind, sentence, advice or "Batch normalization or fewer layers help.")

    def unsteady(self) -> Finding | None:
        """A validation loss that jumps, or a level that is reached too early by long steps."""
        evidence, kind = self._evidence, Kind.LARGE_STEPS
        advice = f"Lower the learning rate to {self._lower_rate}."
        losses = [loss for loss, _ in evidence.validation[-5:]]
        jumps = [(old, new) for old, new in pairwise(losses) if new - old > 0.2]
        if jumps and max(new / old for old, new in jumps) > self._bound(kind, 2, 1.6):
            old, new = max(jumps, key=lambda jump: jump[1] / jump[0])
            return Finding(kind, f"The validation loss jumped from {old:.2f} to {new:.2f} in one epoch.", advice)
        ratio = float(np.median(evidence.update_ratios)) if evidence.update_ratios else 0.0
        if ratio > self._bound(kind, 0.01, 0.005) and self._is_level_and_low(kind):
            sentence = f"Stuck at {format_share(self._accuracy)}; each step moves the weights by {format_share(ratio)}."
            return Finding(kind, sentence, advice)
        return None

    @property
    def _lower_rate(self) -> str:
        return format_rate(self._config.learning_rate / 10)


class ResultRules(Rules):
    """What is wrong with what was learned."""

    def underfitting(self) -> Finding | None:
        """Level, and not even the training images are classified well."""
        if not self._is_level_and_low(Kind.UNDERFITTING):
            return None
        sizes = self._config.hidden_sizes
        smallest = min(sizes, default=0)
        advice = "A larger network may do better, or another learning rate." if sizes else "Add a hidden layer."
        if sizes and smallest < FEW_UNITS:
            advice = f"{self._few_units(sizes.index(smallest))}: give it more."
        validation = (
            "" if math.isnan(self._validation) else f", validation accuracy at {format_share(self._validation)}"
        )
        sentence = f"Underfitting: training accuracy is level at {format_share(self._accuracy)}{validation}."
        return Finding(Kind.UNDERFITTING, sentence, advice)

    def overfitting(self) -> Finding | None:
        """Training accuracy well above a validation accuracy that does not follow, or a validation loss that rises."""
        evidence, kind = self._evidence, Kind.OVERFITTING
        losses = [loss for loss, _ in evidence.validation]
        if len(losses) < 4 or relative_fall(losses[-4:]) > self._bound(kind, 0.15, 0.25):
            return None
        gap = self._accuracy - self._validation
        error = math.hypot(
            standard_error(self._accuracy, evidence.images.training),
            standard_error(self._validation, evidence.images.validation),
        )
        rises = np.mean(losses[-3:]) > self._bound(kind, 1.2, 1.1) * min(losses)
        least = self._bound(kind, 0.04, 0.03) if rises else self._bound(kind, 0.08, 0.07)
        if gap < max(least, self._bound(kind, 2, 1.5) * error):
            return None
        epochs = evidence.validated
        middle = epochs[len(epochs) // 2]
        growth = " and grows" if gap - (middle.epoch_accuracy - (middle.validation_accuracy or 0)) > 0.01 else ""
        if rises:
            growth += f"; validation loss has risen since epoch {epochs[int(np.argmin(losses))].epoch:.0f}"
        remedies = "more data" if self._config.augmentation != "none" else "more data, augmentation"
        advice = f"{remedies} or {'more ' if self._config.dropout else ''}dropout help.".capitalize()
        return Finding(kind, f"Overfitting: the gap is {100 * gap:.0f} points{growth}.", advice)

    def too_easy(self) -> Finding | None:
        """Every validation image is right after the first epoch, of a network that began with random weights."""
        validation = self._evidence.validation
        if not validation or validation[0][1] < 1 or self._config.start_from:
            return None
        if self._evidence.images.validation < FEW_IMAGES or self._evidence.images.chance == 1:
            return None
        sentence = "Too good to be true: every validation image is right after one epoch."
        return Finding(Kind.TOO_EASY, sentence, "Check for data leakage: labels in the pixels, or images twice.")

    def level(self) -> Finding | None:
        """Validation has not become better for some epochs."""
        validation = self._evidence.validation
        last = self._evidence.last_epochs(3, 5)
        if len(validation) < 2 * last:
            return None
        recent, earlier = np.array(validation[-last:]), np.array(validation[:-last])
        error = standard_error(self._validation, self._evidence.images.validation)
        gained = recent[:, 1].mean() - earlier[-last:, 1].mean()
        fell = 1 - recent[:, 0].min() / earlier[:, 0].min()
        if gained > self._bound(Kind.LEVEL, 0.5, 1) * error or fell > self._bound(Kind.LEVEL, 0.01, 0.02):
            return None
        sentence = f"Plateau for {last} epochs: validation accuracy {format_share(self._validation)}."
        if self._accuracy > 0.99:
            return Finding(Kind.LEVEL, sentence, "All training images are learned: more data or augmentation help.")
        return Finding(Kind.LEVEL, sentence, "A smaller learning rate may get further.")


def format_rate(value: float) -> str:
    """Write a learning rate without an exponent."""
    return np.format_float_positional(float(f"{value:.1g}"), trim="-")


def _loss(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}" if value < 1e7 else f"{value:.0e}"
