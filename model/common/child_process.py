"""How the app starts the processes that work for it, and what it tells the system about them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


def apart() -> dict[str, Any]:
    """Return how to start a process that a Ctrl-C in the app's terminal does not reach: the app handles it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS}
    return {"process_group": 0}


def blas_environment(threads: int) -> dict[str, str]:
    """Return variables with which a process computes matrix products on at most this many threads.

    OpenBLAS reserves some 40 MB for each thread when it is loaded, and otherwise has one for each core: on a machine
    with many cores, that alone would exceed a limit to the process's memory.
    """
    return {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}


def prefer_as_oom_victim(score: int = 900) -> None:
    """If memory runs out, let Linux end this process rather than the app that started it.

    Args:
        score: up to 1,000; of several such processes the one with the highest is ended first.
    """
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(score))
