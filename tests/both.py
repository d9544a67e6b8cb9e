"""Runs all tests: first all others, then those in the browser.

`python -m tests.both ARGS` hands its arguments to both. They run one after another, because a test in the browser keeps
two cores busy: Chromium on one, the app and its worker on the other. Beside other tests a page takes so long for each
step that clicks reach the app late, and a failure would say more of the machine than of the app.
"""

import os
import subprocess
import sys

import pytest

CORES_OF_A_BROWSER = 2
BROWSERS = max(1, min(2, (os.cpu_count() or 1) // CORES_OF_A_BROWSER))
# Each process has an app and a browser of its own. A file of tests goes to the one that is free.
IN_BROWSERS = ("tests/e2e", f"--numprocesses={BROWSERS}", "--dist=loadfile")
ONE_CORE = "TESTS_ON_ONE_CORE"  # set for the tests whose matrix products are small


def main() -> int:
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    others = subprocess.run([*command, "--ignore=tests/e2e"], env=os.environ | {ONE_CORE: "1"}, check=False)
    browsers = subprocess.run([*command, *IN_BROWSERS], check=False)
    codes = {others.returncode, browsers.returncode}
    chosen = codes - {pytest.ExitCode.NO_TESTS_COLLECTED} or codes  # -k may leave one of the two nothing to do
    return max(map(int, chosen))


if __name__ == "__main__":
    sys.exit(main())
