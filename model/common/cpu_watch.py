"""How many cores other programs leave free, watched while this one computes; Linux alone can tell.

/proc/stat counts what each core has done in all, in ticks of a hundredth of a second (proc_stat(5)).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from model.common.cores import cores

STAT = Path("/proc/stat")
IDLE_FIELDS = (3, 4)  # idle, and waiting for a disk
COUNTED = 8  # user, nice, system, idle, iowait, irq, softirq, steal; guests are in user already


class _Ticks(NamedTuple):
    """What the cores have done so far."""

    cores: int
    total: int
    idle: int
    own: float  # seconds that this process has computed


class CpuWatch:
    """Watches the cores that this process may use."""

    def __init__(
        self,
        stat: Path = STAT,
        own_seconds: Callable[[], float] = time.process_time,
        available: Callable[[], int] = cores,
    ) -> None:
        self._stat, self._own_seconds, self._available = stat, own_seconds, available
        self._last = self._read()

    def free(self) -> float | None:
        """How many cores other programs have left free since the last call; None if that is not known."""
        last, now = self._last, self._read()
        if last is None or now is None or now.total <= last.total:
            return None
        self._last = now
        seconds = (now.total - last.total) / now.cores / os.sysconf("SC_CLK_TCK")
        idle = now.cores * (now.idle - last.idle) / (now.total - last.total)
        own = (now.own - last.own) / seconds
        return min(float(self._available()), idle + own)

    def _read(self) -> _Ticks | None:
        try:
            lines = self._stat.read_text().splitlines()
        except OSError:
            return None
        usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
        count = total = idle = 0
        for line in lines:
            name, *fields = line.split()
            number = name.removeprefix("cpu")
            if number.isdecimal() and name != number and (usable is None or int(number) in usable):
                ticks = [int(field) for field in fields[:COUNTED]]
                count, total, idle = count + 1, total + sum(ticks), idle + sum(ticks[place] for place in IDLE_FIELDS)
        return _Ticks(count, total, idle, self._own_seconds()) if count else None
