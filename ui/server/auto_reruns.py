"""Fragments rerun by themselves less often the more visitors are here.

One process draws all visitors' pages. A fragment with `run_every` (see ui/train/refresh) keeps the interval that it was
given until its page is drawn as a whole: of twenty visitors whose runs wait, the first would go on asking every second.
So an automatic rerun that comes too soon for the visitors who are here by now is dropped; the browser asks again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.state import session

if TYPE_CHECKING:
    from streamlit.proto.BackMsg_pb2 import BackMsg

APART = 0.05  # seconds from any page's automatic rerun to the next: many at once would make all others wait
MAX_FRAGMENTS = 50  # of a page that rerun by themselves; far more than there are


class AutoReruns:
    """When fragments of all pages last reran by themselves.

    Args:
        crowding: see `session.crowding`.
        clock: gives seconds.
    """

    def __init__(
        self, crowding: Callable[[], float] = session.crowding, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.crowding = crowding
        self.clock = clock
        self.last = -math.inf

    def of_page(self) -> PageReruns:
        """Those of a page that has just been opened."""
        return PageReruns(self)


class PageReruns:
    """When the fragments of one page last reran by themselves."""

    def __init__(self, everyone: AutoReruns) -> None:
        self._everyone = everyone
        self._last: dict[str, float] = {}

    def is_too_soon(self, message: BackMsg) -> bool:
        """Whether a message is an automatic rerun of a fragment that comes too soon after the last one."""
        if not message.rerun_script.is_auto_rerun:
            return False
        crowding, now, fragment = self._everyone.crowding(), self._everyone.clock(), message.rerun_script.fragment_id
        if crowding > 1:
            # A browser's timer is not exact: a message that comes a tenth early is on time.
            since = now - self._last.get(fragment, -math.inf)
            if since < 0.9 * session.REDRAW_SECONDS * crowding or now - self._everyone.last < APART:
                return True
        if len(self._last) >= MAX_FRAGMENTS:
            self._last.clear()
        self._last[fragment] = self._everyone.last = now
        return False
