"""The command: photographs digits in every kind of picture, has them read, and counts by kind."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import click
import numpy as np

from model.inference.classification import classify_images
from model.ink import BlankDrawing
from model.ink.photo import read_photo
from model.nn.classifier import DigitClassifier
from model.training import checkpoint
from tools.photographs.camera import develop
from tools.photographs.digits import Digit, load
from tools.photographs.kinds import KINDS
from tools.photographs.recipe import Recipe


@click.command()
@click.option("--ink", required=True, type=click.Path(path_type=Path), help="Drawings, as JSON lines.")
@click.option("--mnist", type=click.Path(path_type=Path), help="A file of MNIST images beside its labels.")
@click.option("--pictures", default=48, show_default=True, help="Of each kind; 48 of 21 kinds are 1,008.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only these kinds.")
@click.option("--seed", default=0, show_default=True)
@click.option("--held-out", is_flag=True, help="Draw from the ranges that are kept to measure.")
@click.option("--keep", type=click.Path(path_type=Path), help="A folder for the pictures that were not read.")
@click.option("--weights", type=click.Path(path_type=Path), default=checkpoint.WEIGHTS / "handwriting.safetensors")
def main(
    ink: Path,
    mnist: Path | None,
    pictures: int,
    kinds: tuple[str, ...],
    seed: int,
    held_out: bool,
    keep: Path | None,
    weights: Path,
) -> None:
    """Say how many pictures of each kind are read, misclassified with confidence, and rejected.

    A digit that the network misreads on white paper already is replaced by another: what is measured is the reading of
    pictures. Read counts right answers, sure or not; wrong counts wrong answers that are sure.
    """
    network = checkpoint.load(weights).network
    digits = load(ink, mnist)
    total: Counter[str] = Counter()
    skipped = 0
    for kind in kinds or KINDS:
        counts: Counter[str] = Counter()
        for number in range(pictures):
            rng = np.random.default_rng([seed, held_out, list(KINDS).index(kind), number])
            digit = digits[rng.integers(len(digits))]
            while not _is_readable(network, digit):
                skipped += 1
                digit = digits[rng.integers(len(digits))]
            file = KINDS[kind](Recipe(digit, rng, held_out))
            started = time.perf_counter()
            outcome = _outcome(network, file, digit.label)
            counts["milliseconds"] += round(1000 * (time.perf_counter() - started))
            counts[outcome.split()[0]] += 1
            if keep and not outcome.startswith("read"):
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{kind}-{number}-{outcome.replace(' ', '-')}_{digit.label}.jpg").write_bytes(file)
        total += counts
        _report(kind, counts)
    _report("all", total)
    shown = total["read"] + total["wrong"] + total["unsure"] + total["rejected"] + total["blank"]
    click.echo(f"ceiling: {shown / (shown + skipped):.1%} of the digits are read on white paper")
    sys.exit(0)


def _is_readable(network: DigitClassifier, digit: Digit) -> bool:
    page = np.pad(1 - digit.mask(200, 12), 60, constant_values=1)
    file = develop(np.repeat(255 * page[..., None], 3, axis=2), None)
    return _outcome(network, file, digit.label).startswith("read")


def _outcome(network: DigitClassifier, file: bytes, label: int) -> str:
    """Name how a picture was read: read, wrong (a confident error), unsure, rejected or blank."""
    try:
        (answer,) = classify_images(network, [read_photo(file)])
    except BlankDrawing:
        return "blank"
    if answer.verdict == "no digit":
        return f"rejected {answer.digit}"
    if answer.digit == label:
        return "read"
    return f"{'wrong' if answer.verdict == 'digit' else 'unsure'} {answer.digit}"


def _report(kind: str, counts: Counter[str]) -> None:
    names = ("read", "wrong", "unsure", "rejected", "blank")
    number = sum(counts[name] for name in names)
    shares = "  ".join(f"{name} {counts[name] / number:6.1%}" for name in names)
    click.echo(f"{kind:<15} {number:>5}  {shares}  {counts['milliseconds'] / number:4.0f} ms")


if __name__ == "__main__":
    main()
