"""`classify`: read the digits in pictures and drawings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from model.cli.console import as_json_option, stderr, stdout
from model.cli.weights import weights_option
from model.inference.thresholds import ACCEPT_AT_LEAST, CERTAIN_DIGIT_AT_LEAST, CONFIDENT_AT_LEAST
from model.training import checkpoint


@click.command(
    "classify",
    help=f"""Read digits: pictures (PNG, JPEG, ...), drawings or whole ink files (JSON lines, gzipped or not).

    The answer is "no digit" where the network gives less than {ACCEPT_AT_LEAST} to its being a digit at all. It is
    "perhaps" where that is less than {CERTAIN_DIGIT_AT_LEAST}, or the most probable digit has less than
    {CONFIDENT_AT_LEAST}. Only a network with a reject class can tell; is_digit is null for the others, and they reject
    nothing.

    Where there are labels, accuracy is the share of digits whose most probable digit is right, passed the share of
    digits that were accepted, and refused the share of all else (letters, say) that was rejected. What has nothing
    drawn on it counts in accuracy only.
    """,
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@weights_option
@as_json_option
def classify_command(files: tuple[Path, ...], weights: Path, as_json: bool) -> None:
    """Classify the images of all files, and print the predictions."""
    from model.inference.classification import classify_files

    network = checkpoint.load(weights).network
    with stderr.status("Reading"):
        readings = [reading for path in files for reading in classify_files(network, path)]
    labeled = [reading for reading in readings if reading.is_labeled]
    digits = [reading for reading in labeled if reading.verdict]
    others = [reading for reading in readings if reading.verdict and reading.label and not reading.is_labeled]
    accuracy = share(reading.is_correct for reading in labeled)
    passed = share(reading.verdict != "no digit" for reading in digits)
    refused = share(reading.verdict == "no digit" for reading in others)
    if as_json:
        result = {"n": len(readings), "accuracy": accuracy, "passed": passed, "refused": refused}
        print(json.dumps(result | {"predictions": [reading.as_dict() for reading in readings]}))
        return
    for reading in readings:
        stdout.print(str(reading), markup=False, highlight=False)
    if accuracy is not None:
        stdout.print(f"{accuracy:.2%} of {len(labeled):,} labeled digits classified correctly", highlight=False)
    if passed is not None and any(reading.is_digit is not None for reading in digits):
        stdout.print(f"{passed:.2%} of {len(digits):,} labeled digits accepted", highlight=False)
    if refused is not None:
        stdout.print(f"{refused:.2%} of {len(others):,} with another label rejected", highlight=False)


def share(flags: Iterable[bool]) -> float | None:
    """Return the share of flags that are true, 0..1; None of no flags."""
    values = list(flags)
    return sum(values) / len(values) if values else None
