"""What is free is given back to the system, also below what is still in use."""

import platform
import subprocess
import sys

import pytest

from tests.paths import ROOT

SCRIPT = """
import os

from benchmarks.processes import resident
from ui.state import freed_memory

class Ring:
    def __init__(self):
        self.me, self.text = self, b"." * 100_000

rings = [Ring() for _ in range(1000)]
last = b"." * 100_000  # above them: the C library gives back from the top only, if it is not asked
held = resident([os.getpid()])
import gc; gc.disable()
del rings
before = resident([os.getpid()])
freed_memory.give_back()
print(held - before < 20, before - resident([os.getpid()]) > 80, len(last))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has the function")
def test_freed_memory_is_returned_to_the_system() -> None:
    told = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True", "100000"]
