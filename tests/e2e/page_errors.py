"""Errors of a page that a test provokes on purpose: these alone are forgiven."""

import re

# What the browser and Streamlit say, again and again, if a connection breaks.
BROKEN_CONNECTION = (
    r"net::ERR_|WebSocket|Cannot send rerun backMessage when disconnected|Network ?Error|Failed to fetch"
    r"|Client Error: .*(health|host-config)"
)


def forgive(page_errors: list[str], pattern: str) -> None:
    """Forget the errors that match a pattern; the others still fail the test."""
    page_errors[:] = [error for error in page_errors if not re.search(pattern, error)]
