"""A finger on a touch screen; Playwright alone can only tap."""

from playwright.sync_api import Page


class Finger:
    """A finger that goes down on a page, moves there, and is lifted; places are in pixels of the window."""

    def __init__(self, page: Page) -> None:
        self._browser = page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", {"x": x, "y": y})

    def move(self, x: float, y: float) -> None:
        self._send("touchMove", {"x": x, "y": y})

    def lift(self) -> None:
        self._send("touchEnd")

    def cancel(self) -> None:
        """End the touch as a system does that takes it over."""
        self._send("touchCancel")

    def _send(self, kind: str, *points: dict[str, float]) -> None:
        self._browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})
