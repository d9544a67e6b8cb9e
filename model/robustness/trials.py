"""Curves of robustness: which perturbations they are made of, and what accuracy comes of how much of them.

A curve is a list of trials, each of which can be measured by itself: whoever measures decides when, and what to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import fmean
from typing import NamedTuple

import numpy as np

from model.common.arrays import U8, Array
from model.common.constants import CLASSES
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.robustness.layer_changes import CutLayer, ResetLayer, ShuffleLayer
from model.robustness.perturbation import Perturbation
from model.robustness.silencing import SilenceShare
from model.robustness.weight_changes import RoundWeights, WeightNoise

SEEDS = 5  # of what is random
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
NOISES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
BITS = (1, 2, 3, 4, 5, 6, 8, 12, 16)
RANDOM, STRONGEST = "random units", "strongest units first"
NOISE, ROUNDED = "noise", "rounded weights"
CUT, SHUFFLED, RESET = "cut", "shuffled", "reset"


class Trial(NamedTuple):
    """A perturbation that is a part of a curve: of which one, and at which amount."""

    series: str
    amount: float
    perturbation: Perturbation


class AmountPoint(NamedTuple):
    """What came of all trials of a curve at one amount: the mean accuracy, the lowest and the highest."""

    series: str
    amount: float
    accuracy: float
    lowest: float
    highest: float
    trials: int


def silencing(mlp: MLP, seeds: int = SEEDS) -> list[Trial]:
    """Return the trials of accuracy against the share of units silenced; none without hidden layers."""
    if len(mlp.layers) < 2:
        return []
    random = [Trial(RANDOM, share, SilenceShare(share, seed=seed)) for share in SHARES for seed in range(seeds)]
    return random + [Trial(STRONGEST, share, SilenceShare(share, "strongest")) for share in SHARES]


def rounding() -> list[Trial]:
    """Return the trials of accuracy against the bits of each weight."""
    return [Trial(ROUNDED, bits, RoundWeights(bits)) for bits in BITS]


def noise(seeds: int = SEEDS) -> list[Trial]:
    """Return the trials of accuracy against the noise on all weights."""
    return [Trial(NOISE, amount, WeightNoise(amount, seed=seed)) for amount in NOISES for seed in range(seeds)]


def by_layer(mlp: MLP, initialization: str = "he", initial_std: float = 0.01, seeds: int = SEEDS) -> list[Trial]:
    """Return the trials of accuracy against which layer is perturbed, counted from 1: cut, shuffled or reset."""
    layers = range(len(mlp.layers))
    return [
        *(Trial(CUT, layer + 1, CutLayer(layer)) for layer in layers),
        *(Trial(SHUFFLED, layer + 1, ShuffleLayer(layer, seed)) for layer in layers for seed in range(seeds)),
        *(
            Trial(RESET, layer + 1, ResetLayer(layer, seed, initialization, initial_std))
            for layer in layers
            for seed in range(seeds)
        ),
    ]


def predictions(network: DigitClassifier, images: Array) -> U8:
    """Return the most probable digit of each image (n, 784), (n,), whether it is one or not."""
    return network.mlp.logits(images)[:, :CLASSES].argmax(axis=1).astype(np.uint8)


def summarize(trials: Sequence[Trial], accuracies: Sequence[float]) -> list[AmountPoint]:
    """Return the points of the curves, from the accuracy of each trial."""
    measured = zip(trials, accuracies, strict=True)
    points = []
    for (series, amount), group in groupby(measured, key=lambda one: one[0][:2]):
        found = [accuracy for _, accuracy in group]
        points.append(AmountPoint(series, amount, fmean(found), min(found), max(found), len(found)))
    return points


def measure(
    network: DigitClassifier,
    trials: Sequence[Trial],
    images: Array,
    labels: Array,
    observe: Callable[[int], None] = lambda done: None,
) -> list[AmountPoint]:
    """Measure a network's accuracy on images (n, 784) with labels (n,) in all trials, one after another."""
    accuracies = []
    for trial in trials:
        found = predictions(trial.perturbation.applied(network), images)
        accuracies.append(float((found == labels).mean()))
        observe(len(accuracies))
    return summarize(trials, accuracies)
