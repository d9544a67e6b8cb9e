"""A click may reach the app twice, and must be obeyed once.

If a part of the page is about to redraw itself just when one of its buttons is clicked, the browser asks for that
first, and the click is in both messages: a run would take two steps. The second message has then come before the first
is answered, and so Streamlit handles it right after that, in the same thread; for a later one it starts a new thread.
"""

from __future__ import annotations

import threading


class ClickGuard:
    """Tell clicks on a tab's buttons from their echoes."""

    def __init__(self) -> None:
        self._click: tuple[str, threading.Thread] | None = None  # which button, in which thread
        self._drawn = True  # whether the buttons have been drawn since

    def accept(self, key: str) -> bool:
        """Tell whether a click on the button with this key is a new one, which must be obeyed."""
        click = key, threading.current_thread()
        before, self._click = self._click, None
        if before == click:
            return False
        self._click, self._drawn = click, False
        return True

    def mark_drawn(self) -> None:
        """Note that the part of the page with the buttons has been drawn: an echo comes right after that."""
        if self._drawn:
            self._click = None
        self._drawn = True
