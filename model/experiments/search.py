"""One search of a visitor, as the supervisor and the pages know it."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.experiments.control import Command
from model.experiments.plan import ExperimentPlan

if TYPE_CHECKING:
    from model.experiments.supervisor import Supervisor


@dataclass(eq=False)
class Search:
    """One search of a visitor.

    Attributes:
        name: Nobody can guess it; it is a part of addresses.
        owner: The visitor.
        plan: What it is to find out.
        folder: Of its study.
        trials: How many it is to have at the moment.
        data: The folder of the data set's arrays.
        keep_alive: Must exist as long as the search, such as a temporary folder with its data.
        command: What the visitor wants.
        problem: Why it does not go on by itself.
        seconds_before: For how long its earlier processes have computed.
    """

    name: str
    owner: str
    plan: ExperimentPlan
    folder: Path
    trials: int
    keep_alive: Any = None
    data: Path = Path()
    command: Command = "run"
    problem: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    is_first: bool = False  # only the first trials are wanted so far, to see how long they take
    is_complete: bool = False  # its process has ended by itself, with nothing left to do
    gives_way: bool = False
    waiting_since: float = 0.0
    began: float = 0.0
    seconds_before: float = 0.0
    _supervisor: Supervisor | None = field(default=None, repr=False)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a place."""
        return self.command == "run" and self.process is None and not self.is_complete and not self.problem

    @property
    def is_at_work(self) -> bool:
        """Whether its process is there."""
        return self.process is not None

    @property
    def seconds(self) -> float:
        """For how long it has computed."""
        return self.seconds_before + (time.monotonic() - self.began if self.process else 0.0)

    @property
    def may_go_on(self) -> bool:
        """Whether it has not computed yet for as long as it may."""
        return self._supervisor is None or not self._supervisor.has_had_its_time(self)

    def tell(self, command: Command, trials: int | None = None) -> None:
        """Pause, stop or go on, perhaps with another number of trials."""
        assert self._supervisor
        self._supervisor.tell(self, command, trials)

    def discard(self) -> None:
        """End it, and delete its files."""
        assert self._supervisor
        self._supervisor.discard(self)
