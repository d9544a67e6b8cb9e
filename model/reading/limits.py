"""How much memory and time a process may take that reads a file from outside.

Linux and other systems like it count a process's memory and the seconds that it computes, and end it beyond a limit.
Where the system cannot do so (Windows; for memory macOS, too), what is left are the readers' own limits, which come
first in any case, such as how far a file may unpack, and the time by the clock, after which the app ends the process.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from dataclasses import dataclass

from model.common.control_groups import memory_limit

MB = 2**20
MOST_MB, LEAST_MB = 768, 256  # the process alone takes 130, a picture of 50 million pixels 200
NICE_LEVEL = 5  # after the answers to visitors, before the training runs
OOM_SCORE = 1000  # a worker has less


@dataclass(frozen=True)
class ReadingLimits:
    """What one file may take."""

    memory: int = MOST_MB * MB  # bytes of the whole process
    seconds: float = 30.0  # of computing
    seconds_per_mb: float = 0.5  # in addition, for each megabyte of the file
    patience: float = 5.0  # by the clock it may take this many times as long: other processes compute, too

    @classmethod
    def of_machine(cls) -> ReadingLimits:
        """Where the app and its processes may take only so much memory together, half of it at most."""
        room = memory_limit()
        return cls() if room is None else cls(memory=min(MOST_MB * MB, max(LEAST_MB * MB, room // 2)))

    def seconds_for(self, size: int) -> float:
        """How long a process may compute for a file with this many bytes."""
        return self.seconds + self.seconds_per_mb * size / MB


def limit_memory(size: int) -> None:
    """Let allocations of this process fail beyond this many bytes, if the system has a way."""
    if sys.platform != "win32":
        import resource  # Windows has none

        # Files that are mapped are not counted: they take no memory that could run out.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (size, resource.RLIM_INFINITY))


def limit_seconds(seconds: float) -> None:
    """Have the system end this process when it has computed for so long from now on, if it has a way."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime + seconds) + 1
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def is_out_of_time(exit_code: int) -> bool:
    """Whether a process with this exit code was ended because it had computed for too long."""
    return sys.platform != "win32" and exit_code == -signal.SIGXCPU
