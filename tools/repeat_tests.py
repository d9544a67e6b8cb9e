"""Run the tests many times, and count which of them fail.

    python -m tools.repeat_tests --quiet 10 --busy 10 --late 5 --others 5

A test that fails once in twenty runs is wrong, or shows a fault that a visitor meets as seldom.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import click

from tools.app_server import ROOT

BROWSER_TESTS = "tests/e2e"
LATE = ("--late=500",)  # milliseconds
AS_IN_ALL_TESTS = ("--numprocesses=2", "--dist=loadgroup")  # of `make test`


@dataclass
class Tally:
    """What came of the runs so far."""

    runs: int = 0
    failed_runs: int = 0
    passed: int = 0  # tests, over all runs
    failures: Counter[str] = field(default_factory=Counter)  # by test

    def add(self, report: Path, exit_code: int) -> str:
        """Count a run by its JUnit report; return a line about it."""
        self.runs += 1
        self.failed_runs += exit_code != 0
        passed, failed = outcomes(report) if report.exists() else (0, ["no report: pytest did not come to an end"])
        self.passed += passed
        self.failures.update(failed)
        return f"{passed} passed, {len(failed)} failed" + "".join(f"\n    {name}" for name in failed)


def outcomes(report: Path) -> tuple[int, list[str]]:
    """Return how many tests passed, and the names of those that did not."""
    passed, failed = 0, []
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(f"{case.get('classname')}::{case.get('name')}")
        elif case.find("skipped") is None:
            passed += 1
    return passed, failed


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep this many cores busy."""
    burning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in burning:
            process.kill()
            process.wait()


def run_tests(arguments: Sequence[str], report: Path) -> int:
    """Run pytest once; return its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", f"--junit-xml={report}", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        click.echo(done.stdout)
    return done.returncode


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--quiet", default=1, show_default=True, help="Runs of the browser's tests.")
@click.option("--busy", "beside", default=0, show_default=True, help="Further ones beside busy processes.")
@click.option("--processes", default=2, show_default=True, help="How many busy processes.")
@click.option("--late", default=0, show_default=True, help="Further ones where messages pause on their way.")
@click.option("--others", default=0, show_default=True, help="Runs of all other tests, in random orders.")
@click.argument("arguments", nargs=-1)
def repeat(quiet: int, beside: int, processes: int, late: int, others: int, arguments: tuple[str, ...]) -> None:
    """Run the tests many times and count failures. ARGUMENTS, such as -k, go to pytest."""
    browser = [BROWSER_TESTS, *AS_IN_ALL_TESTS, *arguments]
    rounds = [("browser", browser, 0)] * quiet + [("browser, busy", browser, processes)] * beside
    rounds += [("browser, late", [*browser, *LATE], 0)] * late
    for seed in range(others):
        random_order = ["-p", "randomly", f"--randomly-seed={seed}", f"--ignore={BROWSER_TESTS}"]
        rounds.append((f"others, seed {seed}", [*random_order, *arguments], 0))
    tallies: dict[str, Tally] = {}
    for number, (kind, tests, burning) in enumerate(rounds, 1):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder, busy(burning):
            report = Path(folder) / "report.xml"
            code = run_tests([*tests, f"--output=test-results/{number}"], report)  # each keeps its own traces
            said = tallies.setdefault(kind.partition(" seed")[0], Tally()).add(report, code)
        click.echo(f"{number}/{len(rounds)} {kind}: {said} ({time.monotonic() - started:.0f} s)")
    for kind, tally in tallies.items():
        click.echo(f"{kind.rstrip(',')}: {tally.runs - tally.failed_runs} of {tally.runs} runs passed all tests")
        for name, count in tally.failures.most_common():
            click.echo(f"    {count} times: {name}")
    sys.exit(any(tally.failed_runs for tally in tallies.values()))


if __name__ == "__main__":
    repeat()
