"""What the Train page must show, and how each action changes it: a small model of the page, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

LATEST = "latest"
FULL_SPEED = "full speed"
MAX_RUNS = 8  # that are kept, at least


@dataclass
class Expected:
    """What the page must show."""

    runs: int = 0
    empty_runs: int = 0  # at most this many of them ended before their first step, and are not shown
    has_stepped: bool = True  # whether the newest run surely has
    state: str = "Ready"  # of the selected run, which is the newest
    speed: str = FULL_SPEED
    moment: str = LATEST  # where the timeline stands
    learning_rate: str = "0.001"  # of the slider
    rate_of_run: str = "0.001"

    @property
    def fewest_runs(self) -> int:
        """The table has at least this many runs."""
        return min(self.runs - self.empty_runs, MAX_RUNS)

    @property
    def live(self) -> bool:
        """Whether the selected run goes on, or waits to go on."""
        return self.state in ("Training", "Paused")

    @property
    def looks_back(self) -> bool:
        """Whether the page shows an earlier state of the run."""
        return self.moment != LATEST

    def begin_run(self, state: str, *, has_stepped: bool = False) -> None:
        """A new run is there, with the settings of the sliders, and is the selected one."""
        self.empty_runs += self.runs > 0 and not self.has_stepped
        self.has_stepped = has_stepped
        self.runs += 1
        self.state = state
        self.moment = LATEST
        self.rate_of_run = self.learning_rate

    def arrive(self) -> None:
        """The visitor has come to the page anew: a run in progress is shown as it is."""
        self.moment = LATEST
        if self.live:
            self.learning_rate = self.rate_of_run

    def look_at(self, moment: str) -> None:
        """The timeline has moved; back at the latest state, what was set for a branch is discarded."""
        if moment == LATEST and self.looks_back:
            self.learning_rate = self.rate_of_run
        self.moment = moment

    def set_learning_rate(self, rate: str) -> None:
        """The slider has moved: the run takes it at once, unless one looks back."""
        self.learning_rate = rate
        if self.live and not self.looks_back:
            self.rate_of_run = rate


# The actions, by the names of the methods that do them, and when they can be done.
CAN: Mapping[str, Callable[[Expected], bool]] = {
    "start": lambda now: True,
    "reset": lambda now: now.runs > 0,
    "branch": lambda now: now.runs > 0,
    "pause": lambda now: now.state == "Training",
    "resume": lambda now: now.state == "Paused",
    "step": lambda now: now.live,
    "stop": lambda now: now.state == "Training" or (now.live and now.has_stepped),
    "go_on": lambda now: now.state == "Stopped",
    "look_back": lambda now: now.runs > 0 and now.state != "Ready",
    "look_at_latest": lambda now: now.looks_back,
    "change_speed": lambda now: True,
    "full_speed": lambda now: now.speed != FULL_SPEED,
    "change_learning_rate": lambda now: True,
    "visit_another_page": lambda now: True,
    "reload": lambda now: True,
}
