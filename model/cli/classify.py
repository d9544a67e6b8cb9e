"""`classify`: read the digits in pictures and drawings."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from model.cli.console import as_json_option, print_error, print_notes, stderr, stdout
from model.cli.turn import turn_option
from model.cli.weights import load_networks, networks_options
from model.inference.classification import Classification, classify_file
from model.inference.committee import Committee, Predictor
from model.inference.thresholds import ACCEPT_AT_LEAST, CERTAIN_DIGIT_AT_LEAST, CONFIDENT_AT_LEAST


@click.command(
    "classify",
    help=f"""Read digits: pictures (PNG, JPEG, ...), drawings (JSON), and tables of images (CSV, IDX, npz).

    The format of a file is recognized by its content. Each answer has its file, and the row of a table or the line of
    a file of drawings. A file or a line that can't be read is named on stderr, the others are answered, and the exit
    code is 2 in the end.

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
@networks_options
@turn_option
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV table: a line for each answer.")
@as_json_option
def classify_command(
    files: tuple[Path, ...], weights: str, views: int, turn: str | None, as_csv: bool, as_json: bool
) -> None:
    """Classify the images of all files, and print the predictions."""
    if as_csv and as_json:
        raise ValueError("--csv and --json exclude each other; choose one")
    network = Committee([trained.network for trained in load_networks(weights)], views)
    readings, problems, notes = classify_all(network, files, turn)
    if problems and len(files) == 1 and not readings:
        raise ValueError(problems[0]["error"])
    print_notes(notes)
    if as_csv:
        print_csv(readings)
    elif as_json:
        found = [reading.as_dict() for reading in readings]
        result = {"n": len(readings), **scores(readings)}
        print(json.dumps(result | {"predictions": found, "errors": problems, "notes": notes}))
    else:
        print_lines(readings, alone=len(files) == 1 and len(readings) == 1)
    for problem in problems:
        print_error(problem["error"])
    sys.exit(2 if problems else 0)


def classify_all(
    network: Predictor, files: Iterable[Path], turn: str | None
) -> tuple[list[Classification], list[dict[str, str]], list[str]]:
    """Classify the images of all files: the answers, the errors (each with its file), and notes.

    A file that can't be read is an error, and the others are answered.
    """
    readings: list[Classification] = []
    problems: list[dict[str, str]] = []
    notes: list[str] = []
    with stderr.status("Reading"):
        for path in files:
            try:
                found = classify_file(network, path, turn)
            except ValueError as error:
                problems.append({"file": str(path), "error": str(error)})
                continue
            except OSError as error:
                problems.append({"file": str(path), "error": f"{path}: {error.strerror or error}"})
                continue
            readings += found.answers
            problems += [{"file": str(path), "error": problem} for problem in found.problems]
            notes += found.notes
    return readings, problems, notes


def scores(readings: list[Classification]) -> dict[str, float | None]:
    """Return the accuracy, and the shares of digits accepted and of all else rejected; None where there is none."""
    labeled, digits, others = _labeled(readings)
    return {
        "accuracy": share(reading.is_correct for reading in labeled),
        "passed": share(reading.verdict != "no digit" for reading in digits),
        "refused": share(reading.verdict == "no digit" for reading in others),
    }


def print_lines(readings: list[Classification], *, alone: bool) -> None:
    """Print each answer with its file and place, which a single one does not need, and the scores."""
    for reading in readings:
        line = str(reading) if alone else f"{reading.place}: {reading}"
        stdout.print(line, markup=False, highlight=False, soft_wrap=True)
    labeled, digits, others = _labeled(readings)
    shares = scores(readings)
    if shares["accuracy"] is not None:
        correct = f"{shares['accuracy']:.2%} of {len(labeled):,} labeled digits classified correctly"
        stdout.print(correct, highlight=False)
    if shares["passed"] is not None and any(reading.is_digit is not None for reading in digits):
        stdout.print(f"{shares['passed']:.2%} of {len(digits):,} labeled digits accepted", highlight=False)
    if shares["refused"] is not None:
        stdout.print(f"{shares['refused']:.2%} of {len(others):,} with another label rejected", highlight=False)


def print_csv(readings: list[Classification]) -> None:
    """Print a line of CSV for each answer."""
    rows = [reading.as_dict() for reading in readings]
    table = csv.DictWriter(sys.stdout, Classification(None).as_dict(), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)


def _labeled(
    readings: list[Classification],
) -> tuple[list[Classification], list[Classification], list[Classification]]:
    """Return the answers to labeled digits, to those of them that are not blank, and to all else that has a label."""
    labeled = [reading for reading in readings if reading.is_labeled]
    digits = [reading for reading in labeled if reading.verdict]
    others = [reading for reading in readings if reading.verdict and reading.label and not reading.is_labeled]
    return labeled, digits, others


def share(flags: Iterable[bool]) -> float | None:
    """Return the share of flags that are true, 0..1; None of no flags."""
    values = list(flags)
    return sum(values) / len(values) if values else None
