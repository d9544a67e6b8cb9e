"""A worker is a program of its own that trains one network and reports through a connection to who started it.

It is started by `model.jobs` as `python -m model.worker DESCRIPTOR`. When the connection breaks, because the app
has ended or has no more use for it, the worker ends too: none is ever left behind.
"""

from __future__ import annotations

import os
import sys
import time
from multiprocessing.connection import Connection

from model import data
from model.checkpoint import Checkpoint
from model.jobs import Begin, Failed, Order, Point, Report
from model.progress import Progress
from model.training import Change, train

POLITENESS = 5  # of the process: answers to visitors come before training
SECONDS_BETWEEN_REPORTS = 0.1
SECONDS_BETWEEN_PICTURES = 0.4  # parameters are sent so often, large ones less often
BYTES_PER_SECOND = 2e7


def work(connection: Connection) -> None:
    """Train as the first message says, obeying the orders that follow, until done or stopped."""
    begin: Begin = connection.recv()
    dataset = data.open_folder(begin.folder)
    run = train(begin.config, dataset)
    progress = next(run)
    points = [Point.of(progress)]
    connection.send(_report(progress, points, parameters=True))
    reported = pictured = time.monotonic()
    pause = max(SECONDS_BETWEEN_PICTURES, progress.network.parameters.nbytes / BYTES_PER_SECOND)

    while progress.status == "running":
        change, stopped = _orders(connection, progress)
        if stopped:
            break
        progress = run.send(change)
        points.append(Point.of(progress))
        now = time.monotonic()
        if now - reported >= SECONDS_BETWEEN_REPORTS and progress.status == "running":
            picture = now - pictured >= pause
            connection.send(_report(progress, points, parameters=picture))
            reported, pictured = now, now if picture else pictured

    status = progress.status if progress.status != "running" else "stopped"
    trained = Checkpoint.of(begin.config, progress, dataset, status)
    connection.send(_report(progress, points, parameters=True, status=status, scores=trained.scores))


def _orders(connection: Connection, progress: Progress) -> tuple[Change | None, bool]:
    """The change to make, and whether to stop, of the orders that have come; waits here while paused."""
    change: Change = {}
    paused = False
    while paused or connection.poll():
        order: Order = connection.recv()
        if order == "stop":
            return None, True
        if order == "pause":
            paused = True
            connection.send(_report(progress, [], parameters=True, status="paused"))
        elif order == "resume":
            paused = False
        else:
            change.update(order)
    return change or None, False


def _report(
    progress: Progress,
    points: list[Point],
    *,
    parameters: bool,
    status: str | None = None,
    scores: dict[str, float | int | str | None] | None = None,
) -> Report:
    """What to tell now; the points told are forgotten."""
    network = progress.network
    report = Report(
        status=status or progress.status,
        message=progress.message,
        points=list(points),
        epochs=progress.epochs,
        fraction=progress.fraction,
        seconds=progress.seconds,
        seconds_left=progress.seconds_left,
        images_per_second=progress.images_per_second,
        parameters=network.parameters.tobytes() if parameters else None,
        statistics=network.statistics.tobytes() if parameters else None,
        scores=scores,
    )
    points.clear()
    return report


def main() -> None:
    os.nice(POLITENESS)
    connection = Connection(int(sys.argv[1]))
    try:
        work(connection)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nobody listens any more
    except MemoryError:
        connection.send(Failed("There is not enough memory for this network and batch: make either smaller."))
    except ValueError as error:
        connection.send(Failed(str(error)))
    try:
        connection.recv()  # all has been said; stay until it has been heard
    except (EOFError, ConnectionResetError):
        return


if __name__ == "__main__":
    main()
