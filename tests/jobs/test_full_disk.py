"""On a full disk a run goes on, says which disk it is, and saves its network as soon as there is room."""

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from model.jobs.job_files import JobFiles
from model.jobs.protocol import (
    Command,
    Event,
    JobStatus,
    Preempt,
    Preempted,
    PreemptionFailed,
    ProgressReport,
    StartTraining,
    Stop,
)
from model.jobs.runner import TrainingRunner
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import train
from tests.figures import report
from tests.jobs.runs import ENDLESS, QUICK, STEPS, TOY

if sys.platform == "win32":
    pytest.skip("Windows has no such limit", allow_module_level=True)

from tests.full_disk import no_room

FINISHED = 3 * STEPS


class App:
    """A channel to a run whose disk is full; it does to the run what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.disk = ExitStack()
        self.waits = 0  # of the run, for commands
        self.room_at: float = 3  # the wait at which there is room
        self.commands: list[Command] = []

    def send(self, event: Event) -> None:
        self.events.append(event)

    def receive(self, timeout: float | None) -> list[Command]:
        if timeout:
            self.waits += 1
            if self.waits == self.room_at:
                self.disk.close()
        commands, self.commands = self.commands, []
        return commands

    def has_commands(self) -> bool:
        return False

    @property
    def reports(self) -> list[ProgressReport]:
        return [event for event in self.events if isinstance(event, ProgressReport)]


def run(app: App, data: Path, files: Path, config=QUICK) -> None:  # type: ignore[no-untyped-def]
    start = StartTraining(config=config, data=data, folder=files, threads=1)
    runner = TrainingRunner(start, app, lambda: float(app.waits))
    with app.disk:
        app.disk.enter_context(no_room())
        runner.run()


def saved(files: Path) -> DigitClassifier:
    network = DigitClassifier(MLP(QUICK.sizes, QUICK.activation))
    JobFiles(files).read_network(network)
    return network


def test_the_last_network_is_saved_as_soon_as_there_is_room(folder: Path, tmp_path: Path) -> None:
    app = App()
    run(app, folder, tmp_path)
    waiting = app.reports[-2].progress
    assert waiting.status is JobStatus.RUNNING
    assert f"The disk with {tmp_path} is full" in waiting.message
    assert "make room on it" in waiting.message
    last = app.reports[-1].progress
    assert (last.status, last.message) == (JobStatus.FINISHED, "")
    *_, here = train(QUICK, TOY)
    assert saved(tmp_path).checksum() == here.network.checksum()
    reached = [point.step for each in app.reports for point in each.points][-1]
    report("steps that a run loses on a full disk", FINISHED - reached, "")
    assert reached == FINISHED


def test_without_room_a_run_ends_after_a_while_or_when_it_is_stopped_and_says_why(folder: Path, tmp_path: Path) -> None:
    for command in ([], [Stop()]):
        app = App()
        app.room_at, app.commands = float("inf"), []
        if command:
            app.commands = list(command)
        run(app, folder, tmp_path, ENDLESS if command else QUICK)
        last = app.reports[-1].progress
        assert last.status is (JobStatus.STOPPED if command else JobStatus.FINISHED)
        assert "The network can't be saved" in last.message
        assert not list(tmp_path.iterdir())


def test_a_run_that_can_not_be_saved_for_later_keeps_its_worker(folder: Path, tmp_path: Path) -> None:
    app = App()
    app.commands = [Preempt()]
    run(app, folder, tmp_path)
    assert [event for event in app.events if isinstance(event, Preempted | PreemptionFailed)] == [PreemptionFailed()]
    assert app.reports[-1].progress.status is JobStatus.FINISHED
