"""A visitor is a browser that came by: known again after a reload, by the random name that a cookie gives it.

Streamlit forgets a session when its page is reloaded. What someone has trained here should outlive that, so it is
kept under the browser's name, and forgotten when nobody has been back for a while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Generic, TypeVar

import streamlit as st

HEADER = "X-Inkling-Visitor"  # the name from the cookie, if the server has issued it: see ui/server/visitor_cookie
FORGET_SECONDS = 20 * 60  # after a visitor has left, what they made is kept for so long
RUN_SECONDS = 120  # and their runs go on for so long
MAX_VISITORS = 500  # those who left first are forgotten first

T = TypeVar("T")


@dataclass
class _Stay(Generic[T]):
    data: T
    connections: int = 0  # open tabs
    left: float = 0.0  # when the last one was closed


class Visitors(Generic[T]):
    """What each visitor has, by name. All sessions share it, each in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stays: dict[str, _Stay[T]] = {}

    def find(self, name: str) -> T | None:
        """What a visitor has here."""
        with self._lock:
            return self._stays[name].data if name in self._stays else None

    def find_or_add(self, name: str, data: T) -> T:
        """What a visitor has here; if they are new, that is `data`."""
        with self._lock:
            return self._stays.setdefault(name, _Stay(data, left=time.monotonic())).data

    def search(self, is_wanted: Callable[[T], bool]) -> T | None:
        """Return the data of the first visitor whose data are wanted; None if there is none."""
        with self._lock:
            return next((stay.data for stay in self._stays.values() if is_wanted(stay.data)), None)

    def connect(self, name: str, data: T) -> None:
        """A visitor has opened a tab, or come back."""
        with self._lock:
            self._stays.setdefault(name, _Stay(data)).connections += 1

    def disconnect(self, name: str, now: float | None = None) -> None:
        """A visitor's tab was closed, perhaps only to be loaded again."""
        with self._lock:
            if stay := self._stays.get(name):
                stay.connections -= 1
                stay.left = time.monotonic() if now is None else now

    def all(self) -> list[T]:
        """What all visitors have here."""
        with self._lock:
            return [stay.data for stay in self._stays.values()]

    def num_present(self) -> int:
        """How many have a tab open."""
        with self._lock:
            return sum(stay.connections > 0 for stay in self._stays.values())

    def gone(self, now: float | None = None) -> list[T]:
        """What belongs to visitors who left so long ago that their runs should end."""
        now = time.monotonic() if now is None else now
        with self._lock:
            stays = self._stays.values()
            return [stay.data for stay in stays if stay.connections <= 0 and now - stay.left > RUN_SECONDS]

    def evict(self, now: float | None = None, is_kept: Callable[[T], bool] = lambda data: False) -> list[T]:
        """Forget those who have been away too long, unless they are to be kept; returns what belonged to them."""
        now = time.monotonic() if now is None else now
        with self._lock:
            left = (name for name, it in self._stays.items() if it.connections <= 0 and not is_kept(it.data))
            away = sorted(left, key=self._left)
            excess = len(self._stays) - MAX_VISITORS
            gone = [
                name for index, name in enumerate(away) if index < excess or now - self._left(name) > FORGET_SECONDS
            ]
            return [self._stays.pop(name).data for name in gone]

    def _left(self, name: str) -> float:
        return self._stays[name].left


def browser_name() -> str:
    """The browser's name: the one in its cookie, or a random one for a browser that keeps no cookies."""
    return st.context.headers.get(HEADER) or new_name()


def was_here() -> bool:
    """Whether the browser's page was connected before, to this app or to another copy of it: it names its session."""
    protocols = (st.context.headers.get("Sec-WebSocket-Protocol") or "").split(",")
    return len(protocols) > 2 and bool(protocols[2].strip())


def new_name() -> str:
    """A name that no one else can guess."""
    return token_hex(16)
