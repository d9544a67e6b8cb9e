"""Waiting for what a page comes to show: only for what, once there, stays, since a busy machine may look late."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Error, Page

PATIENCE_SECONDS = 90
SECONDS_BETWEEN_READINGS = 0.1

T = TypeVar("T")


def until(
    page: Page, read: Callable[[], T], holds: Callable[[T], Any], what: str, seconds: float = PATIENCE_SECONDS
) -> T:
    """Read until it is as it should be, and return it.

    An error while reading counts as something that does not hold yet: parts of a page come and go while it is redrawn.
    Fails after `seconds`, with what was waited for and what was read last.
    """
    end = time.monotonic() + seconds
    while True:
        seen: Any
        try:
            seen = read()
            if holds(seen):
                return seen
        except (Error, ValueError, LookupError, TypeError) as error:  # such as no box of what is not there
            seen = error
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds:.0f} s for {what}; last seen: {str(seen)[-2000:]!r}")
        page.wait_for_timeout(1000 * SECONDS_BETWEEN_READINGS)


def until_equal(page: Page, read: Callable[[], T], expected: T, what: str) -> None:
    """Read until it is what is expected."""
    until(page, read, lambda seen: seen == expected, f"{what}: {str(expected)[:200]!r}")
