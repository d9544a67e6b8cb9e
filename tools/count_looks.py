"""Count the looks that a visitor gets at the curves of a first run: pictures of the loss chart that differ.

python -m tools.count_looks
"""

from playwright.sync_api import Page, sync_playwright

from tools.app_server import serve
from tools.browser import launch
from tools.page_actions import settle

CHART = ".st-key-loss_chart canvas"
LONGEST_RUN = 120  # seconds

WATCH = """chart => {
    window.looks = new Set()
    const look = () => {
        const canvas = document.querySelector(chart)
        if (canvas?.width) looks.add(canvas.toDataURL())
        requestAnimationFrame(look)
    }
    look()
}"""


def count_looks(page: Page, url: str) -> tuple[int, float]:
    """Start the first run of a visitor; return how many pictures there were of its loss, and its seconds."""
    page.goto(f"{url}/train")
    settle(page)
    page.locator(CHART).first.wait_for()
    page.evaluate(WATCH, CHART)
    before = page.evaluate("looks.size")
    begun = page.evaluate("performance.now()")
    page.locator(".st-key-start button").click()
    page.locator(".st-key-progress", has_text="Finished").wait_for(timeout=1000 * LONGEST_RUN)
    looks, seconds = page.evaluate("begun => [looks.size, (performance.now() - begun) / 1000]", begun)
    return looks - before, seconds


def main() -> None:
    with serve() as app, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        looks, seconds = count_looks(page, app.url)
        print(f"{looks} looks at the curves in {seconds:.1f} s, from Start to the end of the first run")
        browser.close()


if __name__ == "__main__":
    main()
