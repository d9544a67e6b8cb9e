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
from PIL import Image, ImageDraw, ImageFont
from scipy.interpolate import BSpline

from benchmarks import readme
from benchmarks.tables import percent, table
from benchmarks.writer_groups import digit_labels, images
from model.cli import entry
from model.common.arrays import F64, U8, Array, Bools
from model.inference.thresholds import ACCEPT_AT_LEAST, UNAMBIGUOUS_AT_LEAST
from model.ink import Drawing, render
from model.nn.classifier import DigitClassifier
from model.training import checkpoint
from tools.readme import replaced

COLUMNS = ("read right", "refused", "wrong though sure")
LABELS, CELL = 340, 64  # pixels of the picture: the width of the kinds' names, and the side of a digit's place
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
            "- 0,46 52,6 24,100",
            "~ 0,40 30,30 50,-8 56,14 30,60 26,100",
            "~ -4,44 24,28 52,0 | - 52,0 20,100",
            "- 0,34 40,4 46,100",
            "~ 0,62 30,20 40,-10 44,20 14,100",
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
            "~ 0,18 10,-4 44,-6 50,18 34,60 30,100 | - 10,78 66,70",
            "~ 4,24 -4,0 34,-4 46,14 30,70 24,100 | - -4,72 56,74",
            "~ 0,8 26,-4 52,8 40,40 18,104 | ~ 0,80 24,70 64,74",
        ),
    ),
    "9 with a hooked tail": (
        "9",
        (
            "~ 42,14 30,-10 10,2 14,34 38,34 46,8 50,50 44,110 0,108 -6,86",
            "~ 34,16 26,-6 14,4 16,26 32,26 36,12 40,60 34,106 6,106 0,90",
            "~ 46,20 36,-8 -2,-2 4,44 40,44 48,14 52,76 36,112 -20,98",
            "~ 30,10 20,-4 8,6 14,22 28,18 34,50 28,104 -16,106 -26,94",
            "~ 52,6 30,-2 6,10 6,26 26,28 34,12 40,14 50,40 48,104 10,104 -10,92",
            "~ 30,4 8,4 4,24 24,26 26,6 | ~ 26,8 52,6 50,60 40,110 0,100 -14,92",
            "~ 48,4 20,-2 14,22 34,26 40,14 36,60 22,106 -20,100",
        ),
    ),
    "9 with a slanting tail": (
        "9",
        (
            "~ 46,10 30,-10 4,8 8,38 36,36 48,8 | - 46,14 10,100",
            "~ 40,10 28,-8 12,4 14,30 34,28 42,6 | - 41,10 18,100",
            "~ 56,16 40,-12 0,0 8,44 44,36 56,10 | - 55,14 24,100",
            "~ 60,14 50,-10 0,10 6,36 40,24 60,10 | - 60,12 6,100",
            "~ 50,14 20,4 10,30 34,28 54,10 | - 54,10 0,100",
        ),
    ),
    "6 with a tiny loop": (
        "6",
        (
            "- 22,0 8,82 | ~ 8,80 2,106 28,108 28,76 8,80",
            "- 12,0 6,80 | ~ 6,80 4,104 24,104 22,78 6,84",
            "~ 26,0 8,40 6,86 8,108 30,104 26,76 8,82",
            "- 8,0 4,86 | ~ 4,84 6,104 26,102 28,82 4,86",
            "- 30,0 2,78 | ~ 2,78 -2,104 20,106 22,80 0,84",
            "~ 36,0 6,50 0,96 18,110 30,92 14,78 4,92",
            "~ 20,0 14,40 4,92 16,106 34,96 40,90 10,84",
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
            "- 6,0 0,66 26,62 | - 24,44 20,100",
            "~ 16,0 -2,60 4,74 30,60 | - 32,46 24,100",
            "- 22,0 0,70 28,66 30,48 22,100",
            "- 14,0 4,62 20,60 | - 28,36 14,100",
            "~ 8,0 4,70 14,72 24,56 | ~ 26,50 26,70 18,100",
        ),
    ),
    "8 left open at the top": (
        "8",
        (
            "~ 44,14 34,-10 -6,2 4,40 44,50 48,98 6,112 -4,72 26,50 42,30",
            "~ 48,10 30,-12 0,6 8,40 46,58 36,110 -4,100 4,66 40,36 52,26",
            "~ 40,2 14,-6 2,24 30,50 40,92 12,112 2,80 24,50 50,4",
            "~ 30,6 12,-8 0,14 20,40 28,80 16,110 6,90 20,50 36,0",
            "~ 48,4 20,-8 6,10 22,46 26,90 14,108 6,84 30,44 44,28",
            "~ 60,0 20,0 4,16 30,40 36,86 16,110 4,80 34,40 54,20",
        ),
    ),
    "5 whose bar is apart": (
        "5",
        (
            "~ 8,8 2,56 34,28 56,62 36,110 0,94 | - 18,-4 54,-8",
            "- 6,2 2,42 | ~ 2,42 40,30 52,80 20,112 -6,92 | - 24,4 58,0",
            "~ 10,4 2,50 30,34 46,64 30,106 -4,98 | - 20,-14 56,-18",
            "~ 10,6 0,44 26,40 44,60 30,96 6,104 | - 26,2 70,-6",
            "~ 6,0 2,46 22,40 30,70 22,100 | - 14,-16 60,-10",
            "- 8,6 4,40 | ~ 4,40 44,36 40,100 -10,100 | - 30,-10 64,-16",
        ),
    ),
    "0 with a line through it": (
        "0",
        (
            "~ 30,20 6,20 6,84 30,84 54,84 54,20 30,20 | - 40,-10 24,108",
            "~ 30,0 -4,0 -4,100 30,100 64,100 64,0 30,0 | - 62,6 0,96",
            "~ 30,0 -4,0 -4,100 30,100 64,100 64,0 30,0 | - -4,52 66,48",
            "~ 24,0 0,0 0,100 24,100 50,100 50,0 24,0 | - 40,14 12,88",
        ),
    ),
    "0 that is not closed": (
        "0",
        (
            "~ 24,2 -10,4 -8,104 28,116 62,88 54,6 38,8",
            "~ 34,12 4,-14 -12,60 8,116 52,104 56,20 24,0",
            "~ 14,6 -18,40 0,112 40,112 56,40 36,-6 26,2",
            "~ 46,26 30,-10 -8,20 0,108 50,108 58,40 40,-10 16,-4",
            "~ 10,-14 28,10 -14,20 -6,110 50,110 60,20 10,0",
            "~ 40,10 20,-8 -14,40 6,112 60,96 52,10 30,0 24,44",
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
    "lower-case letter": (
        "~ 50,10 10,-10 -6,90 30,108 52,70 | - 52,0 52,80 66,100",
        "- 0,0 0,100 | ~ 0,60 4,30 50,10 50,60 50,100",
        "- 0,50 44,50 | ~ 44,50 50,-4 0,-8 0,60 10,110 50,90",
        "~ 46,50 20,36 -6,70 6,108 46,100 46,60 | - 46,-10 46,104",
        "- 0,-30 0,100 | ~ 0,50 8,24 44,20 44,100",
        "- 0,0 30,100 60,0",
        "- 0,0 24,100 44,20 64,100 88,0",
        "~ 0,0 0,110 50,110 50,0 | - 50,0 52,100",
        "~ 24,-20 20,70 24,108 46,90 | - 0,10 44,6",
        "- 0,-30 0,100 | - 40,10 4,56 44,100",
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


def answers(network: DigitClassifier, pixels: U8) -> tuple[Array, Bools]:
    """Compute each digit's probability (n, 10), and which images are taken for digits (n,)."""
    probabilities, is_digit = network.predict(pixels)
    return probabilities, np.ones(len(pixels), bool) if is_digit is None else is_digit >= ACCEPT_AT_LEAST


def measured(network: DigitClassifier, seed: int = 0, count: int = COUNT) -> dict[str, dict[str, float]]:
    """Measure the shares of each kind that are read right, refused, and wrong though sure; of signs, the last two.

    Sure is what is taken for a digit with a confidence of 90 % or more.
    """
    rng = np.random.default_rng(seed)
    found = {}
    for kind, drawn in (digits(rng, count) | signs(rng, count)).items():
        probabilities, accepted = answers(network, images(drawn))
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


def picture(network: DigitClassifier, beside: DigitClassifier, seed: int = 0, columns: int = 14) -> Image.Image:
    """Show, a row for each kind, digits that the one network reads right and takes for digits, unlike the other."""
    drawn_by_kind = digits(np.random.default_rng(seed))
    page = Image.new("L", (LABELS + columns * CELL, CELL * len(drawn_by_kind)), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(20)
    for row, (kind, drawn) in enumerate(drawn_by_kind.items()):
        pixels, labels = images(drawn), digit_labels(drawn)
        good = []
        for each in (network, beside):
            probabilities, accepted = answers(each, pixels)
            good.append(accepted & (probabilities.argmax(axis=1) == labels))
        pen.text((8, (row + 0.5) * CELL), kind, fill=0, font=font, anchor="lm")
        for place, index in enumerate(np.flatnonzero(good[0] & ~good[1])[:columns]):
            digit = Image.fromarray(255 - render(drawn[index])).resize((56, 56), Image.Resampling.NEAREST)
            page.paste(digit, (LABELS + place * CELL + 4, row * CELL + 4))
    return page


def markdown(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Make a table of the kinds, with three columns for each network."""
    names = list(found)
    columns = [f"{column} ({name})" if len(names) > 1 else column for name in names for column in COLUMNS]
    rows = [
        (kind, *(percent(found[name][kind].get(column)) for name in names for column in COLUMNS))
        for kind in found[names[0]]
    ]
    return "\n".join(table(("drawn", *columns), rows))


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--weights", type=click.Path(path_type=Path), default=checkpoint.DEFAULT_WEIGHTS, help="The network that reads."
)
@click.option("--beside", type=click.Path(path_type=Path), help="Another network to compare with.")
@click.option("--picture", "shown", type=click.Path(path_type=Path), help="Write what only the first reads, by kind.")
@click.option("--write", is_flag=True, help="Write the table into benchmarks/README.md.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON instead of a table.")
def strange_hands(weights: Path, beside: Path | None, shown: Path | None, write: bool, as_json: bool) -> None:
    """Measure how many digits and signs of rare hands a network reads and refuses, by kind."""
    if shown and not beside:
        raise ValueError("--picture compares two networks; give --beside too")
    networks = {path.stem: checkpoint.load(path).network for path in (weights, beside) if path}
    found = {name: measured(network) for name, network in networks.items()}
    if shown:
        better, other = networks.values()
        picture(better, other).save(shown)
    if write:
        readme.README.write_text(replaced(readme.README.read_text(), "strange-hands", markdown(found)))
    print(json.dumps(found) if as_json else markdown(found))


if __name__ == "__main__":
    entry.run(strange_hands)
