"""The forms of each digit with their weights, and drawings made by them.

A form says which parts a digit has and in which proportions; the hand that writes it leans, stretches and trembles.
Forms that some countries teach and MNIST's writers never learned have large weights: what is rare is not learned from
few examples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from model.ink.curves import Path, sheared
from model.ink.drawing import Drawing
from model.ink.hands import bows, loops, stems

TREMBLE = 0.012  # of the digit's height: the standard deviation of the slow waves that bend a stroke
WIDTH_STD = 0.14  # standard deviation of the logarithm of the width
LEANING = (-0.12, 0.3)  # the range of the shear; ones and sevens lean by themselves


class Form(NamedTuple):
    """A way to write a digit, and how often it is drawn beside the digit's other forms."""

    weight: float
    draw: Callable[[np.random.Generator], Path]


FORMS: Mapping[str, Mapping[str, Form]] = {
    "0": {
        "closed": Form(1, loops.closed_zero),
        "open": Form(2, loops.open_zero),
        "with a tail": Form(2, loops.tailed_zero),
        "slashed": Form(3, loops.slashed_zero),
        "crossed": Form(2, loops.crossed_zero),
        "dotted": Form(0.6, loops.dotted_zero),
    },
    "1": {
        "plain": Form(1, stems.plain_one),
        "with an upstroke": Form(5, stems.flagged_one),
        "with a short flag": Form(2, stems.short_flagged_one),
        "retraced": Form(2, stems.retraced_one),
        "with a barb": Form(2.5, stems.barbed_one),
        "with an arch": Form(0.7, stems.arched_one),
    },
    "2": {
        "with a level base": Form(1.5, bows.plain_two),
        "looped": Form(1.5, bows.looped_two),
        "like a Z": Form(0.7, bows.angular_two),
        "without a base": Form(0.7, bows.swan_two),
        "like a ribbon": Form(0.8, bows.ribbon_two),
        "with a curl": Form(0.6, bows.curled_two),
    },
    "3": {
        "round": Form(1.5, bows.round_three),
        "with a level top": Form(1, bows.flat_three),
        "looped": Form(0.7, bows.looped_three),
        "retraced": Form(1, bows.retraced_three),
        "with a dent": Form(1, bows.shallow_three),
    },
    "4": {
        "open": Form(4, stems.open_four),
        "open, in one stroke": Form(1.5, stems.lightning_four),
        "closed": Form(1.5, stems.closed_four),
    },
    "5": {
        "with a bar": Form(1, bows.barred_five),
        "with a bar apart": Form(1.5, bows.floating_five),
        "with a bar far apart": Form(1.5, bows.distant_five),
        "in one stroke": Form(1, bows.curved_five),
    },
    "6": {
        "round": Form(1, loops.round_six),
        "narrow": Form(2, loops.narrow_six),
        "with an open loop": Form(2, loops.open_six),
    },
    "7": {
        "plain": Form(2, stems.plain_seven),
        "crossed": Form(2, stems.crossed_seven),
        "crossed and round": Form(3, stems.round_crossed_seven),
        "round": Form(0.8, stems.round_seven),
    },
    "8": {
        "closed": Form(1, loops.closed_eight),
        "open": Form(2.5, loops.open_eight),
        "with a tail": Form(0.7, loops.tailed_eight),
        "of two rings": Form(0.7, loops.ringed_eight),
        "with a straight return": Form(1, loops.straight_eight),
        "begun in the middle": Form(1, loops.turning_eight),
    },
    "9": {
        "with a straight tail": Form(1, loops.straight_nine),
        "with a slanting tail": Form(1.5, loops.slanting_nine),
        "with a hooked tail": Form(2.5, loops.hooked_nine),
        "hanging on its tail": Form(2, loops.hanging_nine),
        "with an open loop": Form(1, loops.open_nine),
        "with a pointed loop": Form(0.7, loops.pointed_nine),
    },
}

LEANS_BY_ITSELF = "17"


def digits_by_form(
    count: int, rng: np.random.Generator, forms: Mapping[str, Mapping[str, Form]] = FORMS
) -> list[Drawing]:
    """Write `count` digits, each digit equally often, in forms chosen by their weights; the writer is the form."""
    labels = list(forms)
    names = {label: list(forms[label]) for label in labels}
    weights = {label: np.array([form.weight for form in forms[label].values()]) for label in labels}
    probabilities = {label: each / each.sum() for label, each in weights.items()}
    drawings = []
    for index in range(count):
        label = labels[index % len(labels)]
        name = names[label][rng.choice(len(names[label]), p=probabilities[label])]
        path = by_hand(forms[label][name].draw(rng), rng, leaning=(0.0, 0.0) if label in LEANS_BY_ITSELF else LEANING)
        drawings.append(Drawing(tuple(path), label, f"{label} {name}"))
    return drawings


def by_hand(path: Path, rng: np.random.Generator, leaning: tuple[float, float] = LEANING) -> Path:
    """Lean and stretch a path, and bend it by two slow waves."""
    width = np.exp(rng.normal(0, WIDTH_STD))
    along, phase = rng.normal(0, 5, (2, 2, 2)), rng.uniform(0, 2 * np.pi, (2, 2))
    drawn = []
    for stroke in sheared(path, rng.uniform(*leaning)):
        waves = sum(np.sin(stroke @ each + start) for each, start in zip(along, phase, strict=True))
        drawn.append((stroke + TREMBLE * waves) * (width, 1.0))
    return drawn
