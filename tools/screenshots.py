"""Makes the README's pictures: `make screenshots` starts the app, uses it as a visitor would, and looks at it."""

from playwright.sync_api import Page, expect, sync_playwright

from model.ink import read_ink
from tools.app_server import ROOT, serve
from tools.browser import launch
from tools.page_actions import draw, settle

PICTURES = ROOT / "docs"
INK = ROOT / "tests" / "fixtures" / "ink.jsonl"


def take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    settle(page)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    print(path.relative_to(ROOT))


def show_draw(page: Page, url: str) -> None:
    page.goto(f"{url}/draw")
    settle(page)
    seven = next(drawing for drawing in read_ink(INK) if drawing.label == "7")
    draw(page, [stroke.tolist() for stroke in seven.strokes])
    take(page, "draw")


def show_train(page: Page, url: str) -> None:
    page.goto(f"{url}/train?epochs=30&weight_decay=0.05&optimizer=adamw")
    settle(page)
    page.locator(".st-key-start button").click()
    expect(page.locator(".st-key-progress")).to_contain_text("Finished", timeout=60_000)
    settle(page)
    take(page, "train")


def show_evaluate(page: Page, url: str) -> None:
    page.goto(f"{url}/evaluate")
    settle(page)
    expect(page.locator(".st-key-confusion")).to_be_visible(timeout=60_000)
    settle(page)
    take(page, "evaluate")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with serve() as app, sync_playwright() as playwright:
        page = launch(playwright).new_page(viewport={"width": 1280, "height": 860})
        for show in (show_draw, show_train, show_evaluate):
            show(page, app.url)


if __name__ == "__main__":
    main()
