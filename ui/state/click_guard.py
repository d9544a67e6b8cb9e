"""A click may reach the app twice, and must be obeyed once.

If a part of the page is about to redraw itself just when one of its buttons is clicked, the browser asks for that
first, and the click is in both messages: a run would be paused and at once resumed. The second message has then come
before the first is answered, and so Streamlit handles it right after that, in the same thread; for a later one it
starts a new thread. Where it is under load, another thread may handle it all the same; no person, though, can answer
what a button has come to say before the browser shows it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

ECHO_SECONDS = 0.3  # from the answer to a click: what comes sooner is no answer to that


class ClickGuard:
    """Tell clicks on a tab's buttons from their echoes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._click: tuple[str, threading.Thread] | None = None  # which button, in which thread
        self._drawn = True  # whether the buttons have been drawn since
        self._toggled = ""  # which button was last told to do the opposite of what it did before
        self._answered_at = -ECHO_SECONDS  # when that was drawn

    def accept(self, key: str, *, toggles: bool = False) -> bool:
        """Tell whether a click on the button is a new one, which must be obeyed.

        Args:
            key: the button's.
            toggles: whether a second click undoes the first.
        """
        click = key, threading.current_thread()
        before, self._click = self._click, None
        if before == click:
            return False
        if toggles and self._toggled == key and self._clock() - self._answered_at < ECHO_SECONDS:
            return False
        self._click, self._drawn, self._toggled = click, False, key if toggles else ""
        self._answered_at = math.inf if toggles else self._answered_at
        return True

    def mark_drawn(self) -> None:
        """Note that the part of the page with the buttons has been drawn: an echo comes right after that."""
        if self._answered_at == math.inf:
            self._answered_at = self._clock()
        if self._drawn:
            self._click = None
        self._drawn = True
