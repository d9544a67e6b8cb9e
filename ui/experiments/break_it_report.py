"""The report of a network that was perturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.common.arrays import U8
from model.inference import metrics
from model.robustness.perturbation import Perturbation
from model.robustness.trials import AmountPoint
from ui.evaluate.results import evenly
from ui.experiments import stress_measures
from ui.experiments.break_it_source import Source
from ui.experiments.stress_measures import Images

if TYPE_CHECKING:
    from model.experiments.report.content import Report

MAX_PICTURES = 24


class Measured(NamedTuple):
    """What a network predicts before and after, for which images, and what these are in words."""

    before: U8
    after: U8
    images: Images
    described: str


def make(source: Source, perturbation: Perturbation, measured: Measured, curve: list[AmountPoint], axis: str) -> Report:
    """The report; what it takes is loaded now."""
    from model.experiments.report.content import digit_picture
    from model.experiments.report.robustness import PerturbedNetwork, perturbation_report

    before, after, images, described = measured
    lost = np.flatnonzero((before == images.labels) & (after != images.labels))
    shown = lost[evenly(len(lost), MAX_PICTURES)] if len(lost) else lost
    was, now = (metrics.accuracy_by_digit(metrics.confusion_matrix(images.labels, each)) for each in (before, after))
    network = PerturbedNetwork(
        source.name,
        str(perturbation),
        described,
        (stress_measures.accuracy(before, images), stress_measures.accuracy(after, images)),
        (was, now),
        [digit_picture(images.images[it], f"{images.labels[it]} predicted as {after[it]}") for it in shown],
        len(lost),
        source.config,
    )
    return perturbation_report(network, curve, axis)
