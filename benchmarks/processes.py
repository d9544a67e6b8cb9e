"""What processes take of the machine, as Linux's /proc tells it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

Ticks = Mapping[int, float]  # seconds of the processor that each process has taken so far

PARENT, USER, SYSTEM, START = 1, 11, 12, 19  # places in /proc/PID/stat, behind the name


def _status(pid: int) -> list[str]:
    """The fields behind the name, which may hold spaces; empty if there is no such process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def all_of() -> list[int]:
    """The numbers of all processes; none where there is no /proc."""
    with suppress(OSError):
        return [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    return []


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    parents = {child: int(fields[PARENT]) for child in all_of() if (fields := _status(child))}
    found, new = [], [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return found


def cpu_seconds(pids: Iterable[int]) -> dict[int, float]:
    """How long each process has computed; those that are gone are left out."""
    tick = os.sysconf("SC_CLK_TCK")
    fields = {pid: _status(pid) for pid in pids}
    return {pid: (int(it[USER]) + int(it[SYSTEM])) / tick for pid, it in fields.items() if it}


def spent(before: Ticks, after: Ticks) -> float:
    """How long those processes have computed between two looks."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def resident(pids: Iterable[int]) -> float | None:
    """The resident sets of processes together, in megabytes; None if one of them does not tell."""
    total = 0.0
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return None
        total += int(status.partition("VmRSS:")[2].split()[0]) / 1000 * 1.024
    return total


def command(pid: int) -> str:
    """A process's command line; empty if it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""


def threads(pid: int) -> int:
    """How many threads a process has."""
    with suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/task"))
    return 0


def descriptors(pid: int) -> int:
    """How many files, sockets and pipes a process has open."""
    with suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/fd"))
    return 0


def started(pid: int) -> int | None:
    """When a process began, in the system's ticks: its number may be another one's later. None if it is gone."""
    fields = _status(pid)
    return int(fields[START]) if fields and fields[0] != "Z" else None
