"""Loaded by the workers of this machine: Ctrl-C in a terminal reaches them, too, but is meant for the command."""

from __future__ import annotations

import signal


def dask_setup(worker: object) -> None:
    """Ignore Ctrl-C; the command stops its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
