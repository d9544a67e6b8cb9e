"""What a test reads from a page by JavaScript, where no element says it."""

from collections.abc import Iterable

import numpy as np
from playwright.sync_api import Locator, Page

from tests.e2e.patience import until
from tools.random_walk.screen import TABLE_ROWS

Color = tuple[int, int, int]


def mark(*nodes: Locator) -> None:
    """Mark elements, to tell later whether they are still the same ones."""
    for node in nodes:
        node.evaluate("node => { node.isMarked = true }")


def are_marked(*nodes: Locator) -> bool:
    """Tell whether elements are those that were marked."""
    return all(node.evaluate("node => node.isMarked === true && node.isConnected") for node in nodes)


def painted(canvas: Locator) -> str:
    """Return what a canvas shows, as a data URL."""
    picture: str = canvas.evaluate("canvas => canvas.toDataURL()")
    return picture


def pixels(canvas: Locator, color: Color) -> int:
    """Count the pixels of a color on a canvas."""
    count: int = canvas.evaluate(
        """(canvas, color) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
            let count = 0
            for (let at = 0; at < data.length; at += 4)
                count += color.every((value, channel) => Math.abs(data[at + channel] - value) < 3)
            return count
        }""",
        list(color),
    )
    return count


def ink_box(canvas: Locator) -> np.ndarray:
    """Return left, top, right and bottom of the ink on a canvas, in its pixels."""
    box = canvas.evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
            const xs = [], ys = []
            for (let index = 0; index < data.length; index += 4)
                if (data[index] > 127) {
                    xs.push(index / 4 % canvas.width)
                    ys.push(Math.floor(index / 4 / canvas.width))
                }
            return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1]
        }"""
    )
    return np.array(box, float)


def table(data_frame: Locator) -> dict[str, list[str]]:
    """Return the rows of a data frame by their titles."""
    rows: list[list[str]] = data_frame.evaluate(TABLE_ROWS)
    return {cells[0]: cells[1:] for cells in rows if cells}


def watch_count(page: Page, selector: str) -> None:
    """Begin to watch how many elements there are at once; `most_at_once` tells."""
    page.evaluate(
        """selector => {
            window.mostAtOnce = 0
            const count = () => {
                window.mostAtOnce = Math.max(window.mostAtOnce, document.querySelectorAll(selector).length)
            }
            count()
            new MutationObserver(count).observe(document.body, { subtree: true, childList: true })
        }""",
        selector,
    )


def most_at_once(page: Page) -> int:
    count: int = page.evaluate("window.mostAtOnce")
    return count


def tooltip_at(page: Page, chart: Locator, places: Iterable[tuple[float, float]], words: str) -> str:
    """Move the mouse over places of a chart (shares of its width and height) until its tooltip has the words."""
    chart.evaluate("node => node.scrollIntoView({ block: 'center' })")  # out from under the bar that stays on top
    tooltip = page.locator("#vg-tooltip-element")
    places = list(places)

    def hunt() -> str:
        for x, y in places:
            box = chart.bounding_box()
            if not box:
                continue
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            said = "".join(tooltip.all_inner_texts())
            if tooltip.is_visible() and words in said:
                return said
        return ""

    return until(page, hunt, bool, f"a tooltip with {words!r}")
