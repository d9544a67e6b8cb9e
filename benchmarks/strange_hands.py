"""Digits and signs of rare hands, each by the control points of its strokes: how many does a network read, by kind?

    python -m benchmarks.strange_hands
    python -m benchmarks.strange_hands --weights mine.safetensors --picture hands.png

They are drawn from the templates in rare_hands.py, not as the training draws (model/ink/hands, model/ink/signs): by
other curves, B-splines that pass their control points at a distance, in other proportions, and with another trembling.
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
from benchmarks.rare_hands import DIGITS, SIGNS
from benchmarks.tables import percent, table
from benchmarks.verdicts import accepted, sure
from benchmarks.writer_groups import digit_labels, images
from model.cli import entry
from model.common.arrays import F64
from model.ink import Drawing, render
from model.nn.classifier import DigitClassifier
from model.training import checkpoint

# The title of each figure.
COLUMNS = {"read right": "accuracy", "refused": "rejected", "wrong though sure": "confident errors"}
LABELS, CELL = 340, 64  # pixels of the picture: the width of the kinds' names, and the side of a digit's place
COUNT = 200  # drawings of each kind
TREMBLE = 2.4  # standard deviation of the control points, of a height of 100
TURN, STRETCH, LEAN = np.radians(8), 0.12, 0.12  # of a whole drawing: the largest angle, and standard deviations


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
    """Measure the accuracy of each kind, and the shares of rejections and of confident errors; of signs, the last two.

    An error is confident if the image is accepted as a digit with a confidence of 90 % or more.
    """
    rng = np.random.default_rng(seed)
    found = {}
    for kind, drawn in (digits(rng, count) | signs(rng, count)).items():
        answers = network.predict(images(drawn))
        refused = float(1 - accepted(answers).mean())
        if kind in SIGNS:
            found[kind] = {"refused": refused, "wrong though sure": float(sure(answers).mean())}
            continue
        right = answers.probabilities.argmax(axis=1) == digit_labels(drawn)
        found[kind] = {
            "read right": float(right.mean()),
            "refused": refused,
            "wrong though sure": float((sure(answers) & ~right).mean()),
        }
    return found


def picture(network: DigitClassifier, beside: DigitClassifier, seed: int = 0, columns: int = 14) -> Image.Image:
    """Show digits that the first network accepts and classifies correctly, unlike the other: a row for each kind."""
    rows: dict[str, list[Drawing]] = {}
    for kind, drawn in digits(np.random.default_rng(seed)).items():
        pixels, labels = images(drawn), digit_labels(drawn)
        good = []
        for each in (network, beside):
            answers = each.predict(pixels)
            good.append(accepted(answers) & (answers.probabilities.argmax(axis=1) == labels))
        if only_one := [drawn[index] for index in np.flatnonzero(good[0] & ~good[1])[:columns]]:
            rows[kind] = only_one
    page = Image.new("L", (LABELS + columns * CELL, CELL * max(1, len(rows))), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(20)
    for row, (kind, drawn) in enumerate(rows.items()):
        pen.text((8, (row + 0.5) * CELL), kind, fill=0, font=font, anchor="lm")
        for place, drawing in enumerate(drawn):
            digit = Image.fromarray(255 - render(drawing)).resize((56, 56), Image.Resampling.NEAREST)
            page.paste(digit, (LABELS + place * CELL + 4, row * CELL + 4))
    return page


def markdown(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Make a table of the kinds, with three columns for each network."""
    names = list(found)
    columns = [f"{title} ({name})" if len(names) > 1 else title for name in names for title in COLUMNS.values()]
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
    """Measure how many digits and signs of rare hands a network reads and rejects, by kind."""
    if shown and not beside:
        raise ValueError("--picture compares two networks; give --beside too")
    networks = {path.stem: checkpoint.load(path).network for path in (weights, beside) if path}
    found = {name: measured(network) for name, network in networks.items()}
    if shown:
        better, other = networks.values()
        picture(better, other).save(shown)
    if write:
        readme.write("strange-hands", markdown(found), readme.README)
    print(json.dumps(found) if as_json else markdown(found))


if __name__ == "__main__":
    entry.run(strange_hands)
