"""Runs all tests at once: those in the browser, which mostly wait, in two processes, and all the rest in a third.

`python -m tests.both ARGS` hands its arguments to all; what the browser's tests say comes after the others'.
"""

import os
import subprocess
import sys
import tempfile

import pytest

# Each process has an app and a browser of its own. A file of tests goes to the one that is free.
IN_BROWSERS = ("tests/e2e", "--numprocesses=2", "--dist=loadfile")
ONE_CORE = "TESTS_ON_ONE_CORE"  # set for the tests that leave the other cores to the browser


def main() -> int:
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    with tempfile.TemporaryFile() as said:
        browser = subprocess.Popen([*command, *IN_BROWSERS], stdout=said, stderr=subprocess.STDOUT)
        rest = subprocess.run([*command, "--ignore=tests/e2e"], env=os.environ | {ONE_CORE: "1"}, check=False)
        codes = {browser.wait(), rest.returncode}
        said.seek(0)
        sys.stdout.buffer.write(said.read())
    chosen = codes - {pytest.ExitCode.NO_TESTS_COLLECTED} or codes  # -k may leave one of the two nothing to do
    return max(map(int, chosen))


if __name__ == "__main__":
    sys.exit(main())
