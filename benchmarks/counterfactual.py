"""How often a small change is found with which a drawing would have been read as it was meant, and how long it takes.

    python -m benchmarks.counterfactual [INK]

INK is a file of labeled drawings, such as digits-dev.jsonl.gz; by default the 30 of the tests, each with the next digit
wanted. The default network reads them, in Chromium.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from model.browser import wire
from model.ink import Drawing, read_ink, render
from model.nn.classifier import DigitClassifier
from model.training import checkpoint
from tools.browser import launch
from tools.browser_reader import BrowserReader

INK = Path(__file__).parents[1] / "tests" / "fixtures" / "ink.jsonl"
MILLISECONDS = 250  # the time that the search gets

SEARCH = f"""([content, cases]) => {{
    const network = reader.parseNetwork(Uint8Array.from(atob(content), (byte) => byte.charCodeAt(0)).buffer)
    return cases.map(({{ strokes, pen, wanted }}) => {{
        const start = performance.now()
        const found = reader.findCounterfactual(network, strokes, {{ pen, wanted, milliseconds: {MILLISECONDS} }})
        const {{ reads, isComplete, sentence, change }} = found
        return {{ milliseconds: performance.now() - start, reads, isComplete, sentence, size: change?.size ?? null }}
    }})
}}"""

Result = dict[str, Any]  # plain values, as JSON has them


def measure(drawings: Sequence[Drawing], wanted: Sequence[int], network: DigitClassifier) -> list[Result]:
    """Find for each drawing the smallest change that makes it the wanted digit."""
    cases = [
        {"strokes": [stroke.tolist() for stroke in drawing.strokes], "pen": drawing.pen, "wanted": int(digit)}
        for drawing, digit in zip(drawings, wanted, strict=True)
    ]
    content = base64.b64encode(wire.to_wire(network)).decode()
    with sync_playwright() as playwright, launch(playwright) as browser:
        results: list[Result] = BrowserReader(browser.new_page()).page.evaluate(SEARCH, [content, cases])
    return results


def misread(drawings: Sequence[Drawing], network: DigitClassifier) -> list[Drawing]:
    """The digits that are read as others, or as none."""
    digits = [drawing for drawing in drawings if drawing.is_digit and drawing.strokes]
    prediction = network.predict(np.stack([render(drawing).reshape(-1) for drawing in digits]))
    wrong = prediction.probabilities.argmax(axis=1) != [int(drawing.label or 0) for drawing in digits]
    if prediction.is_digit is not None:
        wrong |= prediction.is_digit < 0.5
    return [digits[index] for index in np.flatnonzero(wrong)]


def main() -> None:
    """Print one line for each drawing, and the shares and times."""
    network = checkpoint.load(checkpoint.WEIGHTS / "handwriting.safetensors").network
    if len(sys.argv) > 1:
        drawings = misread(list(read_ink(Path(sys.argv[1]))), network)
        wanted = [int(drawing.label or 0) for drawing in drawings]
    else:
        drawings = list(read_ink(INK))
        wanted = [(int(drawing.label or 0) + 1) % 10 for drawing in drawings]
    results = measure(drawings, wanted, network)
    for drawing, result in zip(drawings, results, strict=True):
        print(f"{drawing.label} {result['milliseconds']:4.0f} ms  {result['sentence']}")
    sizes = [result["size"] for result in results if result["size"] is not None]
    times = sorted(result["milliseconds"] for result in results)
    print(f"{len(results)} drawings, a change found for {len(sizes)}, {len(sizes) / len(results):.0%}")
    print(f"time: median {median(times):.0f} ms, 95 % within {times[int(0.95 * len(times))]:.0f} ms")
    print(f"all tried in time: {np.mean([result['isComplete'] for result in results]):.0%}")
    print(f"drawings read: {np.mean([result['reads'] for result in results]):.0f} on average")
    if sizes:
        print(f"ink moved by {median(sizes):.1%} of the drawing's size, median")


if __name__ == "__main__":
    main()
