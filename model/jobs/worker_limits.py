"""Limits of the workers: how many there are, how many cores each computes on, how much memory each may take."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from model.common.settings import Settings

MAX_WORKERS = 256
APP_MB = 400  # what the app itself takes with some visitors
WORKER_MB = 150  # what a worker takes that trains a small network on the embedded digits
NICE_LEVEL = 10


def workers(cores: int, memory_limit: int | None = None) -> int:
    """Return how many workers train at a time: $INKLING_WORKERS, or one for each core if the memory suffices.

    Args:
        cores: how many there are to compute on.
        memory_limit: the bytes that the app and its workers may take together; None for no limit.

    Raises:
        ValueError: the variable holds no such number.
    """
    room = MAX_WORKERS if memory_limit is None else (memory_limit // 2**20 - APP_MB) // WORKER_MB
    return Settings().workers or max(1, min(cores, room, MAX_WORKERS))


def threads(workers: int, cores: int) -> int:
    """Return how many threads the matrix products of each worker get: the cores are divided among the workers.

    The number is the same for all runs, however many there are: with another one, sums differ in their last bits, and
    the same settings should give the same network.
    """
    return max(1, cores // workers)


def memory() -> int | None:
    """Return how many megabytes each worker may take: $INKLING_WORKER_MEMORY, or None for no limit.

    Raises:
        ValueError: the variable holds no such number.
    """
    return Settings().worker_memory


def limit_memory() -> None:
    """Let allocations of this process fail beyond `memory`, if there is such a limit and the system has a way."""
    megabytes = memory()
    if megabytes and sys.platform != "win32":
        import resource  # Windows has none

        # This does not count data that is mapped from files: it is shared, and is dropped when memory is short.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20, resource.RLIM_INFINITY))


def lower_priority() -> None:
    """Let answers to visitors come before training. On Windows the process is started with a low priority instead."""
    if sys.platform != "win32":
        with suppress(OSError):
            os.nice(NICE_LEVEL)
