"""What the app still holds after its visitors have gone: some come, each brings a data set, and they leave.

    python -m benchmarks.visitors_gone --visitors 8 --megabytes 20

The app's resident memory is looked at with nobody there, with all of them there, and when they have gone: when
Streamlit has let their sessions go, after two minutes, and the app has forgotten them, after twenty, which here are
less than one. Then they come once more: what a second time adds would add up forever.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

import click
import numpy as np

from benchmarks import processes
from benchmarks.day import QUIET_SECONDS, go, hasty_app
from benchmarks.runs import say
from benchmarks.sessions import Session
from model import data

MB = 2**20
UPLOADER, MENU = "dataset_files", "dataset"  # the keys of their widgets
LATE_SECONDS = 20.0  # beyond those two minutes


def table(megabytes: int) -> bytes:
    """A CSV table of about that size."""
    embedded = data.load("mnist-5k")
    rows = np.column_stack([embedded.labels, embedded.images]).tolist()
    lines = ["label," + ",".join(f"pixel{number}" for number in range(784)), *(",".join(map(str, row)) for row in rows)]
    once = "\n".join(lines).encode()
    body = once.partition(b"\n")[2] + b"\n"
    return once + b"\n" + body * max(0, round(megabytes * MB / len(once)) - 1)


async def visits(url: str, visitors: int, file: bytes, look: Callable[[str], float]) -> None:
    """Come, each with a file of one's own, look, and leave together."""
    async with AsyncExitStack() as stack:
        for number in range(visitors):
            session = await stack.enter_async_context(Session(url))
            await go(session, "train")
            await session.upload(UPLOADER, f"digits-{number}.csv", file)
            await session.until(lambda page: any(name.endswith(".csv") for name in page.options.get(MENU, ())))
        look(f"{visitors} visitors with a file each")


async def play(url: str, visitors: int, file: bytes, look: Callable[[str], float]) -> None:
    """Let them come and go, twice."""
    await visits(url, 1, file[: MB // 2].rpartition(b"\n")[0], lambda _: 0.0)  # what the first one ever needs
    await asyncio.sleep(QUIET_SECONDS)
    look("nobody yet")
    for time in ("gone", "gone, the second time"):
        await visits(url, visitors, file, look)
        await asyncio.sleep(QUIET_SECONDS + LATE_SECONDS)
        look(time)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--visitors", type=click.IntRange(1), default=8, show_default=True)
@click.option("--megabytes", type=click.IntRange(1), default=20, show_default=True, help="Of each one's file.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def main(visitors: int, megabytes: int, as_json: bool) -> None:
    """Say how much memory the app holds before, while and after visitors bring files."""
    looks: dict[str, float] = {}

    def look(when: str) -> float:
        looks[when] = round(processes.resident([app.pid]) or 0.0, 1)
        say(f"{when}: {looks[when]:.1f} MB")
        return looks[when]

    with hasty_app() as (app, _):
        asyncio.run(play(app.url, visitors, table(megabytes), look))
    if as_json:
        print(json.dumps(looks))
    sys.exit(0)


if __name__ == "__main__":
    main()
