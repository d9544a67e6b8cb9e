"""What every script does on a page of the app: wait until it is at rest, and draw with the mouse."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Page

Stroke = Sequence[Sequence[float]]
SHEET_SIZE = 280  # units of the paper's sides, however large it is shown
PAPER = '.st-key-canvas canvas[data-fabric="top"]'


def settle(page: Page, quiet: float = 0.3, timeout: float = 120) -> None:
    """Wait until the page is connected and its script has been at rest for `quiet` seconds.

    A click or a stroke reaches the script only after a moment (the canvas waits 0.2 s after the pen lifts),
    so a single look would come too early. A part of a page that redraws itself more often than every
    `quiet` seconds never settles: wait for what it shows instead.
    """
    page.wait_for_function(
        """quiet => {
            const app = document.querySelector('[data-testid="stApp"]')
            const atRest = app?.dataset.testConnectionState === "CONNECTED"
                && app.dataset.testScriptState === "notRunning"
                && !document.querySelector('[data-testid="stSkeleton"]')
            if (!atRest) { window.atRestSince = undefined; return false }
            window.atRestSince ??= performance.now()
            if (performance.now() - window.atRestSince < quiet * 1000) return false
            window.atRestSince = undefined
            return true
        }""",
        arg=quiet,
        timeout=timeout * 1000,
    )


def draw(page: Page, strokes: Sequence[Stroke], margin: float = 40, paper: str = PAPER) -> None:
    """Draw strokes with the mouse on a paper, as large as it allows, and wait for the app's answer.

    strokes: points (x, y) in any unit, y down. margin: how much of the paper's 280 units is left free on each side.
    paper: the selector of its canvas.
    """
    settle(page, quiet=0)
    canvas = page.locator(paper)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    if box is None:
        raise RuntimeError("the canvas has no place on the page; wait until it shows before drawing")
    points = [point for stroke in strokes for point in stroke]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    span = max(right - left, bottom - top) or 1
    scale = min(box["width"], box["height"]) * (1 - 2 * margin / SHEET_SIZE) / span
    center_x, center_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for stroke in strokes:
        path = [
            (center_x + (x - (left + right) / 2) * scale, center_y + (y - (top + bottom) / 2) * scale)
            for x, y in stroke
        ]
        page.mouse.move(*path[0])
        page.mouse.down()
        for x, y in path[1:]:
            page.mouse.move(x, y)
        page.mouse.up()
    settle(page, quiet=0.6)
