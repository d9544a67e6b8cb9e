"""What a container may use of its machine: Linux limits it by control groups, of version 2 or of version 1.

A group's limits also hold for the groups within it, so the smallest limit on the way up to the root is what counts.
The files are described in the kernel's documentation: admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
UNLIMITED = 2**60  # bytes: version 1 says so by a number that no machine has


def cpu_quota(root: Path = ROOT, own_groups: Path = OWN_GROUPS) -> float | None:
    """How many cores' time this process may use; None where nothing limits it."""
    quotas = []
    for group in _groups("cpu", root, own_groups):
        with suppress(OSError, ValueError):
            if (group / "cpu.max").is_file():
                quota, period = (group / "cpu.max").read_text().split()
            else:
                quota, period = ((group / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
            if float(quota) > 0:  # "max" of version 2 is no number, and -1 of version 1 is no quota
                quotas.append(float(quota) / float(period))
    return min(quotas, default=None)


def memory_limit(root: Path = ROOT, own_groups: Path = OWN_GROUPS) -> int | None:
    """How many bytes this process and those beside it may take together; None where nothing limits them."""
    limits = []
    for group in _groups("memory", root, own_groups):
        for name in ("memory.max", "memory.limit_in_bytes"):
            with suppress(OSError, ValueError):
                limits.append(int((group / name).read_text()))
    return min((limit for limit in limits if limit < UNLIMITED), default=None)


def _groups(controller: str, root: Path, own_groups: Path) -> Iterator[Path]:
    """The folders of this process's groups, each with those above it.

    In a container the own group's path may be that of the machine, which is not to be seen from there: then its limits
    stand at the root.
    """
    with suppress(OSError):
        for line in own_groups.read_text().splitlines():
            if line.count(":") < 2:
                continue
            _, controllers, path = line.split(":", 2)
            if controllers and controller not in controllers.split(","):
                continue
            for top in (root, root / controllers, root / controller) if controllers else (root,):
                own = top / path.lstrip("/")
                yield from (group for group in (own, *own.parents) if group.is_relative_to(top))
