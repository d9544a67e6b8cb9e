"""A subprocess worker is a process of its own that holds one adapter and answers one call at a time.

So each library has its threads to itself: another's, which may go on spinning for a while after their work, never
stand beside them in one process.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any, BinaryIO, Self

Call = tuple[str, tuple[Any, ...]]  # a method's name, and its arguments


class SubprocessWorker:
    """An object of a class, given as `module:Class`, in another process; it ends with the `with` block.

    It starts at once and in the background; the first call waits for it.
    """

    def __init__(self, home: str) -> None:
        self.home = home
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self._process = subprocess.Popen(
            command(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def call(self, method: str, *arguments: Any) -> Any:
        """What the object's method returns.

        Raises:
            ValueError: the method raised one.
            RuntimeError: the process has ended; with what it left on stderr.
        """
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(as_bytes([(method, arguments)]))
            self._process.stdin.flush()
            answer, complaint = pickle.load(self._process.stdout)
        except (EOFError, BrokenPipeError):
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace")
            raise RuntimeError(f"{self.home} ended with {self._process.returncode} in {method}:\n{said}") from None
        if complaint is not None:
            raise ValueError(complaint)
        return answer


def command(home: str) -> list[str]:
    """What starts a worker's process. It ends when its stdin does."""
    return [sys.executable, "-m", "benchmarks.subprocess_worker", home]


def as_bytes(calls: Sequence[Call]) -> bytes:
    """Calls as a worker reads them from its stdin."""
    return b"".join(pickle.dumps(call) for call in calls)


def serve(home: str, calls: BinaryIO, answers: BinaryIO) -> None:
    """Make the object, and answer calls with (result, None), or (None, message of a ValueError), until they end."""
    module, _, name = home.partition(":")
    served = getattr(importlib.import_module(module), name)()
    while True:
        try:
            method, arguments = pickle.load(calls)
        except EOFError:
            return
        answer, complaint = None, None
        try:
            answer = getattr(served, method)(*arguments)
        except ValueError as error:
            complaint = str(error)
        pickle.dump((answer, complaint), answers)
        answers.flush()


def main() -> None:
    # Whatever a library prints goes to stderr: stdout is for the answers alone.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C reaches every process; the parent speaks for all
        serve(sys.argv[1], sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
