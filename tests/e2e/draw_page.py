"""What a visitor does on the Draw page, and reads there."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, expect

from model.ink import Drawing, read_ink
from model.nn.classifier import DigitClassifier
from model.training.checkpoint import Checkpoint
from tests.e2e import probes
from tests.paths import INK
from tools.page_actions import PAPER, Stroke, draw, settle
from ui.draw.fabric import SCALE

DRAWINGS = list(read_ink(INK))

SURE = ".answer-digit:not(.answer-guess)"  # one digit: of two that are guessed, both stand there for a moment


def strokes_of(label: str) -> list[list[list[float]]]:
    """Return the strokes of somebody's digit."""
    return next([stroke.tolist() for stroke in drawing.strokes] for drawing in DRAWINGS if drawing.label == label)


def press(page: Page, paper: Locator, stroke: Sequence[Sequence[float]]) -> None:
    """Draw a stroke, as large as 70 % of the paper; the mouse's button stays down."""
    box = paper.bounding_box()
    points = np.array(stroke, float)
    points = 0.7 * (points - points.min(axis=0)) / np.ptp(points, axis=0).max() + 0.15
    points = points * box["width"] + [box["x"], box["y"]]
    page.mouse.move(*points[0].tolist())
    page.mouse.down()
    for x, y in points[1:].tolist():
        page.mouse.move(x, y)


class DrawPage:
    """The Draw page as one visitor sees it."""

    def __init__(self, page: Page, url: str = "") -> None:
        self.page, self.url = page, url
        self.paper = page.locator(PAPER)
        self.prediction = page.locator(".st-key-prediction")
        self.alert = page.get_by_role("alert")

    def open(self) -> "DrawPage":
        self.page.goto(f"{self.url}/draw")
        self.paper.wait_for()
        settle(self.page)
        return self

    def wait_for_reader(self) -> None:
        """Wait until the browser itself can read."""
        self.page.locator(".st-key-canvas[data-reads-live]").wait_for()

    def draw(self, strokes: list[Stroke], margin: float = 40) -> None:
        draw(self.page, strokes, margin)

    def clear(self) -> None:
        self.page.locator(".st-key-clear button").click()
        self.expect_blank()

    def expect_digit(self, digit: str) -> None:
        expect(self.prediction).to_have_text(re.compile(rf"^\s*{digit}\s+(> )?\d+\.\d %\s*$"))

    def expect_blank(self) -> None:
        expect(self.prediction).to_have_text("Draw a digit")
        fills = self.page.locator(".st-key-probabilities .bar-fill")
        expect(fills).to_have_count(10)
        self.page.wait_for_function(
            """() => [...document.querySelectorAll(".st-key-probabilities .bar-fill")]
                .every(fill => fill.offsetHeight === 0)"""
        )
        settle(self.page)

    def saved(self) -> Drawing:
        """Return the drawing, as the visitor may download it."""
        settle(self.page)
        with self.page.expect_download() as download:
            self.page.locator(".st-key-download_ink button").click()
        assert download.value.suggested_filename == "drawing.jsonl"
        (line,) = Path(download.value.path()).read_text().splitlines()
        return Drawing.from_json(line)

    def ink_box(self) -> np.ndarray:
        """Return left, top, right and bottom of the ink that the canvas shows, in units of the sheet."""
        return probes.ink_box(self.page.locator('.st-key-canvas canvas.dc-canvas[data-fabric="main"]')) / SCALE

    def upload_picture(self, content: bytes) -> None:
        self.page.locator(".st-key-photo input[type=file]").first.set_input_files(
            {"name": "one.png", "mimeType": "image/png", "buffer": content}
        )

    def upload_network(self, name: str, network: DigitClassifier) -> None:
        content = Checkpoint(network).to_bytes()
        self.page.locator(".st-key-network_file input").set_input_files(
            {"name": f"{name}.safetensors", "mimeType": "application/octet-stream", "buffer": content}
        )
