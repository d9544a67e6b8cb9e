"""How fast a large search opens in the page, and how fluent it is to brush: `python -m benchmarks.study_page`.

Opening is from the request for the trials to the frame in which all charts and the table are drawn; brushing is from a
move of the pointer to the frame that shows it, with all charts.
"""

from __future__ import annotations

import json
import statistics
from typing import Any

import click
from playwright.sync_api import Page, sync_playwright

from tools.app_server import serve
from tools.browser import launch

MOVES = 40
MARK = """() => {
    const ask = window.fetch
    window.fetch = (...request) => {
        if (String(request[0]).includes("told")) window.askedAt ??= performance.now()
        return ask(...request)
    }
    const done = setInterval(() => {
        if (!document.querySelector(".study[data-state=shown] tbody tr")) return
        clearInterval(done)
        requestAnimationFrame(() => requestAnimationFrame(() => { window.shownAt = performance.now() }))
    }, 1)
}"""
BRUSH = """async ([moves]) => {
    const canvas = document.querySelector(".study-parallel canvas")
    const box = canvas.getBoundingClientRect()
    const at = (type, y) => canvas.dispatchEvent(new PointerEvent(type,
        { clientX: box.left + 34, clientY: box.top + y, buttons: 1, pointerId: 1, bubbles: true }))
    canvas.setPointerCapture = () => {}
    const frame = () => new Promise(requestAnimationFrame)
    const times = []
    at("pointerdown", 40)
    for (let move = 1; move <= moves; move++) {
        await frame()
        const began = performance.now()
        at("pointermove", 40 + (move / moves) * (box.height - 90))
        await frame() // the charts are drawn in this one
        await new Promise(setTimeout)
        times.push(performance.now() - began)
    }
    at("pointerup", box.height - 50)
    return times
}"""


def measure(page: Page, url: str) -> dict[str, Any]:
    """Open the charts and brush along the first axis; returns milliseconds."""
    page.add_init_script(f"({MARK})()")
    page.goto(url)
    page.wait_for_function("window.shownAt")
    opened = page.evaluate("window.shownAt - window.askedAt")
    page.locator(".study-parallel canvas").scroll_into_view_if_needed()
    moves = page.evaluate(BRUSH, [MOVES])
    return {
        "open_ms": round(opened),
        "brush_median_ms": round(statistics.median(moves), 1),
        "brush_worst_ms": round(max(moves), 1),
    }


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--trials", type=click.IntRange(1), default=500, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def main(trials: int, as_json: bool) -> None:
    """Measure the charts of a search with this many trials, in Chromium on this machine."""
    environment = {"STUDY_TRIALS": str(trials), "PYTHONPATH": "."}
    with serve("benchmarks/study_app.py", environment) as app, sync_playwright() as playwright:
        found = measure(launch(playwright).new_page(viewport={"width": 1280, "height": 900}), app.url)
    if as_json:
        print(json.dumps({"trials": trials, **found}))
        return
    print(f"{trials} trials open in {found['open_ms']} ms")
    print(f"a move of a brush takes {found['brush_median_ms']} ms, at worst {found['brush_worst_ms']} ms")


if __name__ == "__main__":
    main()
