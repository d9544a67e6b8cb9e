"""The command: on how many drawings the browser's reader and the app come to different verdicts.

    python -m benchmarks.parity digits-dev.jsonl.gz letters-dev.jsonl.gz

It runs the modules of model/browser in Chromium. Progress goes to stderr and the table to stdout; with --json the last
line of stdout is one JSON object instead.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.runs import say
from model.cli import entry
from model.inference.classification import classify_images
from model.ink import Drawing, read_ink, render
from model.nn.classifier import DigitClassifier
from model.training import checkpoint
from tools.browser import BrowserMissingError, launch
from tools.browser_reader import BrowserReader

DRAWINGS_AT_ONCE = 500

Result = dict[str, Any]  # plain values, as JSON has them


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--weights",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=checkpoint.DEFAULT_WEIGHTS,
    help="The network; by default the one that Draw begins with.",
)
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def parity(files: tuple[Path, ...], weights: Path, as_json: bool) -> None:
    """Read all drawings of ink FILES in the browser and in the app, and compare."""
    network = checkpoint.load(weights).network
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            reader = BrowserReader(browser.new_page())
            results = {file.name: compare(reader, network, file) for file in files}
            browser.close()
    except BrowserMissingError as error:
        raise ValueError(str(error)) from None
    if as_json:
        print(json.dumps(results))
    else:
        Console().print(table(results))


def compare(reader: BrowserReader, network: DigitClassifier, file: Path) -> Result:
    """How far the browser's reader and the app are apart on a file's drawings."""
    result: Result = {"drawings": 0, "other verdicts": 0, "other digits": 0, "pixel": 0, "probability": 0.0}
    drawings = (drawing for drawing in read_ink(file) if drawing.strokes)
    while block := list(itertools.islice(drawings, DRAWINGS_AT_ONCE)):
        add(result, reader, network, block)
        say(f"  {file.name}: {result['drawings']:,} drawings, {result['other verdicts']} other verdicts")
    return result


def add(result: Result, reader: BrowserReader, network: DigitClassifier, drawings: list[Drawing]) -> None:
    """Compare some drawings, and add what is found to the result."""
    images = [render(drawing) for drawing in drawings]
    shown = reader.rasterize(drawings)
    readings = zip(reader.read(network), classify_images(network, images), strict=True)
    result["drawings"] += len(drawings)
    result["pixel"] = max(result["pixel"], int(np.abs(np.subtract(shown, images, dtype=int)).max()))
    for browser, app in readings:
        result["other verdicts"] += browser.verdict != app.verdict
        result["other digits"] += int(np.argmax(browser.probabilities)) != app.digit
        apart = float(np.abs(browser.probabilities - np.asarray(app.probabilities)).max())
        if browser.is_digit is not None and app.is_digit is not None:
            apart = max(apart, abs(browser.is_digit - app.is_digit))
        result["probability"] = max(result["probability"], apart)


def table(results: dict[str, Result]) -> Table:
    """One row for each file."""
    shown = Table(
        "file", "drawings", "other verdicts", "other digits", "largest difference of a pixel", "a probability"
    )
    for name, row in results.items():
        shown.add_row(
            name,
            f"{row['drawings']:,}",
            str(row["other verdicts"]),
            str(row["other digits"]),
            f"{row['pixel']} of 255",
            f"{row['probability']:.5f}",
        )
    return shown


if __name__ == "__main__":
    entry.run(parity)
