"""Parts of a page that redraw themselves do it less often the more visitors are here.

One process draws all visitors' pages. A page is told how soon it shall ask to be redrawn (see ui/train/refresh), but
keeps to that until it is drawn as a whole: of twenty visitors whose runs wait, the first would go on asking every
second. So what comes too soon for the visitors who are here by now is let go; the browser asks again by itself.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.state import session

if TYPE_CHECKING:
    from streamlit.proto.BackMsg_pb2 import BackMsg

SECONDS = 0.45  # from one redraw of a part to the next, times how crowded it is
APART = 0.05  # seconds from any page's to the next: many at once would make all others wait
PARTS = 50  # of a page that redraw themselves; far more than there are


class Looks:
    """When parts of pages were last redrawn by themselves."""

    def __init__(
        self, crowding: Callable[[], float] = session.crowding, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.crowding = crowding
        self.clock = clock
        self.last = -math.inf

    def of_page(self) -> PageLooks:
        """Those of a page that has just been opened."""
        return PageLooks(self)


class PageLooks:
    """When the parts of one page were last redrawn by themselves."""

    def __init__(self, everyone: Looks) -> None:
        self._everyone = everyone
        self._last: dict[str, float] = {}

    def is_too_soon(self, message: BackMsg) -> bool:
        """Whether a message only asks for a part to be redrawn, and that or another one was so a moment ago."""
        if not message.rerun_script.is_auto_rerun:
            return False
        crowding, now, part = self._everyone.crowding(), self._everyone.clock(), message.rerun_script.fragment_id
        if crowding > 1:
            # A browser's timer is not exact: a message that comes a tenth early is on time.
            since = now - self._last.get(part, -math.inf)
            if since < 0.9 * SECONDS * crowding or now - self._everyone.last < APART:
                return True
        if len(self._last) >= PARTS:
            self._last.clear()
        self._last[part] = self._everyone.last = now
        return False
