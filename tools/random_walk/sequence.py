"""A sequence of actions on the Train page: one visitor, who starts, pauses, looks back, branches off and goes away."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from playwright.sync_api import Error, Page, expect

from tools.random_walk.expected import CAN, FULL_SPEED, LATEST, Expected
from tools.random_walk.screen import Screen, WrongPageError

ACTIONS_PER_SEQUENCE = 10
ADDRESS = "train?epochs=2000&hidden_sizes=8"  # longer than a sequence
SPEEDS = ("1 step a second", "5 steps a second", "50 steps a second", "500 steps a second", FULL_SPEED)
LEARNING_RATES = ("0.0005", "0.001", "0.002", "0.005", "0.01")
IN_TABLE = {"Training": "running", "Paused": "paused", "Stopped": "stopped"}


def play(page: Page, url: str, seed: int, actions: int = ACTIONS_PER_SEQUENCE) -> list[str]:
    """Play one sequence; returns what was done.

    Raises:
        WrongPageError: the page showed something wrong; the message names all that was done.
    """
    page.goto(f"{url}/{ADDRESS}")
    walk = Walk(Screen(page), random.Random(seed))
    walk.screen.settle()
    done: list[str] = []
    for _ in range(actions):
        name = walk.chance.choice([name for name, can in CAN.items() if can(walk.expected)])
        done.append(name)
        try:
            getattr(walk, name)()
            walk.check()
        except (WrongPageError, Error, AssertionError) as error:
            raise WrongPageError(f"after {', '.join(done)}: {str(error)[:600]}") from error
    return done


@dataclass
class Walk:
    """A visitor's actions, and what must be seen after them."""

    screen: Screen
    chance: random.Random
    expected: Expected = field(default_factory=Expected)

    # -- Actions --------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.screen.press("start")
        self.expected.begin_run("Training")

    def reset(self) -> None:
        self.screen.press("rewind")
        self.expected.begin_run("Paused")

    def branch(self) -> None:
        self.screen.press("fork")
        self.expected.begin_run("Training", has_stepped=True)

    def pause(self) -> None:
        self.screen.press("pause")
        self.expected.state = "Paused"

    def resume(self) -> None:
        self.screen.press("pause")
        self.expected.state = "Training"

    def step(self) -> None:
        self.screen.press("step")
        self.expected.has_stepped = True
        self.expected.state = "Paused"

    def stop(self) -> None:
        if self.expected.state == "Training":
            self.screen.wait(lambda: self.screen.step() > 0, lambda: "a first step")
        self.screen.press("stop")
        self.expected.state = "Stopped"

    def go_on(self) -> None:
        self.screen.press("continue")
        self.expected.begin_run("Training", has_stepped=True)
        self.expected.learning_rate = self.expected.rate_of_run

    def look_back(self) -> None:
        handle = self.screen.handle("snapshot")
        self.screen.wait(handle.is_enabled, lambda: "snapshots to look back at")
        handle.press("Home")
        self.screen.settle()
        for _ in range(self.chance.randrange(3)):
            handle.press("ArrowRight")
        self.screen.settle()
        self.expected.look_at(self.screen.slider("snapshot"))

    def look_at_latest(self) -> None:
        self.screen.handle("snapshot").press("End")
        self.expected.look_at(LATEST)

    def change_speed(self) -> None:
        self.expected.speed = self.chance.choice([speed for speed in SPEEDS if speed != self.expected.speed])
        self.screen.slide("pace", self.expected.speed)

    def full_speed(self) -> None:
        self.screen.press("full_speed")
        self.expected.speed = FULL_SPEED

    def change_learning_rate(self) -> None:
        rate = self.chance.choice([rate for rate in LEARNING_RATES if rate != self.expected.learning_rate])
        self.screen.slide("learning_rate", rate)
        self.expected.set_learning_rate(rate)

    def visit_another_page(self) -> None:
        page = self.screen.page
        for name in (self.chance.choice(["Home", "Draw", "Evaluate"]), "Train"):
            page.get_by_role("link", name=name, exact=True).first.click()
            expect(page).to_have_title(re.compile(name))
            self.screen.settle()
        self.expected.arrive()

    def reload(self) -> None:
        self.screen.page.reload()
        self.screen.settle()
        self.expected.arrive()

    # -- What must hold -------------------------------------------------------------------------------------

    def check(self) -> None:
        """Compare the page with what is expected of it.

        Raises:
            WrongPageError: it differs, also after a while.
        """
        screen, expected = self.screen, self.expected
        screen.wait(lambda: screen.state() == expected.state, lambda: f"{expected.state}; it is {screen.state()!r}")
        self._check_slider("snapshot", expected.moment)
        self._check_slider("pace", expected.speed)
        self._check_slider("learning_rate", expected.learning_rate)
        screen.wait(
            lambda: screen.says("You are looking back") == expected.looks_back,
            lambda: f"that it {'says' if expected.looks_back else 'does not say'} that one looks back",
        )
        if expected.runs:
            self._check_runs()
        if said := screen.exception():
            raise WrongPageError(f"the page shows {said[:300]}")

    def _check_slider(self, key: str, value: str) -> None:
        screen = self.screen
        screen.wait(lambda: screen.slider(key) == value, lambda: f"{key} at {value!r}; it is at {screen.slider(key)!r}")

    def _check_runs(self) -> None:
        """Compare the table of runs and the charts."""
        screen, expected = self.screen, self.expected
        screen.wait(
            lambda: screen.row("State")[-1:] == [IN_TABLE[expected.state]],
            lambda: f"a newest run that is {expected.state}; the table has {screen.row('State')}",
        )
        screen.wait(
            lambda: expected.fewest_runs <= len(screen.row("State")) <= expected.runs,
            lambda: f"{expected.fewest_runs} to {expected.runs} runs; the table has {screen.row('State')}",
        )
        screen.wait(
            lambda: screen.row("Learning rate")[-1:] in ([], [expected.rate_of_run]),
            lambda: f"a run that learns at {expected.rate_of_run}; the table has {screen.row('Learning rate')}",
        )
        screen.wait(
            lambda: len(screen.row("State")) - 1 == screen.num_other_runs_on_charts(),
            lambda: (
                f"charts with {screen.row('State')}; they have {screen.num_other_runs_on_charts()} besides the newest"
            ),
        )
