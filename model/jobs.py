"""A job is a training in a process of its own, so that whoever started it stays free and outlives its troubles.

A thread listens to the worker and keeps the newest of what it says; to look at a job is to take its `View`.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.checkpoint import Checkpoint, Scores
from model.config import TrainingConfig
from model.network import Network
from model.progress import Progress
from model.training import Change, changed

ROOT = Path(__file__).parent.parent
LIVE = ("starting", "running", "paused")
POINTS_LIMIT = 4000  # kept of a curve: beyond, every second one is dropped
SECONDS_TO_STOP = 5.0  # for a worker to end of itself

Order = Literal["pause", "resume", "stop"] | Change


class Point(NamedTuple):
    """One point of the learning curves."""

    epoch: float  # how many epochs were done, with the fraction of the current one
    step: int
    loss: float
    accuracy: float
    epoch_loss: float
    epoch_accuracy: float
    validation_loss: float | None  # measured before the first epoch and after each, else None
    validation_accuracy: float | None
    learning_rate: float

    @classmethod
    def of(cls, progress: Progress) -> Point:
        measured = progress.epoch_ended or progress.step == 0 or progress.status != "running"
        return cls(
            epoch=progress.fraction * progress.epochs,
            step=progress.step,
            loss=progress.loss,
            accuracy=progress.accuracy,
            epoch_loss=progress.epoch_loss,
            epoch_accuracy=progress.epoch_accuracy,
            validation_loss=progress.validation_loss if measured else None,
            validation_accuracy=progress.validation_accuracy if measured else None,
            learning_rate=progress.learning_rate,
        )


@dataclass(frozen=True)
class Begin:
    """The first message to a worker."""

    config: TrainingConfig
    folder: Path  # of the data set: see data.save


@dataclass(frozen=True)
class Report:
    """What a worker says a few times a second: what is new since its last report."""

    status: str
    message: str
    points: list[Point]
    epochs: int
    fraction: float
    seconds: float
    seconds_left: float
    images_per_second: float
    parameters: bytes | None  # only as often as somebody would look
    statistics: bytes | None
    scores: Scores | None  # only at the end


@dataclass(frozen=True)
class Failed:
    """A worker's last message when it can't go on."""

    message: str


@dataclass(frozen=True)
class View:
    """A job at one moment. `status` is starting, running or paused; in the end finished, stopped early, stopped,
    diverged or failed."""

    status: str = "starting"
    message: str = ""
    points: list[Point] = field(default_factory=list)
    epochs: int = 0
    fraction: float = 0.0
    seconds: float = 0.0
    seconds_left: float = float("nan")
    images_per_second: float = 0.0
    pictures: int = 0  # grows when the network's parameters are new
    scores: Scores = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


class Job:
    """A training in a worker process: started on creation, ended by `stop`, or by itself."""

    def __init__(self, name: str, config: TrainingConfig, folder: Path) -> None:
        self.name, self.config = name, config
        self._lock = threading.Lock()
        self._view = View(epochs=config.epochs)
        self._paused = False
        self._network = Network(config.sizes, config.activation, batch_normalization=config.batch_normalization)
        ours, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "model.worker", str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C in the app's terminal is the app's to handle
        )
        theirs.close()
        self._connection = Connection(ours.detach())
        self._send(Begin(config, folder))
        threading.Thread(target=self._listen, name=f"job {name}", daemon=True).start()

    @property
    def paused(self) -> bool:
        """Whether it has been told to pause; it does so after its present step."""
        return self._paused and self.view().is_live

    def view(self) -> View:
        """The newest state."""
        with self._lock:
            return replace(self._view, points=list(self._view.points))

    def network(self) -> Network:
        """A copy of the network as it was last heard of."""
        with self._lock:
            return self._network.copy()

    def first_weights(self) -> NDArray[np.float32]:
        """A copy of the first layer's weights (784, units) as they were last heard of."""
        with self._lock:
            return self._network.layers[0].weights.copy()

    def checkpoint(self) -> Checkpoint:
        """The network as it was last heard of, with its scores if it is done."""
        return Checkpoint(self.network(), self.config, self.view().scores)

    def order(self, order: Order) -> None:
        """Tell the worker something, if it still listens.

        Raises:
            ValueError: a change to values that the training can't have, or that only a new one can have.
        """
        if isinstance(order, Mapping):
            changed(self.config, order)
        if order in ("pause", "resume"):
            self._paused = order == "pause"
        self._send(order)

    def end(self) -> None:
        """Make sure that the process is gone; what it had said remains."""
        self.order("stop")
        try:
            self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, message: Begin | Order) -> None:
        with self._lock, suppress(OSError):  # the worker may be gone, and then the view says so
            self._connection.send(message)

    def _listen(self) -> None:
        while True:
            try:
                message = self._connection.recv()
            except (EOFError, OSError):
                break
            with self._lock:
                self._take(message)
                if not self._view.is_live:
                    break
        with self._lock:
            self._connection.close()
        code = self._process.wait()
        with self._lock:
            if self._view.is_live:
                how = f"signal {-code}" if code < 0 else f"exit code {code}"
                self._fail(f"The training's process ended unexpectedly ({how}). What it had learned is kept.")

    def _take(self, message: Report | Failed) -> None:
        if isinstance(message, Failed):
            return self._fail(message.message)
        view = self._view
        points = view.points + message.points
        if len(points) > POINTS_LIMIT:
            points = [
                point for index, point in enumerate(points) if index % 2 == 0 or point.validation_loss is not None
            ]
        if message.parameters is not None and message.statistics is not None:
            self._network.parameters[:] = np.frombuffer(message.parameters, np.float32)
            self._network.statistics[:] = np.frombuffer(message.statistics, np.float32).reshape(2, -1)
        self._view = View(
            status=message.status,
            message=message.message,
            points=points,
            epochs=message.epochs,
            fraction=message.fraction,
            seconds=message.seconds,
            seconds_left=message.seconds_left,
            images_per_second=message.images_per_second,
            pictures=view.pictures + (message.parameters is not None),
            scores=message.scores or {},
        )

    def _fail(self, message: str) -> None:
        self._view = replace(self._view, status="failed", message=message)
