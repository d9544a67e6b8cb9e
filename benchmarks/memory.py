"""A program's peak memory, told by the system once it has ended: `python -m benchmarks.memory COMMAND ...`.

It is a small program of its own, because a process begins its count with what the one that started it had.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in which the system counts


def peak(command: Sequence[str], given: bytes = b"") -> int:
    """The peak resident set of a command, in bytes; it reads what is given on its stdin.

    Raises:
        RuntimeError: the command failed; with what it left on stderr.
    """
    measured = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", *command], input=given, capture_output=True, check=False
    )
    if measured.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {measured.returncode}:\n{measured.stderr.decode()}")
    return int(measured.stdout)


def main() -> None:
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    print(usage.ru_maxrss * UNIT)
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
