"""The command: many visitors draw at once, while networks train and more trainings wait; does the app still answer?

    python -m benchmarks.load --json

The app runs in a process of its own, as anyone starts it, and all visitors in this one, each with a WebSocket. Progress
goes to stderr and the table to stdout; with --json the last line of stdout is one JSON object instead.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.markdown import Markdown

from benchmarks import drawings, readme
from benchmarks.drawings import Sent
from benchmarks.runs import say
from benchmarks.sessions import Session, SessionError
from model.cli import entry
from model.common.cores import cores
from model.common.machine import describe, phrase
from model.jobs import worker_limits
from tools.app_server import RunningApp, serve

KEPT = Path(__file__).with_name("load.json")  # the run that README.md shows
QUEUE = 10  # trainings that wait
TRAINING = "epochs=10000&hidden_sizes=32"  # longer than any run of this
DRAWINGS = 600  # different ones
WARM_UP = 5  # answers, before any is counted
IDLE_ANSWERS = 30  # of one visitor alone, before and after the load
IDLE_SECONDS = 0.5  # from one of its drawings to the next
AT_ONCE = 5  # visitors who open their pages at the same time

Result = dict[str, Any]  # plain values, as JSON has them


@dataclass
class Tally:
    """What visitors met with."""

    seconds: list[float] = field(default_factory=list)  # from drawing to answer
    wrong: int = 0  # answers to some other drawing
    errors: Counter[str] = field(default_factory=Counter)  # each of them has cost a visitor the page


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--sessions", type=click.IntRange(1), default=50, show_default=True, help="Visitors who draw.")
@click.option("--seconds", type=click.FloatRange(1), default=300.0, show_default=True, help="How long they do.")
@click.option("--every", type=click.FloatRange(0), default=2.0, show_default=True, help="Seconds between drawings.")
@click.option(
    "--trainings",
    type=click.IntRange(0),
    help=f"Visitors who train; those beyond the workers wait. [default: the workers and {QUEUE} more]",
)
@click.option("--write", is_flag=True, help="Write the result into benchmarks/README.md.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def load(sessions: int, seconds: float, every: float, trainings: int | None, write: bool, as_json: bool) -> None:
    """Measure how soon drawings are answered, and what memory it takes, by the number of visitors."""
    if trainings is None:
        trainings = worker_limits.workers(cores()) + QUEUE
    sent = drawings.some(DRAWINGS)
    with serve() as app:
        try:
            run = measure(app, sent, sessions=sessions, seconds=seconds, every=every, trainings=trainings)
            found = asyncio.run(run)
        except SessionError as error:
            raise ValueError(f"the load could not be put on: {error}") from None
    machine = describe({"numpy": "NumPy", "streamlit": "Streamlit"})
    results = {"date": datetime.date.today().isoformat(), "machine": machine, **found}
    if write:
        KEPT.write_text(json.dumps(results, indent=1) + "\n")
        readme.write("load", markdown(results))
    if as_json:
        print(json.dumps(results))
    else:
        Console().print(Markdown(markdown(results)))


async def measure(
    app: RunningApp, sent: Sequence[Sent], *, sessions: int, seconds: float, every: float, trainings: int
) -> Result:
    """One visitor alone, then all of them beside the trainings, then one alone again."""
    say("one visitor alone")
    before = await alone(app, sent)
    memory = [resident(app.pid)]
    async with AsyncExitStack() as stack:
        say(f"{trainings} trainings begin")
        learners = await opened(stack, app, trainings, "train", TRAINING)
        for learner in learners:
            await learner.press("start")
        say(f"{sessions} visitors come to draw")
        visitors = await opened(stack, app, sessions, "draw")
        memory.append(resident(app.pid))
        say(f"all draw for {seconds:.0f} s")
        tally = Tally()
        watch = asyncio.create_task(watched(app.pid, memory, max(seconds / 20, 0.5), tally))
        end = time.monotonic() + seconds
        await asyncio.gather(
            *(
                drawing(visitor, sent, tally, end=end, every=every, first=number * 7, wait=every * number / sessions)
                for number, visitor in enumerate(visitors)
            )
        )
        watch.cancel()
        await lasting(learners, tally)
    say("one visitor alone again")
    after = await alone(app, sent)
    idle = [*before.seconds, *after.seconds]
    tally.errors.update(before.errors + after.errors)
    return {
        "sessions": sessions,
        "seconds": seconds,
        "every": every,
        "trainings": trainings,
        "answers": len(tally.seconds),
        "wrong": tally.wrong + before.wrong + after.wrong,
        "errors": dict(tally.errors),
        "idle": percentiles(idle),
        "load": percentiles(tally.seconds),
        "memory": memory_of(memory, sessions + trainings),
    }


async def opened(stack: AsyncExitStack, app: RunningApp, count: int, page: str, query: str = "") -> list[Session]:
    """So many visitors, each of whom has opened the page."""
    visitors = []
    for start in range(0, count, AT_ONCE):
        some = [Session(app.url) for _ in range(min(AT_ONCE, count - start))]
        for visitor in some:
            await stack.enter_async_context(visitor)
        await asyncio.gather(*(visitor.open(page, query) for visitor in some))
        visitors += some
    return visitors


async def alone(app: RunningApp, sent: Sequence[Sent]) -> Tally:
    """One visitor's drawings and answers, nobody else being there."""
    warm, tally = Tally(), Tally()
    async with AsyncExitStack() as stack:
        (visitor,) = await opened(stack, app, 1, "draw")
        for counted, answers in ((warm, WARM_UP), (tally, IDLE_ANSWERS)):
            await drawing(visitor, sent, counted, end=time.monotonic() + answers * IDLE_SECONDS, every=IDLE_SECONDS)
    return tally


async def drawing(
    visitor: Session, sent: Sequence[Sent], tally: Tally, *, end: float, every: float, first: int = 0, wait: float = 0.0
) -> None:
    """Draw until the end, one drawing every so many seconds, each once the one before it has been answered."""
    number = first
    try:
        await asyncio.sleep(wait)
        while (begun := time.monotonic()) < end:
            await answered(visitor, sent[number % len(sent)], tally)
            number += 1
            await asyncio.sleep(max(0.0, begun + every - time.monotonic()))
        visitor.check()
    except SessionError as error:
        tally.errors[str(error)] += 1


async def answered(visitor: Session, sent: Sent, tally: Tally) -> None:
    """Draw one drawing, and wait for its answer."""
    news = visitor.page.news["prediction"]
    begun = time.perf_counter()
    await visitor.set("sheet_", sent.value)
    await visitor.until(lambda page: page.news["prediction"] > news)
    tally.seconds.append(time.perf_counter() - begun)
    tally.wrong += drawings.words(visitor.page.texts["prediction"]) != sent.answer


async def lasting(learners: Sequence[Session], tally: Tally) -> None:
    """See that the trainings' pages are still there, and end the trainings."""
    for learner in learners:
        try:
            learner.check()
            await learner.press("stop")
        except SessionError as error:
            tally.errors[str(error)] += 1


# -------------------------------------------------------------------------------------------------- figures


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """The median, and what 95 and 99 of a hundred answers take at most, in milliseconds."""
    if not seconds:
        return {}
    middle, most, nearly_all = np.percentile(np.array(seconds) * 1000, [50, 95, 99]).tolist()
    return {"median": round(middle, 1), "95 %": round(most, 1), "99 %": round(nearly_all, 1)}


async def watched(process: int, memory: list[float | None], every: float, tally: Tally) -> None:
    """Take down the memory from time to time, and say how it goes."""
    while True:
        await asyncio.sleep(every)
        memory.append(resident(process))
        say(f"{len(tally.seconds):6,} answers, {tally.errors.total()} errors, {memory[-1] or 0:.0f} MB")


def resident(process: int) -> float | None:
    """The resident set of a process, in megabytes; None where the system does not tell (it needs /proc)."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000 * 1.024


def memory_of(megabytes: Sequence[float | None], visitors: int) -> dict[str, float] | None:
    """What the app's process holds: before the visitors come, when all are there, and from then to the end.

    A session's share is what was added by the end; the growth is that of the last half, a line through its values.
    """
    values = [value for value in megabytes if value is not None]
    if len(values) < len(megabytes) or len(values) < 4:
        return None
    second_half = np.array(values[2 + (len(values) - 2) // 2 :])
    slope = np.polyfit(np.arange(len(second_half)), second_half, 1)[0] if len(second_half) > 1 else 0.0
    return {
        "before": round(values[0], 1),
        "opened": round(values[1], 1),
        "end": round(values[-1], 1),
        "session": round((values[-1] - values[0]) / visitors, 2),
        "growth of the last half": round(float(slope) * max(len(second_half) - 1, 0), 1),
    }


def markdown(results: Result) -> str:
    """The README's part: the machine, and a table."""
    idle, load, memory = results["idle"], results["load"], results["memory"]
    errors = sum(results["errors"].values())
    lines = [
        f"Measured on {results['date']} on {phrase(results['machine'])}.",
        "",
        f"{results['sessions']} visitors, each with a drawing every {results['every']:g} s, for"
        f" {results['seconds']:g} s; {results['trainings']} trainings, as many at work as there are workers.",
        "",
        "| | |",
        "|---|---:|",
        f"| answers | {results['answers']:,} |",
        f"| errors, sessions lost | {errors} |",
        f"| answers to another drawing | {results['wrong']} |",
    ]
    if idle and load:
        lines += [
            f"| {name} of the answers, beside one visitor alone | {load[name] / idle[name]:.2f} |" for name in idle
        ]
    if memory:
        lines += [
            f"| memory for each session | {memory['session']:.1f} MB |",
            f"| growth of the process in the last half | {memory['growth of the last half']:.1f} MB |",
        ]
    lines += [f"\nError: {message} ({count} times)" for message, count in results["errors"].items()]
    return "\n".join(lines)


if __name__ == "__main__":
    entry.run(load)
