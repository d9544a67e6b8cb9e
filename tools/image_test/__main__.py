"""The command: builds the image, holds it to its promises, and says what it takes."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

import click

from tools.app_server import ROOT
from tools.image_test import base, size
from tools.image_test.container import CACHE, Container, start
from tools.image_test.engine import Engine, EngineError, find_engine
from tools.image_test.visit import visit

IMAGE = "localhost/inkling-image-test"
MEGABYTES = 900  # at most, unpacked
START_SECONDS, STOP_SECONDS = 10, 5
PATIENCE_SECONDS = 120
USER = "10001"
# What the kernel counts of the container's memory at most: version 2 of control groups, else version 1.
MEMORY = "cat /sys/fs/cgroup/memory.peak || cat /sys/fs/cgroup/memory/memory.max_usage_in_bytes"


class Finding(NamedTuple):
    """A promise, whether it is kept, and what was seen."""

    promise: str
    kept: bool
    seen: str


@click.command()
@click.option("--engine", "name", type=click.Choice(["docker", "podman"]), help="By default, the first that works.")
@click.option("--local-base", is_flag=True, help="Make the base image here, by debootstrap, and pull none.")
def main(name: str | None, local_base: bool) -> None:
    """Build the image, run it, and say of each promise whether it is kept."""
    try:
        with find_engine(name or "") as engine:
            wrong = [finding for finding in told(examine(engine, local=local_base)) if not finding.kept]
    except EngineError as error:
        sys.exit(str(error))
    click.echo("All is as promised." if not wrong else f"{len(wrong)} of the promises are not kept.")
    sys.exit(bool(wrong))


def told(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Print each finding as it comes."""
    for finding in findings:
        click.echo(f"{'ok   ' if finding.kept else 'WRONG'} {finding.promise}: {finding.seen}")
        yield finding


def examine(engine: Engine, *, local: bool) -> Iterator[Finding]:
    """Build the image, and look at it from outside and in use."""
    own = re.search(r"^ARG BASE=(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert own, "the Dockerfile names its base image"
    chosen = base.base_for(engine, own[1], local=local)
    click.echo(f"{engine.name} builds on {chosen or own[1]} ...")
    begin = time.monotonic()
    engine.build(IMAGE, chosen)
    click.echo(f"Built in {time.monotonic() - begin:.0f} s.")
    megabytes, parts = size.measure(engine, IMAGE)
    yield Finding(f"at most {MEGABYTES} MB unpacked", megabytes <= MEGABYTES, f"{megabytes:.0f} MB")
    for part in parts:
        click.echo(f"      {part.megabytes:6.1f} MB  {part.name}")
    with start(engine, IMAGE) as container:
        yield from watch(container)


def watch(container: Container) -> Iterator[Finding]:
    """Look at a container from its start to its end."""
    check = container.health_check()
    deadline = container.started + PATIENCE_SECONDS
    while not (healthy := container.succeeds(*check)) and time.monotonic() < deadline:
        time.sleep(0.2)
    seconds = time.monotonic() - container.started
    seen = f"{seconds:.1f} s{container.processor_time()}"
    yield Finding(f"healthy within {START_SECONDS} s", healthy and seconds <= START_SECONDS, seen)
    if not healthy:
        click.echo(container.log()[-3000:])
        return
    yield from rights(container)
    yield visited(container)
    peak = container.run("sh", "-c", MEMORY)
    yield Finding(
        "1 GB of memory is enough for a visitor",
        not container.ran_out_of_memory(),
        f"{int(peak) / 1e6:.0f} MB at most, files that the kernel keeps included" if peak else "not killed",
    )
    seconds, status = container.stop()
    yield Finding(
        f"ended by SIGTERM within {STOP_SECONDS} s while it trains",
        seconds <= STOP_SECONDS and status in (0, 143),
        f"{seconds:.1f} s, with status {status}",
    )
    log = container.log()
    yield Finding("nothing failed", "Traceback" not in log, log[-2000:] if "Traceback" in log else "no traceback")


def rights(container: Container) -> Iterator[Finding]:
    """Look at what the app may do."""
    user = container.run("id", "-u")
    yield Finding("a user without rights", user == USER, f"user {user}")
    capabilities = container.run("sh", "-c", "grep CapEff /proc/1/status").split()[-1:]
    yield Finding("no capabilities", capabilities == ["0" * 16], " ".join(capabilities))
    writable = [path for path in ("/app", "/tmp", "/home/inkling", "/opt/venv") if can_write(container, path)]
    yield Finding("a root that is read only", not writable, ", ".join(writable) or "nothing can be written")
    yield Finding("the volume alone can be written to", can_write(container, CACHE), CACHE)


def can_write(container: Container, folder: str) -> bool:
    return container.succeeds("sh", "-c", f"touch {folder}/written && rm {folder}/written")


def visited(container: Container) -> Finding:
    promise = "every page opens, a digit is read, a run trains"
    try:
        digit = visit(container.url)
    except Exception as error:
        return Finding(promise, False, f"{error}\n{container.log()[-2000:]}")
    return Finding(promise, True, f"a seven is read as {digit}")


if __name__ == "__main__":
    main()
