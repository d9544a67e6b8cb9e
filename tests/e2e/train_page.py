"""What a visitor does on the Train page, and reads there: the words of its tests."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Locator, Page, expect

from tests.e2e.driver import settle

LONG = "?epochs=10000&hidden_sizes=32"  # longer than any test
LEARNING_SECONDS = 60
PATIENCE_SECONDS = 30  # with a machine that is busy

T = TypeVar("T")


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    settle(page)


def click_menu(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("h1").first).to_be_visible()


# -- Steering -----------------------------------------------------------------------------------------------


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def start(page: Page) -> None:
    button(page, "start").click()


def stop(page: Page) -> None:
    button(page, "stop").click()
    expect_state(page, "Stopped")


def pause(page: Page) -> None:
    button(page, "pause").click()
    expect_state(page, "Paused")
    expect(button(page, "pause")).to_contain_text("Resume")


def move(page: Page, slider: str, key: str) -> str:
    """Press a key on a slider; returns what it then stands at."""
    handle(page, slider).press(key)
    settle_for_a_moment(page)
    return stands_at(page, slider)


def handle(page: Page, slider: str) -> Locator:
    return page.get_by_role("slider", name=re.compile(f"^{slider}"))


def choose(page: Page, menu: str, option: str) -> None:
    """Choose an option of a menu."""
    choice = page.get_by_role("option", name=option, exact=True)

    def is_open() -> bool:  # it closes if the page is redrawn as a whole
        page.get_by_role("combobox", name=menu).press("ArrowDown")
        page.wait_for_timeout(300)
        return choice.is_visible()

    until(page, is_open, bool)
    choice.click()
    settle_for_a_moment(page)


def stands_at(page: Page, slider: str) -> str:
    return handle(page, slider).get_attribute("aria-valuetext") or ""


def settle_for_a_moment(page: Page) -> None:
    """A page that redraws its parts never settles; but a click or a key has then been on its way for a while."""
    page.wait_for_timeout(400)


# -- Reading ------------------------------------------------------------------------------------------------


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".st-key-progress")).to_contain_text(state, timeout=LEARNING_SECONDS * 1000)


def figure(page: Page, name: str) -> str:
    """What the progress says under a name, such as Loss."""
    metric = page.locator(".st-key-progress [data-testid=stMetric]", has_text=re.compile(rf"^\s*{name}"))
    return metric.locator("[data-testid=stMetricValue]").first.inner_text()


def step(page: Page) -> int:
    return int(figure(page, "Step").replace(",", ""))


def weights(page: Page) -> str:
    """The picture of the first layer's weights."""
    return page.locator(".st-key-weights_view img").first.get_attribute("src") or ""


def until(page: Page, read: Callable[[], T], holds: Callable[[T], bool]) -> T:
    """What is read as soon as it is as it should be; else what it was at last."""
    value = read()
    for _ in range(int(PATIENCE_SECONDS / 0.2)):
        if holds(value):
            break
        page.wait_for_timeout(200)
        value = read()
    return value


def steady(page: Page, read: Callable[[], T]) -> T:
    """What is read once it has been the same for longer than the page takes between two looks at a training."""
    values = [read()]
    until(page, lambda: values.append(read()), lambda _: len(values) > 6 and len(set(values[-6:])) == 1)
    return values[-1]


def runs(page: Page) -> dict[str, list[str]]:
    """The table of the runs: for each row's title, a value for each run."""
    rows: list[list[str]] = page.locator(".st-key-runs [data-testid=stDataFrame]").evaluate(
        """table => [...table.querySelectorAll("canvas [role=row]")].map(
            row => [...row.querySelectorAll("[role=gridcell], [role=columnheader]")].map(cell => cell.textContent)
        )"""
    )
    return {cells[0]: cells[1:] for cells in rows if cells}


def download(page: Page, key: str) -> Path:
    with page.expect_download() as waiting:
        button(page, key).click()
    return Path(waiting.value.path())
