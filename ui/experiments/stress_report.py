"""The report of networks under stress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from model.common.arrays import U8
from model.config import TrainingConfig
from model.robustness.stress import STRESSES, first_failures, stressed
from ui.evaluate.results import evenly
from ui.experiments import stress_measures
from ui.experiments.stress_measures import Images

if TYPE_CHECKING:
    from model.experiments.report.content import Report

MAX_PICTURES = 12  # of each network


class Answering(NamedTuple):
    """A network, what it predicts at each amount, and its settings, if they are known."""

    name: str
    answers: Mapping[float, U8]
    config: TrainingConfig | None


def make(name: str, answering: list[Answering], images: Images, described: str, amount: float) -> Report:
    """The report; what it takes is loaded now.

    Args:
        name: of the stress.
        answering: the networks.
        images: what they were measured on.
        described: the same in words.
        amount: at which failures are shown.
    """
    from model.experiments.report.content import digit_picture
    from model.experiments.report.robustness import StressedNetwork, stress_report

    stress, example = STRESSES[name], images.images[:1]
    networks = []
    for one in answering:
        failed = first_failures(stress, one.answers, images.labels, amount)
        shown = failed[evenly(len(failed), MAX_PICTURES)] if len(failed) else failed
        pictures = stressed(images.images[shown], stress, amount)
        labels, answers = images.labels[shown], one.answers[amount][shown]
        networks.append(
            StressedNetwork(
                one.name,
                {each: stress_measures.accuracy(answers, images) for each, answers in one.answers.items()},
                [
                    digit_picture(picture, f"{label} predicted as {answer}")
                    for picture, label, answer in zip(pictures, labels, answers, strict=True)
                ],
                len(failed),
                one.config,
            )
        )
    examples = [digit_picture(stressed(example, stress, each)[0], stress.describe(each)) for each in stress.amounts]
    return stress_report(stress, networks, described, amount, examples)
