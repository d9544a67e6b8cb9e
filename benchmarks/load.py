"""The command: many visitors draw at once, while networks train and more trainings wait; does the app still answer?

    python -m benchmarks.load --json
    python -m benchmarks.load --replicas 2 --sessions 200 --every 5

The app runs in a process of its own, as anyone starts it, or in several behind a proxy that keeps each visitor with one
of them. All visitors are in this one, each with a WebSocket, and draw as a browser does: it tells the app whenever the
pen lifts.
Progress goes to stderr and the table to stdout; with --json the last line of stdout is one JSON object instead.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import click

from benchmarks import drawings, processes, readme
from benchmarks.drawings import Sent
from benchmarks.load_figures import Result, markdown, memory_of, percentiles
from benchmarks.runs import say
from benchmarks.session_page import SessionError
from benchmarks.sessions import Session
from benchmarks.site import Site, serving
from model.cli import entry
from model.common.cores import cores
from model.common.machine import describe
from model.jobs import worker_limits

QUEUE = 20  # trainings that wait
TRAINING = "epochs=10000&hidden_sizes=32"  # longer than any run of this
DRAWINGS = 600  # different ones
ANSWER = "answer_side"  # the key of the part of the page that holds it
WARM_UP = 5  # answers, before any is counted
IDLE_ANSWERS = 30  # of one visitor alone, before and after the load
IDLE_SECONDS = 0.5  # from one of its drawings to the next
AT_ONCE = 5  # visitors who open their pages at the same time
STROKE_SECONDS = 0.6  # from one stroke of a drawing to the next
BACKGROUND_SECONDS = 3.0  # for which the app is watched while nobody does anything


@dataclass
class Tally:
    """What visitors met with."""

    seconds: list[float] = field(default_factory=list)  # from drawing to answer
    drawings: int = 0  # all of whose strokes were answered
    wrong: int = 0  # answers to some other drawing
    lost: int = 0  # visitors whose page broke
    errors: Counter[str] = field(default_factory=Counter)  # each of them has cost a visitor the page


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--sessions", type=click.IntRange(1), default=50, show_default=True, help="Visitors who draw.")
@click.option("--seconds", type=click.FloatRange(1), default=300.0, show_default=True, help="How long they do.")
@click.option("--every", type=click.FloatRange(0), default=2.0, show_default=True, help="Seconds between drawings.")
@click.option(
    "--replicas",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Copies of the app, behind haproxy, caddy or nginx if one is installed; else visitors take turns.",
)
@click.option(
    "--trainings",
    type=click.IntRange(0),
    help=f"Visitors who train; those beyond the workers wait. [default: the workers and {QUEUE} more]",
)
@click.option("--write", is_flag=True, help="Write the result into benchmarks/README.md.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def load(
    sessions: int, seconds: float, every: float, replicas: int, trainings: int | None, write: bool, as_json: bool
) -> None:
    """Measure how soon drawings are answered, and what memory it takes, by the number of visitors."""
    if trainings is None:
        trainings = max(replicas, worker_limits.workers(cores())) + QUEUE
    drawn = drawings.by_stroke(DRAWINGS)
    with serving(replicas) as site:
        if replicas > 1 and not site.proxy:
            say("no proxy is installed (apt-get install haproxy): the visitors take turns at the replicas themselves")
        try:
            run = measure(site, drawn, sessions=sessions, seconds=seconds, every=every, trainings=trainings)
            found = asyncio.run(run)
        except SessionError as error:
            raise ValueError(f"the load could not be put on: {error}") from None
    machine = describe({"numpy": "NumPy", "streamlit": "Streamlit"})
    results = {"date": datetime.date.today().isoformat(), "machine": machine, **found}
    readme.publish("load", results, markdown(results), keep=write, as_json=as_json)


async def measure(
    site: Site, drawn: Sequence[Sequence[Sent]], *, sessions: int, seconds: float, every: float, trainings: int
) -> Result:
    """One visitor alone, then all of them beside the trainings, then one alone again."""
    say("one visitor alone")
    share, before = await cost_of_a_drawing(site, drawn)
    memory = [site.resident()]
    async with AsyncExitStack() as stack:
        say(f"{trainings} trainings begin")
        learners = await opened(stack, site, trainings, "train", TRAINING)
        for learner in learners:
            await learner.press("start")
        say(f"{sessions} visitors come to draw")
        visitors = await opened(stack, site, sessions, "draw")
        memory.append(site.resident())
        say(f"all draw for {seconds:.0f} s")
        tally = Tally()
        watch = asyncio.create_task(watched(site, memory, max(seconds / 20, 0.5), tally))
        cpu, begun = site.cpu(), time.monotonic()
        end = begun + seconds
        await asyncio.gather(
            *(
                drawing(visitor, drawn, tally, end=end, every=every, first=number * 7, wait=every * number / sessions)
                for number, visitor in enumerate(visitors)
            )
        )
        took = time.monotonic() - begun
        cpu_share = {kind: round(processes.spent(cpu[kind], now) / took, 3) for kind, now in site.cpu().items()}
        watch.cancel()
        await lasting(learners, tally)
    say("one visitor alone again")
    after = await alone(site, drawn)
    idle = [*before.seconds, *after.seconds]
    tally.errors.update(before.errors + after.errors)
    return {
        "replicas": len(site.apps),
        "proxy": site.proxy_program,
        "sessions": sessions,
        "seconds": seconds,
        "every": every,
        "trainings": trainings,
        "drawings": tally.drawings,
        "answers": len(tally.seconds),
        "wrong": tally.wrong + before.wrong + after.wrong,
        "errors": dict(tally.errors),
        "lost": tally.lost,
        "idle": percentiles(idle),
        "load": percentiles(tally.seconds),
        "cpu": cpu_share,
        "drawing": share,
        "memory": memory_of(memory, sessions + trainings),
    }


async def cost_of_a_drawing(site: Site, drawn: Sequence[Sequence[Sent]]) -> tuple[dict[str, float], Tally]:
    """What an answer and a whole drawing take of the app's processor, in milliseconds, with one visitor alone."""
    begun, cpu = time.monotonic(), site.cpu()["app"]
    await asyncio.sleep(BACKGROUND_SECONDS)
    background = processes.spent(cpu, site.cpu()["app"]) / (time.monotonic() - begun)

    async def count() -> None:
        nonlocal begun, cpu
        begun, cpu = time.monotonic(), site.cpu()["app"]

    tally = await alone(site, drawn, warmed_up=count)
    took = processes.spent(cpu, site.cpu()["app"]) - background * (time.monotonic() - begun)
    shares = [1000 * took / max(number, 1) for number in (len(tally.seconds), tally.drawings)]
    return {"an answer": round(shares[0], 2), "a drawing": round(shares[1], 2)}, tally


async def opened(stack: AsyncExitStack, site: Site, count: int, page: str, query: str = "") -> list[Session]:
    """This many visitors, each of whom has opened the page."""
    visitors: list[Session] = []
    for start in range(0, count, AT_ONCE):
        some = [Session(site.url(number)) for number in range(start, min(start + AT_ONCE, count))]
        for visitor in some:
            await stack.enter_async_context(visitor)
        await asyncio.gather(*(visitor.open(page, query) for visitor in some))
        visitors += some
    return visitors


async def alone(
    site: Site, drawn: Sequence[Sequence[Sent]], warmed_up: Callable[[], Awaitable[None]] | None = None
) -> Tally:
    """One visitor's drawings and answers, nobody else being there; says when it begins to count."""
    warm, tally = Tally(), Tally()
    async with AsyncExitStack() as stack:
        (visitor,) = await opened(stack, site, 1, "draw")
        for counted, answers in ((warm, WARM_UP), (tally, IDLE_ANSWERS)):
            if counted is tally and warmed_up:
                await warmed_up()
            await drawing(
                visitor, drawn, counted, end=time.monotonic() + answers * IDLE_SECONDS, every=IDLE_SECONDS, pause=0.0
            )
    return tally


async def drawing(
    visitor: Session,
    drawn: Sequence[Sequence[Sent]],
    tally: Tally,
    *,
    end: float,
    every: float,
    first: int = 0,
    wait: float = 0.0,
    pause: float = STROKE_SECONDS,
) -> None:
    """Draw until the end, one drawing every this many seconds, each once the one before it has been answered."""
    number = first
    try:
        await asyncio.sleep(wait)
        while (begun := time.monotonic()) < end:
            for index, sent in enumerate(drawn[number % len(drawn)]):
                if index:
                    await asyncio.sleep(pause)
                await answered(visitor, sent, tally)
            tally.drawings += 1
            number += 1
            await asyncio.sleep(max(0.0, begun + every - time.monotonic()))
        visitor.check()
    except SessionError as error:
        tally.errors[str(error)] += 1
        tally.lost += 1


async def answered(visitor: Session, sent: Sent, tally: Tally) -> None:
    """Draw one drawing, and wait for its answer."""
    news = visitor.page.news[ANSWER]
    begun = time.perf_counter()
    await visitor.set("sheet_", sent.value)
    await visitor.until(lambda page: page.news[ANSWER] > news)
    tally.seconds.append(time.perf_counter() - begun)
    tally.wrong += drawings.words(visitor.page.texts[ANSWER]) != sent.answer


async def lasting(learners: Sequence[Session], tally: Tally) -> None:
    """See that the trainings' pages are still there, and end the trainings."""
    for learner in learners:
        try:
            learner.check()
            await learner.press("stop")
        except SessionError as error:
            tally.errors[str(error)] += 1
            tally.lost += 1


async def watched(site: Site, memory: list[float | None], every: float, tally: Tally) -> None:
    """Take down the memory from time to time, and say how it goes."""
    while True:
        await asyncio.sleep(every)
        memory.append(site.resident())
        say(f"{len(tally.seconds):6,} answers, {tally.errors.total()} errors, {memory[-1] or 0:.0f} MB")


if __name__ == "__main__":
    entry.run(load)
