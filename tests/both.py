"""Runs all tests in two processes at once: those in the browser, which mostly wait, and all the rest.

`python -m tests.both ARGS` hands its arguments to both; what the browser's tests say comes after the others'.
"""

import os
import subprocess
import sys
import tempfile

import pytest

ONE_CORE = "TESTS_ON_ONE_CORE"  # set for the tests that leave the other cores to the browser


def main() -> int:
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    with tempfile.TemporaryFile() as said:
        browser = subprocess.Popen([*command, "tests/e2e"], stdout=said, stderr=subprocess.STDOUT)
        rest = subprocess.run([*command, "--ignore=tests/e2e"], env=os.environ | {ONE_CORE: "1"}, check=False)
        codes = {browser.wait(), rest.returncode}
        said.seek(0)
        sys.stdout.buffer.write(said.read())
    chosen = codes - {pytest.ExitCode.NO_TESTS_COLLECTED} or codes  # -k may leave one of the two nothing to do
    return max(map(int, chosen))


if __name__ == "__main__":
    sys.exit(main())
