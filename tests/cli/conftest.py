"""A command of the command line, run in this process or in one of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from model import cli
from tests.paths import ROOT

Run = Callable[..., tuple[int, str, str]]
Answer = Callable[..., dict[str, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command: exit code, stdout, stderr."""

    def command(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["model", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def answer(run: Run) -> Answer:
    """Runs a command with --json: what it ends with."""

    def command(*arguments: object) -> dict[str, Any]:
        code, out, err = run(*arguments, "--json")
        assert code == 0, err
        return last_json(out)

    return command


def last_json(printed: str) -> dict[str, Any]:
    """What the last line holds that a command has printed."""
    found: dict[str, Any] = json.loads(printed.splitlines()[-1], parse_constant=pytest.fail)
    return found


@contextmanager
def program(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A command as a program of its own; in the end, it and the processes that it has started are killed."""
    command = [sys.executable, "-m", "model", *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        if sys.platform == "win32":
            process.kill()
        else:
            with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
                os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
