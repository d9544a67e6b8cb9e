"""How far the answer on Draw is behind the pen, and how soon the browser can read: measured by the page's own clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.opened_page import SLOWER, WAIT, slow_down
from tools.page_actions import PAPER, settle

MACHINES = {"this machine": 1, "a processor four times as slow": SLOWER}
POINTS = 60  # of each stroke

# Notes when the browser could read first: the network has arrived, and has read once.
ARRIVAL = """
    new MutationObserver(() => {
        if (document.querySelector(".st-key-canvas[data-reads-live]")) window.arrived ??= performance.now()
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-reads-live"] })
"""
# Notes how many milliseconds after a move of the pen the answer was new, and how many after its event was delivered:
# a browser delivers moves with the next frame. All moves between two frames have one answer; the first of them has
# waited longest, and counts.
FOLLOWING = """() => {
    window.delays = []
    window.delaysFromDelivery = []
    let moved = null
    let delivered = null
    const onMove = (event) => {
        if (!(event.buttons & 1)) return
        moved ??= event.timeStamp
        delivered ??= performance.now()
    }
    document.addEventListener("mousemove", onMove, { capture: true })
    new MutationObserver(() => {
        if (moved === null) return
        delays.push(performance.now() - moved)
        delaysFromDelivery.push(performance.now() - delivered)
        moved = delivered = null
    }).observe(document.querySelector(".st-key-answer_side"), { subtree: true, childList: true })
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

Result = dict[str, Any]  # plain values, as JSON has them


def measure(browser: Browser, app: str, strokes: int) -> Result:
    """Milliseconds that the answer is behind the pen, and from the address to the first live answer, by slowness."""
    return {name: followed(browser, app, slower, strokes) for name, slower in MACHINES.items()}


def followed(browser: Browser, app: str, slower: int, strokes: int) -> Result:
    """Draw as someone new, on a processor slowed down this many times."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    try:
        page.add_init_script(ARRIVAL)
        slow_down(page, slower)
        page.goto(f"{app}/draw")
        page.locator(".st-key-canvas[data-reads-live]").wait_for()
        settle(page, quiet=0.6, timeout=WAIT / 1000)
        page.evaluate(FOLLOWING)
        for number in range(strokes):
            draw(page, number)
        delays, from_delivery = sorted(page.evaluate("delays")), sorted(page.evaluate("delaysFromDelivery"))
        arrived = float(page.evaluate("arrived"))
    finally:
        context.close()
    return {
        "median": round(median(delays), 1),
        "95 %": percentile_95(delays),
        "95 % from delivery": percentile_95(from_delivery),
        "answers": len(delays),
        "arrived": round(arrived),
    }


def percentile_95(delays: Sequence[float]) -> float:
    """The 95th percentile of sorted milliseconds."""
    return round(delays[math.ceil(0.95 * len(delays)) - 1], 1)


def draw(page: Page, number: int) -> None:
    """Draw a spiral on blank paper, wait until all has been answered, and clear the paper."""
    box = page.locator(PAPER).bounding_box()
    if box is None:
        raise ValueError("a page with a canvas was expected; it shows none")
    middle_x, middle_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle_x, middle_y)
    page.mouse.down()
    for index in range(1, POINTS + 1):
        radius, angle = 0.4 * box["width"] * index / POINTS, number + 4 * math.pi * index / POINTS
        page.mouse.move(middle_x + radius * math.cos(angle), middle_y + radius * math.sin(angle))
    page.evaluate(FRAMES)
    page.mouse.up()
    settle(page, quiet=0.6, timeout=WAIT / 1000)
    page.locator(".st-key-clear button").click()
    settle(page, quiet=0.6, timeout=WAIT / 1000)


def rows(found: Result) -> dict[str, str]:
    """Rows of the README's table."""
    shown = {}
    for name, result in found.items():
        shown[f"from a move of the pen to its answer, on {name}, median"] = f"{result['median']:.1f} ms"
        shown[f"the same on {name}, 95 % of them within"] = f"{result['95 %']:.1f} ms"
        shown[f"from the delivery of the move's event, on {name}, 95 %"] = f"{result['95 % from delivery']:.1f} ms"
        shown[f"from the address to the first live answer, on {name}"] = f"{result['arrived'] / 1000:.1f} s"
    return shown
