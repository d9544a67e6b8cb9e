"""Visitors of an app in another process, as patient as a busy machine needs, and what they see of a run."""

import re

from benchmarks.session_page import Page
from benchmarks.sessions import Session

PATIENCE_SECONDS = 240  # less than the time limit of a test, so that a wait in vain says what it waited for


def patient_session(url: str, cookie: str = "") -> Session:
    """Return a visitor's connection to an app, to be used with `async with`."""
    return Session(url, cookie, patience_seconds=PATIENCE_SECONDS)


def epoch(page: Page) -> int:
    """Return the epoch that the figures of the Train page show; 0 if there is none."""
    found = re.match(r"\d+", page.texts.get("figures", ""))
    return int(found[0]) if found else 0
