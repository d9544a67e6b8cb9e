"""Runs all tests: first all others, then those in the browser, each on all cores.

`python -m tests.both ARGS` hands its arguments to both. They run one after another: beside other tests a page takes so
long for each step that clicks reach the app late, and a failure would say more of the machine than of the app.
"""

import os
import subprocess
import sys
from collections.abc import Collection

import pytest

from model.common.cores import cores

CORES = cores()
# A file stays in one process, so that what its tests share is made once; they come in their order, the longest first.
OTHERS = ("--ignore=tests/e2e", f"--numprocesses={CORES}", "--dist=loadfile", "--no-loadscope-reorder")
# Each process has an app and a browser of its own. A group of tests that share another app stays in one process.
IN_BROWSERS = ("tests/e2e", f"--numprocesses={min(CORES, 4)}", "--dist=loadgroup")
ONE_CORE = "TESTS_ON_ONE_CORE"  # set for the tests whose matrix products are small


def main() -> int:
    command, more = [sys.executable, "-m", "pytest"], sys.argv[1:]
    # Hundreds of processes start: each module is compiled by the first of them, and not by each.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    others = subprocess.run([*command, *OTHERS, *more], env=environment | {ONE_CORE: "1"}, check=False)
    browsers = subprocess.run([*command, *IN_BROWSERS, *more], env=environment, check=False)
    return exit_code({others.returncode, browsers.returncode})


def exit_code(codes: Collection[int]) -> int:
    """Return the worst of the exit codes of pytest; that of one which a signal ended is negative."""
    chosen = set(codes) - {pytest.ExitCode.NO_TESTS_COLLECTED} or codes  # -k may leave one of the two nothing to do
    return max(abs(int(code)) for code in chosen)


if __name__ == "__main__":
    sys.exit(main())
