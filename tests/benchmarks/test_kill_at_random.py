"""Processes that are killed at random: the tool finds what is wrong, and here nothing is."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import processes
from benchmarks.kill_at_random import Inkling
from model.common.atomic_file import atomic_write
from tests.paths import ROOT
from tests.polling import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.mark.timeout(600)
def test_after_a_kill_everything_comes_back_whole() -> None:
    command = [sys.executable, "-m", "benchmarks.kill_at_random", "--rounds", "2", "--seed", "1", "--patience", "6"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed: 1 times training, 1 times worker" in done.stdout
    assert "problems: 0" in done.stdout


def test_damage_and_what_is_left_behind_are_found(tmp_path: Path) -> None:
    inkling = Inkling(tmp_path)
    try:
        assert inkling.known() >= {inkling.app.pid, inkling.training.pid}
        (inkling.out / "broken.safetensors").write_bytes(b"half of it")
        (inkling.cache / "mnist").mkdir()
        (inkling.cache / "unfinished").mkdir()
        (inkling.cache / "unfinished" / "run.npz").write_bytes(b"half of it")
        faults = list(inkling.damaged())
        for name in ("broken.safetensors", "run.npz", "mnist"):
            assert any(name in fault for fault in faults), faults
        with atomic_write(inkling.out / "net.npz"):
            assert len(inkling.parts()) >= 1
        wait_for(lambda: processes.descendants(inkling.app.pid), "workers", 120)
        orphans = set(processes.descendants(inkling.app.pid))
        assert orphans <= inkling.all()
    finally:
        inkling.end()
    wait_for(lambda: not inkling.all(), "all processes to be gone")
