"""How the app ends: within five seconds of SIGTERM, and without losing what visitors have made.

At first, runs are saved and handed over. Then the server closes its connections, and browsers turn to another replica.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from ui.state import session

SECONDS = 4.5  # after which the process ends, whatever it waits for
HANDOVER_SECONDS = 3.0
EXIT_CODE = 128 + signal.SIGTERM  # as a shell counts

Handler = Callable[[int, FrameType | None], object]

logger = logging.getLogger("model.app")


def prepare() -> None:
    """Hear of SIGTERM before the server does; to be called when that has its own handler, where signals arrive."""
    if threading.current_thread() is not threading.main_thread():
        return
    server = signal.getsignal(signal.SIGTERM)
    if callable(server):
        signal.signal(signal.SIGTERM, _Ending(server).begin)


class _Ending:
    def __init__(self, server: Handler) -> None:
        self._server, self._has_begun = server, False

    def begin(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal; a second one ends the server at once."""
        if self._has_begun:
            self._server(number, frame)
            return
        self._has_begun = True
        threading.Thread(target=_give_up_waiting, name="the end", daemon=True).start()
        threading.Thread(target=self._hand_over, args=(number, frame), name="handover", daemon=True).start()

    def _hand_over(self, number: int, frame: FrameType | None) -> None:
        try:
            session.hand_over(time.monotonic() + HANDOVER_SECONDS)
        except Exception:  # whatever it is, the app has to end
            logger.exception("What visitors made could not be handed over")
        self._server(number, frame)


def _give_up_waiting() -> None:
    """End the process if a connection or a thread holds it up; its workers notice, and delete its files."""
    time.sleep(SECONDS)
    os._exit(EXIT_CODE)
