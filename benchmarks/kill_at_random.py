"""The command: kill -9 for any process of Inkling at any time, again and again; does everything come back, and whole?

    python -m benchmarks.kill_at_random --rounds 100 --seed 0

An app with two workers has visitors who train and draw, and beside it `train --out` runs over and over. In each round
one of these processes is killed at a random moment. Then the app, started again if it was the one, must answer within
ten seconds; every file in the cache and every network must be whole; and no file or process may be left behind.
The same seed gives the same victims and the same waits.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click

from benchmarks import drawings, processes
from benchmarks.load import Tally, answered
from benchmarks.runs import say
from benchmarks.session_page import SessionError
from benchmarks.sessions import Session
from model import data
from model.common.atomic_file import PART
from model.jobs.work_folder import PREFIX
from model.training import checkpoint
from model.training.snapshot import Snapshot
from tools.app_server import ROOT, free_port

ANSWER_SECONDS = 10.0  # within which the app must answer
TIDY_SECONDS = 10.0  # within which nothing may be left of what was killed
VISITORS = 3
TRAINING = "epochs=10000&hidden_sizes=32"
MARK = "INKLING_KILLED_AT_RANDOM"  # in the environment of all processes that are ours


@dataclass
class Found:
    """What the rounds came to."""

    killed: Counter[str] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)  # seconds until the app answered
    problems: list[str] = field(default_factory=list)


class Inkling:
    """An app and a training command, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.cache, self.temporary, self.out = folder / "cache", folder / "tmp", folder / "out"
        for place in (self.cache, self.temporary, self.out):
            place.mkdir()
        self.log = folder / "app.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._mark = str(folder)
        self._environment = os.environ | {
            MARK: self._mark,
            "HOME": str(folder),
            "TMPDIR": str(self.temporary),
            "INKLING_CACHE": str(self.cache),
            "INKLING_WORKERS": "2",
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
            "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
            "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_SERVER_PORT": str(self.port),
        }
        self.app = self._start("streamlit", "run", "app.py")
        self.training = self._train()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", *arguments]
            return subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _train(self) -> subprocess.Popen[bytes]:
        out = self.out / "network.safetensors"
        return self._start("model", "train", "--epochs", "3", "--hidden-sizes", "16", "--out", str(out))

    def revive(self) -> None:
        """Start again what has ended."""
        if self.app.poll() is not None:
            self.app = self._start("streamlit", "run", "app.py")
        if self.training.poll() is not None:
            self.training = self._train()

    def all(self) -> set[int]:
        """All processes that came of these, whoever their parents are now."""
        mark = f"{MARK}={self._mark}\0".encode()
        found = set()
        for pid in processes.all_of():
            with suppress(OSError):
                if mark in Path(f"/proc/{pid}/environ").read_bytes() and processes.started(pid):
                    found.add(pid)
        return found

    def known(self) -> set[int]:
        """The app, the command, and what they have started."""
        living = [it.pid for it in (self.app, self.training) if it.poll() is None]
        return {*living, *(child for pid in living for child in processes.descendants(pid))}

    def victims(self) -> dict[str, list[int]]:
        """The processes that may be killed, by what they are."""
        helpers = processes.descendants(self.app.pid)
        workers = [pid for pid in helpers if "model.jobs.worker" in processes.command(pid)]
        return {
            "app": [self.app.pid],
            "worker": workers,
            "helper": [pid for pid in helpers if pid not in workers],
            "training": [self.training.pid],
        }

    def is_ready(self) -> bool:
        """Whether the app says that it is."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with suppress(OSError), direct.open(f"{self.url}/health", timeout=ANSWER_SECONDS):
            return True
        return False

    def damaged(self) -> Iterator[str]:
        """The files that are not whole, and those that nobody will finish."""
        for path in self.out.iterdir():
            if not PART.fullmatch(path.name):
                yield from _fault(path, checkpoint.load)
        for path in self.cache.rglob("*"):
            if path.suffix == ".npz" and path.parent.name == "unfinished" and not PART.fullmatch(path.name):
                yield from _fault(path, Snapshot.read)
        for name in data.DATASETS:
            if (self.cache / name).exists():
                yield from _fault(self.cache / name, data.open_folder)

    def left_behind(self) -> list[str]:
        """Processes and folders of an app or a command that is gone."""
        strangers = [f"process {pid}: {processes.command(pid)[:80]}" for pid in self.all() - self.known()]
        folders = sorted(self.temporary.glob(f"{PREFIX}*"))
        return strangers + [f"folder {folder.name}" for folder in folders[1:]]

    def parts(self) -> list[str]:
        """What was half written and lies about."""
        return [
            str(path) for place in (self.out, self.cache) for path in place.rglob(".*") if PART.fullmatch(path.name)
        ]

    def end(self) -> None:
        """End everything."""
        for pid in self.all():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in (self.app, self.training):
            process.wait()


def _fault(path: Path, read: Callable[[Path], object]) -> Iterator[str]:
    try:
        read(path)
    except FileNotFoundError:
        return  # it was replaced or removed meanwhile
    except (ValueError, OSError) as error:
        yield f"damaged: {error}"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(1), default=100, show_default=True, help="How many processes to kill.")
@click.option("--seed", default=0, show_default=True, help="Of the victims and the moments.")
@click.option("--patience", default=1.0, show_default=True, help="Factor for the promised times, on a busy machine.")
def main(rounds: int, seed: int, patience: float) -> None:
    """Kill processes at random, and check after each that everything comes back."""
    with tempfile.TemporaryDirectory(prefix="inkling-kill-", ignore_cleanup_errors=True) as folder:
        inkling = Inkling(Path(folder))
        try:
            found = asyncio.run(play(inkling, rounds, random.Random(seed), patience))
        finally:
            inkling.end()
        tracebacks = inkling.log.read_text(errors="replace").count("Traceback")
    killed = ", ".join(f"{count} times {what}" for what, count in sorted(found.killed.items()))
    print(f"killed: {killed}")
    print(
        f"seconds until the app answered: median {sorted(found.answers)[len(found.answers) // 2]:.2f}, "
        f"most {max(found.answers):.2f}"
    )
    print(f"tracebacks in the log: {tracebacks}")
    print(f"problems: {len(found.problems)}")
    for problem in found.problems:
        print(f"  {problem}")
    sys.exit(bool(found.problems))


async def play(inkling: Inkling, rounds: int, rng: random.Random, patience: float) -> Found:
    """Play all rounds."""
    found, sent = Found(), drawings.some(20)
    await _until(inkling.is_ready, 60 * patience, "the app did not start", found)
    visitors = [Session(inkling.url) for _ in range(VISITORS)]
    for number in range(rounds):
        for index, visitor in enumerate(visitors):
            visitors[index] = await _come_back(visitor, inkling, trains=index > 0, found=found)
        with suppress(SessionError):
            await answered(visitors[0], sent[number % len(sent)], Tally())
        await asyncio.sleep(rng.uniform(0, 3))
        kinds = inkling.victims()
        kind = rng.choices(("app", "worker", "helper", "training"), (2, 4, 1, 3))[0]
        if not kinds[kind]:
            kind = "worker" if kinds["worker"] else "app"
        victim = rng.choice(sorted(kinds[kind]))
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        found.killed[kind] += 1
        if kind in ("app", "training"):
            await asyncio.to_thread((inkling.app if kind == "app" else inkling.training).wait)
        if kind == "app":  # before another one comes, to see that nothing is left of it
            gone = lambda: not inkling.left_behind() and not list(inkling.temporary.glob(f"{PREFIX}*"))  # noqa: E731
            await _until(gone, TIDY_SECONDS * patience, lambda: f"left of the app: {inkling.left_behind()}", found)
        inkling.revive()
        began = time.monotonic()
        await _until(inkling.is_ready, ANSWER_SECONDS * patience, f"no answer after the {kind} was killed", found)
        found.answers.append(time.monotonic() - began)
        found.problems += [f"round {number}: {it}" for it in await asyncio.to_thread(lambda: list(inkling.damaged()))]
        tidy = lambda: not inkling.left_behind()  # noqa: E731
        await _until(tidy, TIDY_SECONDS * patience, lambda: f"left behind: {inkling.left_behind()}", found)
        say(f"{number + 1:4} {kind:9} answers after {found.answers[-1]:5.2f} s, {len(found.problems)} problems")
    for visitor in visitors:
        await _leave(visitor)
    await asyncio.to_thread(inkling.training.wait)
    inkling.revive()  # it removes what another one has left
    await asyncio.to_thread(inkling.training.wait)
    os.kill(inkling.app.pid, signal.SIGTERM)
    await asyncio.to_thread(inkling.app.wait)
    inkling.revive()
    await _until(inkling.is_ready, 60 * patience, "the app did not start in the end", found)
    await asyncio.to_thread(inkling.training.wait)
    found.problems += [f"half written: {part}" for part in inkling.parts()]
    return found


async def _come_back(visitor: Session, inkling: Inkling, *, trains: bool, found: Found) -> Session:
    """A visitor whose page broke opens it again, with the same cookie, and trains if nothing does."""
    try:
        visitor.check()
        if visitor.page.script:
            return visitor
    except SessionError as error:
        if "the page shows" in str(error):
            found.problems.append(str(error))
        await _leave(visitor)
    again = Session(inkling.url, visitor.cookie)
    try:
        await again.connect()
        await again.open("train" if trains else "draw", TRAINING if trains else "")
        if trains:
            await again.press("start")
    except SessionError as error:
        found.problems.append(f"a visitor could not come back: {error}")
    return again


async def _leave(visitor: Session) -> None:
    with suppress(Exception):  # there may be no connection any more
        await visitor.close()


async def _until(holds: Callable[[], bool], seconds: float, problem: str | Callable[[], str], found: Found) -> None:
    """Wait until something holds; else that is a problem."""
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(holds):
        if time.monotonic() > end:
            found.problems.append(problem if isinstance(problem, str) else problem())
            return
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()
