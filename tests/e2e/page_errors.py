"""Errors of a page that a test provokes on purpose: these alone are forgiven."""

import re

# The browser says so, again and again, if a connection breaks.
BROKEN_CONNECTION = (
    r"ERR_CONNECTION_|ERR_EMPTY_RESPONSE|WebSocket connection to|Cannot send rerun backMessage when disconnected"
    r"|Client Error: .*(health|host-config)"
)


def forgive(page_errors: list[str], pattern: str) -> None:
    """Forget the errors that match a pattern; the others still fail the test."""
    page_errors[:] = [error for error in page_errors if not re.search(pattern, error)]
