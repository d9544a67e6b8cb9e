"""What the app and its workers tell each other: small messages, each of a type of its own.

A network is never in them. It lies in a file of the training's folder, which the app reads when somebody looks at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from model.common.atomic_file import atomic_write
from model.config import TrainingConfig
from model.nn.classifier import DigitClassifier
from model.nn.gradient_check import GradientCheck
from model.training import Change
from model.training.checkpoint import Scores
from model.training.diagnostics import Diagnostics
from model.training.history import ConfigChange, HistoryPoint

NETWORK_FILE = "network.bin"  # in the training's folder: the parameters that were written last
SUSPENDED_FILE = "suspended.npz"  # the snapshot with which it goes on, in whichever worker


class SnapshotRef(NamedTuple):
    """A snapshot in the training's folder."""

    epoch: float
    step: int
    file: str


class ProbePrediction(NamedTuple):
    """What the network took the followed image for at one moment."""

    epoch: float
    probabilities: tuple[float, ...]  # of the ten digits


# -- To a worker --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepOnce:
    """Pause after one more step, or at the end of the epoch."""

    whole_epoch: bool = False


@dataclass(frozen=True)
class StartTraining:
    """Train a network, or go on with one."""

    config: TrainingConfig
    data: Path  # the data set's folder: see data.save
    folder: Path  # the training's own
    threads: int  # for the matrix products
    start: Path | None = None  # the snapshot to go on from
    kept: tuple[SnapshotRef, ...] = ()  # the snapshots that lie in the folder already
    paused: bool = False
    goal: StepOnce | None = None
    pace: float = 0.0
    followed: bytes | None = None
    orders: tuple[Command, ...] = ()  # that no worker has obeyed yet
    pictures: int = 0  # how often the network's file was written


@dataclass(frozen=True)
class SetSpeed:
    """At most so many steps a second; 0 is as fast as it can."""

    steps_per_second: float


@dataclass(frozen=True)
class SetProbeImage:
    """Tell with each report what the network takes this image for: 784 bytes, or None to follow none."""

    image: bytes | None


Signal = Literal["pause", "resume", "stop", "suspend", "check"]
Command = Signal | StepOnce | SetSpeed | SetProbeImage | Change


@dataclass(frozen=True)
class CommandEnvelope:
    """An order, or the beginning, for the training of that number: one that comes too late must not reach the next."""

    number: int
    message: StartTraining | Command


# -- From a worker ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How a training stands. `status` is waiting, starting, running or paused; in the end finished, stopped early,
    stopped, diverged or failed."""

    status: str = "waiting"
    message: str = ""
    epochs: int = 0
    fraction: float = 0.0
    seconds: float = 0.0
    seconds_left: float = float("nan")
    images_per_second: float = 0.0
    pictures: int = 0  # how often the network's file was written
    scores: Scores = field(default_factory=dict)  # only at the end


@dataclass(frozen=True)
class ProgressReport:
    """What is new since the last report."""

    standing: Standing
    points: list[HistoryPoint]
    marks: list[ConfigChange]
    glances: list[ProbePrediction]
    observation: Diagnostics | None
    kept: list[SnapshotRef] | None  # all snapshots that there are now, if they have changed
    config: TrainingConfig | None  # as it is now, if a change was ordered
    obeyed: int  # how many orders were carried out


@dataclass(frozen=True)
class Suspended:
    """It stopped so that others get their turn, and can go on from SUSPENDED_FILE."""


@dataclass(frozen=True)
class GradientChecked:
    """The gradient check that was asked for, or why there is none."""

    result: GradientCheck | str


@dataclass(frozen=True)
class TrainingFailed:
    """It can't go on."""

    message: str


@dataclass(frozen=True)
class EventEnvelope:
    """What a worker says of the training of that number; None is a mere sign of life."""

    number: int
    message: ProgressReport | Suspended | GradientChecked | TrainingFailed | None


# -- The network's file -------------------------------------------------------------------------------------


def write_network(network: DigitClassifier, folder: Path) -> None:
    """Write the network's values into its training's folder; what was there is replaced only once all is written."""
    with atomic_write(folder / NETWORK_FILE) as file:
        network.mlp.parameters.tofile(file)
        network.mlp.running_statistics.tofile(file)
        np.array((network.temperature, network.reject_bias)).tofile(file)


def read_network(network: DigitClassifier, folder: Path) -> None:
    """Give a network of the same shape the values that were written last; none were, then it stays as it is."""
    path = folder / NETWORK_FILE
    if not path.exists():
        return
    with path.open("rb") as file:
        for values in (network.mlp.parameters, network.mlp.running_statistics):
            values[...] = np.fromfile(file, np.float32, values.size).reshape(values.shape)
        network.temperature, network.reject_bias = np.fromfile(file, np.float64, 2).tolist()
