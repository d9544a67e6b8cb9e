"""Run the browser's own reader, the modules of model/browser, on drawings and networks from Python."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from playwright.sync_api import Page, Route

from model.browser import wire
from model.common.arrays import U8
from model.ink import Drawing
from model.nn.classifier import DigitClassifier
from ui.browser import modules

ORIGIN = "http://reader.test"  # nothing is there: the page's requests are answered here
MODULES = ("rasterize", "network", "reading", "answer", "clipping", "eraser", "pencil", "sheet", "explain/index")


@dataclass(frozen=True)
class BrowserReading:
    """What the browser's reader says about one drawing."""

    probabilities: list[float]  # of the ten digits
    is_digit: float | None
    verdict: str


class BrowserReader:
    """The reader in a page of its own, with its modules as properties of `reader`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.route(f"{ORIGIN}/**", _answer)
        page.goto(ORIGIN)
        imports = "".join(f"Object.assign(reader, await import('{ORIGIN}/{name}.js'));" for name in MODULES)
        page.evaluate(f"async () => {{ window.reader = {{}}; {imports} }}")

    def rasterize(self, drawings: Sequence[Drawing]) -> list[U8]:
        """Take drawings, to be read from now on; returns their images (28, 28)."""
        images: list[str] = self.page.evaluate(
            """drawings => {
                window.images = drawings.map(({ strokes, pen }) => reader.rasterize(strokes, pen))
                return images.map((image) => btoa(String.fromCharCode(...image)))
            }""",
            [{"strokes": [stroke.tolist() for stroke in one.strokes], "pen": one.pen} for one in drawings],
        )
        return [np.frombuffer(base64.b64decode(image), np.uint8).reshape(28, 28) for image in images]

    def read(self, network: DigitClassifier) -> list[BrowserReading]:
        """Read the drawings with a network, as it comes over the wire."""
        readings: list[Any] = self.page.evaluate(
            """content => {
                const bytes = Uint8Array.from(atob(content), (byte) => byte.charCodeAt(0))
                const network = reader.parseNetwork(bytes.buffer)
                return images.map((image) => {
                    const { probabilities, isDigit, verdict } = reader.read(network, image)
                    return JSON.stringify([probabilities, isDigit, verdict])
                })
            }""",
            base64.b64encode(wire.to_wire(network)).decode(),
        )
        return [BrowserReading(*json.loads(reading)) for reading in readings]


def _answer(route: Route) -> None:
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    if name in modules.MODULES:
        route.fulfill(body=modules.MODULES[name], content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>Reader</title>", content_type="text/html")
