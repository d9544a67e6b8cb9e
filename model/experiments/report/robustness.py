"""The reports of what networks withstand: one that was perturbed, and several whose images were made harder."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from model.config import TrainingConfig
from model.experiments.report.axis import Axis
from model.experiments.report.charts import Dots, dots_chart
from model.experiments.report.content import Figure, Gallery, Picture, Report, Table, settings_table, versions
from model.robustness.stress import Stress
from model.robustness.trials import AmountPoint

FAILING = 0.9  # an accuracy below which a network counts as failing, in the answer


@dataclass(frozen=True)
class PerturbedNetwork:
    """A network before and after it was perturbed.

    Attributes:
        name: What it is called.
        perturbation: What was done to it, in words.
        images: What it was measured on, in words.
        accuracy: Before and after.
        by_digit: Before and after, of each digit; NaN of one without images.
        lost: Images that were right before, and are wrong now, some of them.
        num_lost: How many there are.
        config: The settings that it was trained with, if they are known.
    """

    name: str
    perturbation: str
    images: str
    accuracy: tuple[float, float]
    by_digit: tuple[np.ndarray, np.ndarray]
    lost: Sequence[Picture]
    num_lost: int
    config: TrainingConfig | None = None


def perturbation_report(network: PerturbedNetwork, curve: Sequence[AmountPoint], axis: str) -> Report:
    """Return the report of a perturbed network.

    Args:
        network: what was measured.
        curve: its accuracy against how much of it, perhaps of several series.
        axis: what the amounts of the curve are.
    """
    before, after = network.accuracy
    answers = [
        f"{network.name}, {network.perturbation}: {_percent(after)} of {network.images} are classified correctly; "
        f"unperturbed, it was {_percent(before)}."
    ]
    lost = np.nan_to_num(network.by_digit[0] - network.by_digit[1])
    if lost.max() > 0:
        digit = int(lost.argmax())
        was, now = (_percent(shares[digit]) for shares in network.by_digit)
        answers.append(f"The {digit} has suffered most: from {was} to {now}.")
    gallery = Gallery("Right before, wrong now", network.lost, f"{len(network.lost)} of {network.num_lost:,} images.")
    return Report(
        title=f"Break it: {network.name}",
        answers=answers,
        figures=[_by_digit(network), *([_amounts(curve, axis)] if curve else [])],
        tables=[
            _digit_table(network),
            *([_curve_table(curve, axis)] if curve else []),
            *([settings_table({"Value": network.config}, without=())] if network.config else []),
        ],
        galleries=[gallery] if network.lost else [],
        versions=versions(),
    )


@dataclass(frozen=True)
class StressedNetwork:
    """A network, and how accurate it is under each amount of stress.

    Attributes:
        name: What it is called.
        accuracies: By amount.
        failures: Images that it gets wrong first at one amount, some of them.
        num_failures: How many there are.
        config: The settings that it was trained with, if they are known.
    """

    name: str
    accuracies: Mapping[float, float]
    failures: Sequence[Picture] = ()
    num_failures: int = 0
    config: TrainingConfig | None = field(default=None)


def stress_report(
    stress: Stress, networks: Sequence[StressedNetwork], images: str, amount: float, examples: Sequence[Picture]
) -> Report:
    """Return the report of networks under stress.

    Args:
        stress: what was done to the images.
        networks: what was measured.
        images: what it was measured on, in words.
        amount: at which failures are shown.
        examples: what each amount looks like.
    """
    groups = [
        Dots([(x, 100 * y) for x, y in each.accuracies.items()], series=series, line=_line(each))
        for series, each in enumerate(networks)
    ]
    points = [point for group in groups for point in group.points]
    x_title = f"{stress.title.lower()}, {stress.unit}"
    svg = dots_chart(groups, Axis.around(x_title, stress.amounts), Axis.around("accuracy, %", (y for _, y in points)))
    shown = stress.describe(amount)
    configs = {each.name: each.config for each in networks if each.config}
    rows = [
        [stress.describe(each), *(_percent(network.accuracies[each]) for network in networks)]
        for each in stress.amounts
    ]
    failures = [
        Gallery(f"{it.name}: wrong first at {shown}", it.failures, f"{len(it.failures)} of {it.num_failures:,} images.")
        for it in networks
        if it.failures
    ]
    return Report(
        title=f"Stress: {stress.title.lower()}",
        answers=[_withstands(stress, each) for each in networks],
        cautions=[f"Measured on {images}. {stress.explanation}"],
        figures=[Figure("Accuracy", svg, legend=[each.name for each in networks])],
        galleries=[Gallery("What each amount looks like", examples), *failures],
        tables=[
            Table(
                "Accuracy at each amount",
                ("Amount", *(each.name for each in networks)),
                rows,
                marked=frozenset({stress.amounts.index(amount)}),
            ),
            *([settings_table(configs, without=())] if configs else []),
        ],
        versions=versions(),
    )


def _line(network: StressedNetwork) -> list[tuple[float, float]]:
    return [(amount, 100 * accuracy) for amount, accuracy in network.accuracies.items()]


def _withstands(stress: Stress, network: StressedNetwork) -> str:
    alone = network.accuracies[stress.neutral]
    said = f"{network.name}: {_percent(alone)} without any stress"
    failing = [amount for amount, accuracy in network.accuracies.items() if accuracy < FAILING]
    if alone < FAILING or not failing:
        worst = min(network.accuracies, key=lambda amount: network.accuracies[amount])
        return f"{said}, {_percent(network.accuracies[worst])} at worst, at {stress.describe(worst)}."
    mildest = min(failing, key=lambda amount: abs(amount - stress.neutral))
    found = _percent(network.accuracies[mildest])
    return f"{said}; it falls below {_percent(FAILING)} at {stress.describe(mildest)}, to {found}."


def _by_digit(network: PerturbedNetwork) -> Figure:
    digits = [str(digit) for digit in range(len(network.by_digit[0]))]
    groups = [
        Dots([(float(digit), 100 * share) for digit, share in enumerate(shares) if share == share], series=series)
        for series, shares in enumerate(network.by_digit)
    ]
    svg = dots_chart(groups, Axis.of_names("digit", digits), Axis("accuracy, %", -4.0, 104.0))
    return Figure("Accuracy by digit", svg, legend=["unperturbed", "perturbed"])


def _amounts(curve: Sequence[AmountPoint], axis: str) -> Figure:
    series = [(name, list(points)) for name, points in itertools.groupby(curve, key=lambda point: point.series)]
    groups = []
    for number, (_, points) in enumerate(series):
        places = [(point.amount, 100 * point.accuracy) for point in points]
        groups.append(Dots(places, series=number, line=places))
    svg = dots_chart(
        groups,
        Axis.around(axis, (point.amount for point in curve)),
        Axis.around("accuracy, %", (100 * point.accuracy for point in curve)),
    )
    return Figure(f"Accuracy against {axis}", svg, legend=[name for name, _ in series])


def _digit_table(network: PerturbedNetwork) -> Table:
    rows = [
        [str(digit), _percent(was), _percent(now)]
        for digit, (was, now) in enumerate(zip(*network.by_digit, strict=True))
    ]
    return Table("Accuracy by digit", ("Digit", "Unperturbed", "Perturbed"), rows)


def _curve_table(curve: Sequence[AmountPoint], axis: str) -> Table:
    rows = [
        [point.series, f"{point.amount:g}", _percent(point.accuracy), _percent(point.lowest), _percent(point.highest)]
        for point in curve
    ]
    return Table("The curve", ("Series", axis.capitalize(), "Accuracy", "Lowest", "Highest"), rows)


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.1f} %"
