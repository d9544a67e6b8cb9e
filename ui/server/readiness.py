"""Whether the app can serve visitors: a page can be drawn, and the workers are there.

A server may answer while its every page is an error. So one page is drawn before the app counts as ready, and again
after any page of a visitor has failed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

NO_PAGE = "no page can be drawn; the log says why"
ENDING = "the app is ending"
REST_SECONDS = 10.0  # from a page that could not be drawn to the next try


class Health(NamedTuple):
    """What is known of the app at a moment; a reason says why it is not ready."""

    ready: bool
    reason: str = ""


class Readiness:
    """Judges the app.

    Args:
        draw_page: tries to draw a page, and tells whether it could.
        is_ending: whether the workers have been sent away.
        clock: seconds.
    """

    def __init__(
        self,
        draw_page: Callable[[], Awaitable[bool]],
        is_ending: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._draw_page, self._is_ending, self._clock = draw_page, is_ending, clock
        self._could_draw: bool | None = None  # None: not known
        self._tried_at = 0.0
        self._trying = asyncio.Lock()

    def note_error(self) -> None:
        """A page of a visitor has failed: perhaps all do."""
        if self._could_draw:
            self._could_draw = None

    async def judge(self) -> Health:
        """How the app is; draws a page if it is not known whether that is possible."""
        if self._is_ending():
            return Health(False, ENDING)
        async with self._trying:
            is_time = self._clock() - self._tried_at >= REST_SECONDS
            if self._could_draw is None or (not self._could_draw and is_time):
                self._could_draw = await self._draw_page()
                self._tried_at = self._clock()
        return Health(True) if self._could_draw else Health(False, NO_PAGE)
