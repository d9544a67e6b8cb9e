"""Take the pictures of README.md and the documentation: `make screenshots` uses the app as a visitor would.

Beside the pictures, docs/images/manifest.json says which headings, buttons and settings each page had at that time.
A test in tests/e2e opens the pages again and compares, so the pictures cannot show something else than the app.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from model.ink import read_ink
from tools.app_server import ROOT, serve
from tools.browser import launch
from tools.page_actions import PAPER, draw, settle

PICTURES = ROOT / "docs" / "images"
MANIFEST = PICTURES / "manifest.json"
INK = ROOT / "tests" / "fixtures" / "ink.jsonl"
WIDTH, HEIGHTS = 1280, {"draw": 700, "train": 1140, "evaluate": 900, "inside": 1210}
PATIENCE_MS = 90_000

# The texts of what a visitor can read or use by name, without the names of icons and what depends on the machine.
VISIBLE_TEXTS = """() => {
    const selector = 'h1, h2, h3, strong, button, summary, [data-testid="stWidgetLabel"], '
        + '[data-testid="stMetricLabel"], [data-testid="stPageLink"]'
    const texts = new Set()
    for (const element of document.querySelectorAll(`[data-testid="stMain"] :is(${selector})`)) {
        if (!element.checkVisibility() || element.closest('.st-key-fetch_mnist, .js-plotly-plot, iframe')) continue
        const copy = element.cloneNode(true)
        copy.querySelectorAll('[data-testid*="Icon"], svg, style')
            .forEach(part => part.remove())
        texts.add(copy.textContent.trim())
    }
    return [...texts]
}"""


def show_draw(page: Page, url: str) -> None:
    """Draw a seven."""
    page.goto(f"{url}/draw")
    draw_seven(page)


def show_inside(page: Page, url: str) -> None:
    """See how a seven is read."""
    page.goto(f"{url}/inside")
    draw_seven(page)
    expect(page.locator(".st-key-inside")).to_contain_text("Output 7", timeout=PATIENCE_MS)


def draw_seven(page: Page, paper: str = PAPER) -> None:
    """Draw somebody's seven."""
    settle(page)
    seven = next(drawing for drawing in read_ink(INK) if drawing.label == "7")
    draw(page, [stroke.tolist() for stroke in seven.strokes], paper=paper)


def show_train(page: Page, url: str) -> None:
    """Train, and fork from a snapshot with another learning rate; both networks read a seven."""
    page.goto(f"{url}/train?epochs=20&optimizer=momentum&learning_rate=0.01")
    draw_seven(page, ".paper-reader-sheet canvas")
    page.locator(".st-key-start button").click()
    expect(page.locator(".st-key-progress")).to_contain_text("Finished", timeout=PATIENCE_MS)
    settle(page)
    timeline = page.get_by_role("slider", name="Timeline")
    expect(timeline).to_be_enabled(timeout=PATIENCE_MS)  # it has stops now
    timeline.press("Home")
    expect(timeline).to_have_attribute("aria-valuetext", "epoch 0", timeout=PATIENCE_MS)
    for _ in range(3):
        timeline.press("ArrowRight")
    settle(page)
    for _ in range(3):
        page.get_by_role("slider", name="Learning rate").press("ArrowRight")
    settle(page)
    page.locator(".st-key-fork button").click()
    expect(page.locator(".st-key-progress")).to_contain_text("branch at", timeout=PATIENCE_MS)
    expect(page.locator(".st-key-progress")).to_contain_text("Finished", timeout=PATIENCE_MS)
    settle(page)


def show_evaluate(page: Page, url: str) -> None:
    """Evaluate the network for drawings."""
    page.goto(f"{url}/evaluate")
    expect(page.locator(".st-key-any_image input")).to_be_visible(timeout=PATIENCE_MS)
    settle(page)


SCENES: Mapping[str, Callable[[Page, str], None]] = {
    "draw": show_draw,
    "train": show_train,
    "evaluate": show_evaluate,
    "inside": show_inside,
}


def visible_texts(page: Page) -> list[str]:
    """Return the texts of headings, buttons, settings and figures on a page, with # for numbers, sorted.

    Which images are shown is a matter of chance: "> 99.9 %" is a number as "98 %" is.
    """
    texts: list[str] = page.evaluate(VISIBLE_TEXTS)
    return sorted({re.sub(r"(?:[<>]\s*)?\d[\d,.]*", "#", text) for text in texts} - {""})


def checksum(path: Path) -> str:
    """Return the SHA-256 of a picture."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Take all pictures and write the manifest."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    manifest = {}
    with serve(environment={"MNIST_DIR": "", "INK_DIR": ""}) as app, sync_playwright() as playwright:
        browser = launch(playwright)
        for name, show in SCENES.items():
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHTS[name]})  # a new visitor's
            show(page, app.url)
            page.mouse.move(0, 0)
            settle(page)
            path = PICTURES / f"{name}.png"
            page.screenshot(path=path, animations="disabled")
            manifest[name] = {"sha256": checksum(path), "texts": visible_texts(page)}
            page.close()
            print(path.relative_to(ROOT))
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
