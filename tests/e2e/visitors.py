"""The browser's visitors: contexts that one test after another uses, so that each fetches the app's files once."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, StorageState

NOTHING: StorageState = {"cookies": [], "origins": []}


class Visitors:
    """Contexts of a browser. A context in use belongs to one test; between tests nothing stays but what was fetched."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: list[tuple[dict[str, Any], BrowserContext]] = []

    def take(self, options: dict[str, Any]) -> BrowserContext:
        """Return a context that nobody uses, with these of Playwright's options; make one if there is none."""
        for index, (own, context) in enumerate(self._idle):
            if own == options:
                del self._idle[index]
                return context
        return self._browser.new_context(**options)

    def give_back(self, context: BrowserContext, options: dict[str, Any]) -> None:
        """Close a context's pages and forget its visitor: cookies, storage and permissions go.

        What a test sets on the context itself, such as its clock or its scripts, would stay: such a test has a context
        of its own, by the mark `own_context`.
        """
        for page in context.pages:
            page.close()
        context.clear_permissions()
        context.set_storage_state(NOTHING)
        self._idle.append((options, context))
