"""The command: a day of visits in an hour, at random, and is the app then as it was after the first hundred?

    python -m benchmarks.day --visits 2000 --seed 0

Each visit opens some pages, draws, trains, stops or does not, opens a second tab, reloads, and leaves, sometimes
without a word. Time runs 24 times as fast for what the app keeps of those who have left. Looked at are its memory,
threads, file descriptors, folders and processes: after the first hundred visits, from time to time, and in the end,
each time when nobody has been there for a while. The same seed gives the same visits.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import click

from benchmarks import drawings, processes
from benchmarks.drawings import Sent
from benchmarks.load import Tally, answered
from benchmarks.runs import say
from benchmarks.session_page import SessionError
from benchmarks.sessions import Session
from model.jobs.work_folder import PREFIX
from tools.app_server import ROOT, RunningApp, serve

FASTER = 24  # how fast time runs
FIRST = 100  # visits, after which the app is looked at for comparison
AT_ONCE = 6  # visitors
QUIET_SECONDS = 200.0  # Streamlit itself keeps a closed session for two minutes, in case the browser comes back
PAGES = ("", "draw", "train", "evaluate", "inside", "experiments")
NEEDED = {"draw": "sheet_.+", "train": "start"}  # what a visitor uses there
PLACE = re.compile(r'"[^"]*?\b((?:pages|ui|model)/[^"]+)", line (\d+)')
STOPPED = "A stopped run of a page failed"  # as ui.server.routes says it, after the traceback
LEFT = "WebSocketDisconnected"  # Starlette's word for a browser that has gone in the midst of an answer
TRAININGS = ("epochs=2&hidden_sizes=16", "epochs=10000&hidden_sizes=32", "epochs=3&hidden_sizes=64,32&optimizer=sgd")

# Streamlit looks into this file for an app; it is replaced by ours, for which time runs faster.
APP = """
from starlette.applications import Starlette

app = Starlette()

import importlib.util

from ui.state import visitors

visitors.FORGET_SECONDS /= {faster}
visitors.RUN_SECONDS /= {faster}
spec = importlib.util.spec_from_file_location("inkling_app", {path!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
globals()["app"] = module.app
"""


@dataclass(frozen=True)
class Look:
    """The app at a moment when nobody is there."""

    visits: int
    megabytes: float
    threads: int
    descriptors: int
    folders: int  # of runs and uploads
    processes: int


@dataclass
class Day:
    """What a day came to."""

    done: Counter[str] = field(default_factory=Counter)  # how often visitors did what
    errors: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)  # that the app's log tells of
    looks: list[Look] = field(default_factory=list)

    def as_json(self) -> str:
        """All of it; `dataclasses.asdict` would count the pairs of a `Counter` rather than copy it."""
        return json.dumps({**vars(self), "looks": [asdict(look) for look in self.looks]})


@contextmanager
def hasty_app() -> Iterator[tuple[RunningApp, Path]]:
    """Run the app with its temporary files in a folder of their own, which is given too."""
    with tempfile.TemporaryDirectory(prefix="inkling-day-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        (folder / "tmp").mkdir()
        (folder / "pages").symlink_to(ROOT / "pages")
        script = folder / "hasty_app.py"
        script.write_text(APP.format(faster=FASTER, path=str(ROOT / "app.py")))
        tracebacks = {"STREAMLIT_LOGGER_ENABLE_RICH": "false"}  # as Python writes them, see `faults`
        with serve(script, {"TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(ROOT), **tracebacks}) as app:
            yield app, folder / "tmp"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--visits", type=click.IntRange(2), default=2000, show_default=True)
@click.option("--first", type=click.IntRange(1), default=FIRST, show_default=True, help="Visits to compare with.")
@click.option("--looks", type=click.IntRange(0), default=4, show_default=True, help="On the way, besides.")
@click.option("--seed", default=0, show_default=True)
@click.option("--quiet", default=QUIET_SECONDS, show_default=True, help="Seconds without a visitor before each look.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def main(visits: int, first: int, looks: int, seed: int, quiet: float, as_json: bool) -> None:
    """Let visitors come and go at random, and compare what the app holds in the end with what it held before."""
    with hasty_app() as (app, temporary):
        stops = {min(first, visits - 1), visits, *(visits * number // (looks + 1) for number in range(1, looks + 1))}
        day = asyncio.run(play(app, temporary, visits, sorted(stop for stop in stops if stop >= first), seed, quiet))
        day.faults = faults(app.log.read_text(errors="replace"))
    if as_json:
        print(day.as_json())
    else:
        names = [part.name for part in fields(Look)]
        print("".join(f"{name:>13}" for name in names))
        for it in day.looks:
            print("".join(f"{getattr(it, name):13}" for name in names))
        print(f"done: {dict(day.done)}")
        print(f"errors: {dict(day.errors)}")
        print(f"in the log: {dict(day.faults)}")
    sys.exit(bool(day.errors or day.faults))


async def play(app: RunningApp, temporary: Path, visits: int, stops: list[int], seed: int, quiet: float) -> Day:
    """Play the visits, and look at the app after those that `stops` names."""
    day, sent = Day(), drawings.some(100)
    places, number = asyncio.Semaphore(AT_ONCE), 0

    async def one(number: int) -> None:
        async with places:
            rng = random.Random(f"{seed}-{number}")
            try:
                await visit(app.url, rng, sent, day.done)
            except SessionError as error:
                day.errors[str(error)] += 1

    for stop in stops:
        await asyncio.gather(*(one(visitor) for visitor in range(number, stop)))
        number = stop
        say(f"{number} visits, {day.errors.total()} errors; {quiet:.0f} s of quiet")
        await asyncio.sleep(quiet)
        async with Session(app.url) as visitor:  # what is over is forgotten when somebody comes
            await visitor.open("draw")
        await asyncio.sleep(quiet / 20)
        day.looks.append(look(app.pid, temporary, number))
        say(str(day.looks[-1]))  # a day is long, and may be cut short
    return day


async def visit(url: str, rng: random.Random, sent: list[Sent], done: Counter[str]) -> None:
    """Come, do something, and leave."""
    session = Session(url)
    await session.connect()
    try:
        await session.open(rng.choice(PAGES))
        for _ in range(rng.randint(1, 5)):
            action = rng.choices(("draw", "train", "switch", "reload", "second tab", "wait"), (5, 3, 4, 1, 1, 1))[0]
            done[action] += 1
            match action:
                case "draw":
                    await go(session, "draw")
                    for _ in range(rng.randint(1, 4)):
                        await answered(session, rng.choice(sent), Tally())
                case "train":
                    await go(session, "train", rng.choice(TRAININGS))
                    await session.press("start")
                    await session.until(lambda page: "stop" in page.widgets)
                    await asyncio.sleep(rng.uniform(0, 2))
                    if rng.random() < 0.5:
                        await session.press("stop")
                case "switch":
                    await go(session, rng.choice(PAGES))
                case "reload":
                    await session.close()
                    session = Session(url, session.cookie)
                    await session.connect()
                    await session.open(rng.choice(PAGES))
                case "second tab":
                    async with Session(url, session.cookie) as tab:
                        await tab.open(rng.choice(PAGES))
                case "wait":
                    await asyncio.sleep(rng.uniform(0, 1))
            session.check()
        done["visit"] += 1
    finally:
        with suppress(Exception):
            await session.close()


async def go(session: Session, page: str, query: str = "") -> None:
    """Go to a page by the menu."""
    session.page.script = ""  # it is named by its name
    session.page.widgets.clear()
    await session.open(page, query)
    if key := NEEDED.get(page):  # the run that has ended may have been one of the page before
        await session.until(lambda page: any(re.fullmatch(key, name) for name in page.widgets))


def faults(log: str) -> Counter[str]:
    """The pages that failed, and of each traceback in a log the last line and the last place in the app's own code.

    Those of visitors who left do not count, nor do those of runs that were stopped because the page is rerun.
    """
    found = Counter(re.findall(r"A page failed: \w+", log))
    for trace in log.split("Traceback (most recent call last):")[1:]:
        last = next((line for line in trace.strip("\n").splitlines() if not line.startswith(" ")), "cut off")
        if LEFT not in last and STOPPED not in trace:
            places = PLACE.findall(trace.partition(last)[0])
            found[f"{last} ({':'.join(places[-1])})" if places else last] += 1
    return found


def look(pid: int, temporary: Path, visits: int) -> Look:
    """What the app holds."""
    return Look(
        visits=visits,
        megabytes=round(processes.resident([pid]) or 0.0, 1),
        threads=processes.threads(pid),
        descriptors=processes.descriptors(pid),
        folders=sum(1 for folder in temporary.glob(f"{PREFIX}*") for inner in folder.iterdir() if inner.is_dir()),
        processes=len(processes.descendants(pid)),
    )


if __name__ == "__main__":
    main()
