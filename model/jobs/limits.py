"""Workers live within limits: how many there are, on how many cores each computes, how much memory it may take."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from model.common.cores import cores

WORKERS, MEMORY = "INKLING_WORKERS", "INKLING_WORKER_MEMORY"  # environment variables
MOST_WORKERS = 256
LEAST_MEMORY = 256  # MB: with less, a worker would hardly start


def workers() -> int:
    """How many workers train at a time: $INKLING_WORKERS, or as many as there are cores.

    Raises:
        ValueError: the variable holds no such number.
    """
    return _whole_number(WORKERS, 1, MOST_WORKERS) or min(cores(), MOST_WORKERS)


def threads(workers: int) -> int:
    """How many threads the matrix products of each worker get: the cores are divided among them.

    It is the same for all trainings, however many there are: sums come out differently in their last bits with another
    number, and the same settings should give the same network.
    """
    return max(1, cores() // workers)


def memory() -> int | None:
    """How many megabytes each worker may take: $INKLING_WORKER_MEMORY, or as many as there are.

    Raises:
        ValueError: the variable holds no such number.
    """
    return _whole_number(MEMORY, LEAST_MEMORY, 2**30)


def limit_memory() -> None:
    """Let allocations fail beyond `memory`, where it is limited and the system can."""
    megabytes = memory()
    if not megabytes:
        return
    with suppress(ImportError, OSError, ValueError):
        import resource

        # Data that is mapped from files is not counted: it is shared, and goes when memory is short.
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20, resource.RLIM_INFINITY))


def prefer_as_oom_victim() -> None:
    """If memory runs out, let Linux end this process before the app that has started it."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")


def _whole_number(name: str, least: int, most: int) -> int | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ValueError(f"${name} must be a whole number from {least} to {most:,}; got {text[:40]!r}")
    return int(text)
