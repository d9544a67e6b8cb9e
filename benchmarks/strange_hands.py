"""Digits and signs of rare hands, each by the control points of its strokes: how many does a network read, by kind?

    python -m benchmarks.strange_hands
    python -m benchmarks.strange_hands --weights mine.safetensors --picture hands.png

They were drawn apart from the forms that the training draws (model/ink/hands, model/ink/signs): other curves, B-splines
that pass their control points at a distance; other proportions, chosen by eye; and another trembling.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from PIL import Image
from scipy.interpolate import BSpline

from benchmarks.tables import percent, table
from benchmarks.writer_groups import digit_labels, images
from model.cli import entry
from model.common.arrays import F64
from model.inference.thresholds import ACCEPT_AT_LEAST, UNAMBIGUOUS_AT_LEAST
from model.ink import Drawing, render
from model.nn.classifier import DigitClassifier
from model.training import checkpoint

COUNT = 200  # drawings of each kind
TREMBLE = 2.4  # standard deviation of the control points, of a height of 100
TURN, STRETCH, LEAN = np.radians(8), 0.12, 0.12  # of a whole drawing: the largest angle, and standard deviations

# Strokes are separated by |. One that begins with ~ is a curve, drawn within its control points; with - it is straight.
DIGITS: Mapping[str, tuple[str, Sequence[str]]] = {
    "1 with a long upstroke": (
        "1",
        (
            "- 0,48 34,0 30,100",
            "- 0,80 40,0 36,100",
            "- 0,36 24,0 24,100",
            "~ 0,52 20,40 32,14 34,0 | - 34,0 33,100",
            "~ 2,38 -8,54 4,60 22,30 36,0 | - 36,0 30,100",
            "~ 0,58 24,30 32,-8 44,-6 40,40 36,100",
            "- 0,45 30,0 | ~ 30,0 28,70 26,104 42,98",
            "- 0,52 46,0 22,100",
            "- 0,60 30,0 30,100 | - 8,100 54,100",
        ),
    ),
    "7 crossed below the middle": (
        "7",
        (
            "~ 0,16 2,-8 48,-6 56,4 36,50 22,100 | - 4,64 50,58",
            "~ 2,20 -2,-4 30,2 56,-8 44,40 30,100 | - 8,70 54,66",
            "- 0,4 46,2 24,100 | - 8,62 52,58",
            "~ 0,12 20,-10 60,-4 42,44 28,70 20,100 | - 2,56 46,60",
            "~ 0,2 30,6 48,-4 50,4 36,60 34,100 | ~ 12,60 30,70 44,52 58,62",
        ),
    ),
    "9 with a hooked tail": (
        "9",
        (
            "~ 42,14 30,-10 10,2 14,34 38,34 46,8 50,50 44,110 0,108 -6,86",
            "~ 34,16 26,-6 14,4 16,26 32,26 36,12 40,60 34,106 6,106 0,90",
            "~ 46,20 36,-8 -2,-2 4,44 40,44 48,14 52,76 36,112 -20,98",
            "~ 30,10 20,-4 8,6 14,22 28,18 34,50 28,104 -16,106 -26,94",
        ),
    ),
    "9 with a slanting tail": (
        "9",
        (
            "~ 46,10 30,-10 4,8 8,38 36,36 48,8 | - 46,14 10,100",
            "~ 40,10 28,-8 12,4 14,30 34,28 42,6 | - 41,10 18,100",
            "~ 56,16 40,-12 0,0 8,44 44,36 56,10 | - 55,14 24,100",
        ),
    ),
    "6 with a tiny loop": (
        "6",
        (
            "- 22,0 8,82 | ~ 8,80 2,106 28,108 28,76 8,80",
            "- 12,0 6,80 | ~ 6,80 4,104 24,104 22,78 6,84",
            "~ 26,0 8,40 6,86 8,108 30,104 26,76 8,82",
            "- 8,0 4,86 | ~ 4,84 6,104 26,102 28,82 4,86",
        ),
    ),
    "4 like an open L with a stroke": (
        "4",
        (
            "- 14,0 2,60 50,58 | - 40,22 34,100",
            "~ 4,6 -2,68 10,68 52,60 | - 36,30 34,100",
            "- 10,0 0,64 36,62 | - 44,34 24,100",
            "- 20,4 0,72 58,66 | - 34,44 30,100",
            "~ 10,0 2,50 2,66 40,56 | - 40,0 36,100",
        ),
    ),
    "8 left open at the top": (
        "8",
        (
            "~ 44,14 34,-10 -6,2 4,40 44,50 48,98 6,112 -4,72 26,50 42,30",
            "~ 48,10 30,-12 0,6 8,40 46,58 36,110 -4,100 4,66 40,36 52,26",
            "~ 40,2 14,-6 2,24 30,50 40,92 12,112 2,80 24,50 50,4",
        ),
    ),
    "5 whose bar is apart": (
        "5",
        (
            "~ 8,8 2,56 34,28 56,62 36,110 0,94 | - 18,-4 54,-8",
            "- 6,2 2,42 | ~ 2,42 40,30 52,80 20,112 -6,92 | - 24,4 58,0",
            "~ 10,4 2,50 30,34 46,64 30,106 -4,98 | - 20,-14 56,-18",
        ),
    ),
    "0 that is not closed": (
        "0",
        (
            "~ 24,2 -10,4 -8,104 28,116 62,88 54,6 38,8",
            "~ 34,12 4,-14 -12,60 8,116 52,104 56,20 24,0",
            "~ 14,6 -18,40 0,112 40,112 56,40 36,-6 26,2",
        ),
    ),
}

SIGNS: Mapping[str, Sequence[str]] = {
    "arrow": (
        "- 0,50 100,50 | - 76,28 100,50 76,72",
        "- 50,100 50,0 | - 28,26 50,0 74,26",
        "- 50,0 50,100 | - 26,74 50,100 76,72",
        "- 0,100 100,0 | - 62,4 100,0 94,38",
        "~ 0,100 0,20 60,10 96,12 | - 70,-10 98,12 72,36",
        "- 100,50 0,50 24,30 | - 0,50 26,72",
    ),
    "letter of another alphabet": (
        "- 0,0 0,100 | - 60,0 0,50 60,100 | - 30,0 30,100",  # Cyrillic zhe, in part
        "- 0,100 0,0 60,0 60,100 | - -10,100 70,100",
        "- 0,0 0,100 60,0 60,100",
        "- 0,0 0,100 80,100 80,0 | - 40,0 40,100",
        "- 10,0 10,100 | ~ 10,50 40,0 80,0 80,100 40,100 10,50",
        "- 30,0 30,100 | ~ 0,30 0,0 60,0 60,30 60,66 0,66 0,30",  # phi
        "~ 0,0 0,70 60,70 60,0 | - 30,0 30,100",  # psi
        "- 0,100 40,0 80,100 | - 20,60 60,60 | - 0,110 80,110",
        "~ 0,100 20,100 -10,30 40,0 90,30 60,100 80,100",  # omega
        "- 0,0 60,0 | - 0,100 60,100 | - 10,50 50,50",  # xi
        "- 0,0 70,100 | ~ 40,50 50,30 60,0 | ~ 30,50 10,60 0,100",  # aleph
        "- 0,0 60,0 60,100 | - 10,30 10,100",  # he
        "- 0,60 0,100 70,100 70,0 | - 35,40 35,100",  # shin
        "- 0,0 90,0 | - 60,0 60,100 | ~ 60,50 20,30 10,80 50,70",  # of Devanagari
        "- 0,20 80,20 | - 40,0 40,60 10,100 | - 44,60 80,100",  # of Katakana
        "- 0,10 50,10 | - 0,40 50,40 | ~ 60,0 60,60 40,90 0,100",
    ),
    "note": (
        "~ 24,80 0,76 0,100 26,100 28,82 6,84 8,96 22,90 | - 28,88 28,0",
        "~ 24,80 0,76 0,100 26,100 28,82 6,84 8,96 22,90 | - 28,88 28,0 | ~ 28,0 34,24 52,26 46,50",
        "~ 2,10 24,-4 30,14 6,22 2,10 10,14 24,6 | - 2,12 2,100",
    ),
    "heart": ("~ 40,24 30,-10 -16,-6 -8,50 40,100 90,50 94,-8 52,-10 40,24",),
}


def curve(text: str, rng: np.random.Generator, *, tremble: float = TREMBLE) -> list[F64]:
    """Draw the strokes of a template, its control points moved a little."""
    path = []
    for stroke in text.split("|"):
        kind, *points = stroke.split()
        control = np.array([[float(value) for value in point.split(",")] for point in points])
        control += rng.normal(0, tremble, control.shape)
        if kind == "~":
            degree = min(2, len(control) - 1)
            inner = np.linspace(0, 1, len(control) - degree + 1)
            knots = np.concatenate((np.zeros(degree), inner, np.ones(degree)))
            control = BSpline(knots, control, degree)(np.linspace(0, 1, 12 * len(control)))
        path.append(control)
    return path


def drawings(
    templates: Sequence[str], label: str | None, rng: np.random.Generator, count: int = COUNT
) -> list[Drawing]:
    """Draw templates in turn, each time turned, leaning and stretched a little otherwise."""
    made = []
    for index in range(count):
        angle, lean = rng.uniform(-TURN, TURN), rng.normal(0, LEAN)
        wide = np.exp(rng.normal(0, STRETCH))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        matrix = np.array([[wide, 0.0], [-lean, 1.0]]) @ turn
        path = [stroke @ matrix for stroke in curve(templates[index % len(templates)], rng)]
        made.append(Drawing(tuple(path), label, "strange"))
    return made


def digits(rng: np.random.Generator, count: int = COUNT) -> dict[str, list[Drawing]]:
    """Draw all kinds of digits."""
    return {kind: drawings(templates, label, rng, count) for kind, (label, templates) in DIGITS.items()}


def signs(rng: np.random.Generator, count: int = COUNT) -> dict[str, list[Drawing]]:
    """Draw all kinds of signs."""
    return {kind: drawings(templates, None, rng, count) for kind, templates in SIGNS.items()}


def measured(network: DigitClassifier, seed: int = 0, count: int = COUNT) -> dict[str, dict[str, float]]:
    """Measure the shares of each kind that are read right, refused, and wrong though sure; of signs, the last two.

    Sure is what is taken for a digit with a confidence of 90 % or more.
    """
    rng = np.random.default_rng(seed)
    found = {}
    for kind, drawn in (digits(rng, count) | signs(rng, count)).items():
        probabilities, is_digit = network.predict(images(drawn))
        assert is_digit is not None
        accepted = is_digit >= ACCEPT_AT_LEAST
        sure = accepted & (probabilities.max(axis=1) >= UNAMBIGUOUS_AT_LEAST)
        if kind in SIGNS:
            found[kind] = {"refused": float(1 - accepted.mean()), "wrong though sure": float(sure.mean())}
            continue
        right = probabilities.argmax(axis=1) == digit_labels(drawn)
        found[kind] = {
            "read right": float(right.mean()),
            "refused": float(1 - accepted.mean()),
            "wrong though sure": float((sure & ~right).mean()),
        }
    return found


def picture(network: DigitClassifier, beside: DigitClassifier, seed: int = 0, columns: int = 12) -> Image.Image:
    """Show, a row for each kind, digits that the one network reads right and takes for digits, unlike the other."""
    rows = []
    for drawn in digits(np.random.default_rng(seed)).values():
        pixels, labels = images(drawn), digit_labels(drawn)
        good = [
            (p.argmax(axis=1) == labels) & (is_digit >= ACCEPT_AT_LEAST)
            for p, is_digit in (network.predict(pixels), beside.predict(pixels))
            if is_digit is not None
        ]
        chosen = np.flatnonzero(good[0] & ~good[1])[:columns]
        row = np.full((34, 34 * columns), 255, np.uint8)
        for place, index in enumerate(chosen):
            row[3:31, 34 * place + 3 : 34 * place + 31] = 255 - render(drawn[index])
        rows.append(row)
    page = np.concatenate(rows)
    return Image.fromarray(np.kron(page, np.ones((2, 2), np.uint8)))


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--weights", type=click.Path(path_type=Path), default=checkpoint.DEFAULT_WEIGHTS, help="The network that reads."
)
@click.option("--beside", type=click.Path(path_type=Path), help="Another network to compare with.")
@click.option("--picture", "shown", type=click.Path(path_type=Path), help="Write what only the first reads, by kind.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON instead of a table.")
def strange_hands(weights: Path, beside: Path | None, shown: Path | None, as_json: bool) -> None:
    """Measure how many digits and signs of rare hands a network reads and refuses, by kind."""
    networks = {path.stem: checkpoint.load(path).network for path in (weights, beside) if path}
    found = {name: measured(network) for name, network in networks.items()}
    if shown:
        if not beside:
            raise ValueError("--picture compares two networks; give --beside too")
        better, other = networks.values()
        picture(better, other).save(shown)
    if as_json:
        print(json.dumps(found))
        return
    for name, kinds in found.items():
        print(f"{name}\n")
        columns = ("read right", "refused", "wrong though sure")
        rows = [(kind, *(percent(shares.get(column)) for column in columns)) for kind, shares in kinds.items()]
        print("\n".join(table(("drawn", *columns), rows)))


if __name__ == "__main__":
    entry.run(strange_hands)
