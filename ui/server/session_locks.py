"""Two runs of a page that overlap take turns at their session's state.

A click stops a page's run, and the next begins before that one has heard of it. Streamlit guards the session's state by
a lock of each run's own, which keeps nobody out: the next run found "dictionary changed size during iteration", in one
of some thousand clicks, and the visitor an error in the page's place. So they have one lock.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.state.safe_session_state import SafeSessionState

from ui.server import patches

if TYPE_CHECKING:
    from types import TracebackType

    from streamlit.runtime.state import SessionState

NAME = "SafeSessionState"  # a run makes one of these around its session's state
LOCK = "_lock"  # its attribute
MAX_SESSIONS = 10_000  # far more than there are at a time
PATIENCE_SECONDS = 1.0  # who holds the state longer may wait for this very run


def patch_streamlit() -> None:
    """To be called once, before the server starts."""
    patches.replace(script_runner, NAME, lambda _: TakingTurns, "runs that overlap may get in each other's way")


class Turns:
    """A lock that one thread has, as often as it likes; who has waited long goes on, and nobody waits from then on."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._lock = threading.RLock()
        self._mine = threading.local()

    def __enter__(self) -> None:
        is_mine = self._lock.acquire(timeout=self._patience)
        self._taken.append(is_mine)
        if not is_mine:
            self._patience = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._taken.pop():
            self._lock.release()

    @property
    def _taken(self) -> list[bool]:
        """Of each time that this thread has entered and not left, whether it got the lock."""
        if not hasattr(self._mine, "taken"):
            self._mine.taken = []
        taken: list[bool] = self._mine.taken
        return taken


class TakingTurns(SafeSessionState):
    """A session's state as one run sees it, with the lock that all its runs have."""

    def __init__(self, state: SessionState, yield_callback: Callable[[], None]) -> None:
        super().__init__(state, yield_callback)
        object.__setattr__(self, LOCK, _lock_of(id(state)))


# By the address of the state, which takes no attribute of ours: whoever comes to it later has the same lock.
@functools.lru_cache(MAX_SESSIONS)
def _lock_of(_address: int) -> Turns:
    return Turns()
