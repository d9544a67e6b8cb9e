"""Fragments rerun by themselves in turns when several visitors are here, and not for more than a share of the time.

One process draws all visitors' pages. A fragment with `run_every` (see ui/train/refresh) knows nothing of the others,
and many at once would make all wait who do something. So fragments rerun one after the other, and after each one the
process is left to what visitors do: the longer it took, the longer. Of those that wait, the one that was redrawn
longest ago goes first. What a visitor does never waits here.

A fragment also keeps the interval that it was given until its page is drawn as a whole: of twenty visitors whose runs
wait, the first would go on asking every second. What it asks too soon for the visitors who are here by now is dropped;
the browser asks again. So is what the page asks that a visitor is leaving, whose click on a link was the last message:
Streamlit runs the page of the last message, and the click would be lost.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.server.message_limits import SMALL
from ui.state import session

if TYPE_CHECKING:
    from streamlit.proto.BackMsg_pb2 import BackMsg

SHARE = 0.15  # of the time, that all automatic reruns together take at most
LONGEST = 0.5  # seconds that one counts at most: perhaps its page is gone, or others hold up the machine
MAX_FRAGMENTS = 20  # of a page that rerun by themselves; far more than there are


def _call_later(seconds: float, do: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, do)


class AutoReruns:
    """Those of all pages: which one is in progress, and which wait.

    Args:
        visitors: how many are here; a lone one's page reruns whenever it asks.
        crowding: see `session.crowding`.
        clock: gives seconds.
        later: does something after this many seconds.
    """

    def __init__(
        self,
        visitors: Callable[[], int] = session.num_present,
        crowding: Callable[[], float] = session.crowding,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], None] = _call_later,
    ) -> None:
        self.visitors = visitors
        self.crowding = crowding
        self.clock = clock
        self._later = later
        self._waiting: set[PageReruns] = set()
        self._running: PageReruns | None = None
        self._began = self._free_from = -math.inf

    def of_page(self, send: Callable[[bytes], None]) -> PageReruns:
        """Those of a page that has just been opened; `send` brings the app a message of it whose turn has come."""
        return PageReruns(self, send)

    def may_begin(self) -> bool:
        """Whether one may rerun now."""
        now = self.clock()
        if self._running and now - self._began >= LONGEST:
            self.end(self._running)
        return not self._running and now >= self._free_from

    def begin(self, page: PageReruns) -> None:
        """Note that a page reruns."""
        self._running, self._began = page, self.clock()
        self._later(LONGEST, self._give_turn)

    def end(self, page: PageReruns) -> None:
        """Note that a page's rerun is over, if it is the one in progress."""
        if page is not self._running:
            return
        now = self.clock()
        pause = min(now - self._began, LONGEST) * (1 - SHARE) / SHARE
        self._running, self._free_from = None, now + pause
        self._later(pause, self._give_turn)

    def wait(self, page: PageReruns, is_waiting: bool) -> None:
        """Note whether a page has reruns that wait."""
        (self._waiting.add if is_waiting else self._waiting.discard)(page)

    def _give_turn(self) -> None:
        if self._waiting and self.may_begin():
            min(self._waiting, key=PageReruns.longest_ago).take_turn()


class PageReruns:
    """Those of one page."""

    def __init__(self, everyone: AutoReruns, send: Callable[[bytes], None]) -> None:
        self._everyone = everyone
        self._send = send
        self._last: dict[str, float] = {}  # when each fragment last reran by itself
        self._waiting: dict[str, bytes] = {}  # the messages that ask for it
        self._wanted = ""  # the page that the visitor was on, or went to, at the last message
        self._left: str | None = None  # the page before, until the browser is known to show the one that is wanted

    def must_wait(self, message: BackMsg, content: bytes) -> bool:
        """Whether a message of the page has to wait: then it is kept and sent when its turn has come, or dropped.

        Args:
            message: what a browser has sent.
            content: the same as bytes.
        """
        if not message.HasField("rerun_script"):
            return False
        fragment, page = message.rerun_script.fragment_id, message.rerun_script.page_script_hash
        if page == self._wanted:
            self._left = None
        if not message.rerun_script.is_auto_rerun:
            self._drop_all()  # they tell how widgets stood before; the browser asks again
            if page != self._wanted:
                self._left, self._wanted = self._wanted, page
            return False
        if page == self._left:
            return True
        self._wanted = page  # perhaps the app itself has led there
        if self._is_too_soon(fragment):
            return True
        if self._everyone.visitors() > 1 and not self._everyone.may_begin():
            if len(content) <= SMALL and (fragment in self._waiting or len(self._waiting) < MAX_FRAGMENTS):
                self._waiting[fragment] = content
                self._everyone.wait(self, True)
            return True
        self._begin(fragment)
        return False

    def ended(self) -> None:
        """Note that a run of the page is over."""
        self._everyone.end(self)

    def close(self) -> None:
        """Forget the page."""
        self._drop_all()
        self.ended()

    def longest_ago(self) -> float:
        """When that fragment was redrawn which waits, and was redrawn longest ago."""
        return min(self._last.get(fragment, -math.inf) for fragment in self._waiting)

    def take_turn(self) -> None:
        """Let that fragment rerun."""
        fragment = min(self._waiting, key=lambda waiting: self._last.get(waiting, -math.inf))
        content = self._waiting.pop(fragment)
        self._everyone.wait(self, bool(self._waiting))
        self._begin(fragment)
        self._send(content)

    def _is_too_soon(self, fragment: str) -> bool:
        crowding = self._everyone.crowding()
        since = self._everyone.clock() - self._last.get(fragment, -math.inf)
        # A browser's timer is not exact: what comes a tenth early is on time.
        return crowding > 1 and since < 0.9 * session.REDRAW_SECONDS * crowding

    def _begin(self, fragment: str) -> None:
        if len(self._last) >= MAX_FRAGMENTS:
            self._last.clear()
        self._last[fragment] = self._everyone.clock()
        self._everyone.begin(self)

    def _drop_all(self) -> None:
        self._waiting.clear()
        self._everyone.wait(self, False)
