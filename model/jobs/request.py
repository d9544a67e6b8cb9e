"""A request is what a visitor asks the pool for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.config import TrainingConfig
from model.jobs.protocol import SnapshotRef
from model.robustness.perturbation import Perturbation

if TYPE_CHECKING:
    from model.jobs.job import Job


@dataclass(frozen=True)
class Fork:
    """Where a new run branches off from another one, and what is done to its network there, if anything."""

    parent: Job
    snapshot: SnapshotRef
    perturbation: Perturbation | None = None


@dataclass(frozen=True)
class TrainingRequest:
    """A run to be trained."""

    name: str
    owner: str  # the visitor; the queue is fair between owners
    config: TrainingConfig
    data: Path  # the data set's folder: see data.save
    fork: Fork | None = None
    paused: bool = False  # from the beginning
    speed: float = 0.0  # steps per second, 0 means no limit
    keep_alive: Any = None  # must exist as long as the job, such as a temporary folder with its data
