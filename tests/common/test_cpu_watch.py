"""Claims about the watch on the cores: what others leave free is told from the kernel's counts and the own time."""

import os
from pathlib import Path

import pytest

from model.common.cpu_watch import CpuWatch

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Machine:
    """A machine with two cores whose counts a test sets."""

    def __init__(self, folder: Path) -> None:
        self.stat, self.own, self.counts = folder / "stat", 0.0, [[0, 0], [0, 0]]
        self.run(0, 0)

    def run(self, *busy: float, own: float = 0.0) -> None:
        """Let a second pass, in which the cores are busy for such shares, and this process computes so long."""
        for count, share in zip(self.counts, busy, strict=True):
            count[0] += round(TICKS * share)
            count[1] += round(TICKS * (1 - share))
        self.own += own
        usable = sorted(os.sched_getaffinity(0))[:1] if hasattr(os, "sched_getaffinity") else [0]
        numbers = [usable[0], usable[0]]  # whatever cores the test may use
        lines = [
            f"cpu{number} {busy} 0 0 {idle} 0 0 0 0 0 0"
            for number, (busy, idle) in zip(numbers, self.counts, strict=True)
        ]
        self.stat.write_text("\n".join(["cpu 0 0 0 0", *lines, "intr 5", ""]))

    def watch(self, available: int = 2) -> CpuWatch:
        return CpuWatch(self.stat, lambda: self.own, lambda: available)


@pytest.mark.parametrize(
    ("busy", "own", "free"),
    [((0, 0), 0, 2), ((1, 0), 0, 1), ((1, 1), 0, 0), ((1, 1), 2, 2), ((1, 1), 1, 1), ((1, 0.5), 0.5, 1)],
)
def test_what_others_take_is_not_free(busy, own, free, tmp_path):
    machine = Machine(tmp_path)
    watch = machine.watch()
    machine.run(*busy, own=own)
    assert watch.free() == pytest.approx(free, abs=0.02)


def test_a_quota_limits_what_is_free(tmp_path):
    machine = Machine(tmp_path)
    watch = machine.watch(available=1)
    machine.run(0, 0)
    assert watch.free() == 1


def test_it_is_unknown_where_the_system_does_not_tell(tmp_path):
    assert CpuWatch(tmp_path / "none").free() is None
    watch = Machine(tmp_path).watch()
    assert watch.free() is None  # no time has passed
