"""Workers live within limits: how many there are, on how many cores each computes, how much memory it may take."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from model.common.cores import cores
from model.common.settings import Settings

MAX_WORKERS = 256


def workers() -> int:
    """How many workers train at a time: $INKLING_WORKERS, or as many as there are cores.

    Raises:
        ValueError: the variable holds no such number.
    """
    return Settings().workers or min(cores(), MAX_WORKERS)


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
    return Settings().worker_memory


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
