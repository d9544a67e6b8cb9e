"""The process of a search: how it is started, and ended with all that it has started itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from model.common.child_process import apart
from model.common.paths import ROOT
from model.experiments.search import Search

LOG, REQUEST, JOURNAL = "process.txt", "request.json", "journal.log"  # in a search's folder
LEFT = 75  # the exit code of a process that has left its study so that it can go on later
END_SECONDS = 2.0  # for a process to end, before it is killed


def command(search: Search) -> list[str]:
    """The command line of a search's process."""
    return [sys.executable, "-m", "model.experiments.child", str(search.folder)]


def start(search: Search, command_line: Sequence[str], processes: int) -> subprocess.Popen[bytes]:
    """Start a search's process, which computes its trials on this many processes.

    Raises:
        OSError: its folder can't be written.
    """
    request = {
        "plan": search.plan.model_dump(mode="json"),
        "data": str(search.data),
        "processes": processes,
        "is_first": search.is_first,
    }
    (search.folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
    with (search.folder / LOG).open("ab") as log:
        return subprocess.Popen(
            list(command_line),
            cwd=ROOT,
            stdin=subprocess.PIPE,  # closed when the app is gone: the process ends then
            stdout=log,
            stderr=subprocess.STDOUT,
            **apart(),
        )


def ask_to_end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Have processes leave their studies in order."""
    for process in processes:
        with suppress(OSError):
            process.terminate()


def end(processes: Sequence[subprocess.Popen[bytes]], seconds: float = END_SECONDS) -> None:
    """End processes with all that they have started, after this many seconds by force."""
    ask_to_end(processes)
    until = time.monotonic() + seconds
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
        if sys.platform == "win32":
            process.kill()
        else:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()


def why_ended(search: Search, code: int) -> str:
    """Why a process has ended that should not have: the last line that it wrote."""
    return f"signal {-code}" if code < 0 else _last_line(search.folder / LOG) or f"exit code {code}"


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else ""
    return ""
