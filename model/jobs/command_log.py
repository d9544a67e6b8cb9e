"""What a run has been told: the commands that its worker has yet to handle, and the settings with and without them."""

from __future__ import annotations

from collections.abc import Sequence

from model.config import TrainingConfig
from model.jobs.protocol import ChangeSettings, Command, JobStatus, ProgressReport, RunControls, SetProbeImage
from model.training import Change, updated


class CommandLog:
    """The commands of one run.

    Attributes:
        confirmed: The settings that its worker trains with according to its last report: a run that changes workers
            continues with these.
        controls: How the run proceeds; commands have their effect on it at once.
        pending: The commands that were accepted, and not handled by a worker according to its reports.
    """

    def __init__(self, config: TrainingConfig, controls: RunControls, changes: Sequence[Change] = ()) -> None:
        self.confirmed = config
        self.controls = controls
        self.pending: list[Command] = [ChangeSettings(values) for values in changes]

    @property
    def config(self) -> TrainingConfig:
        """The settings, with the changes that the worker has yet to handle."""
        config = self.confirmed
        for values in self.changes:
            config = updated(config, values)
        return config

    @property
    def changes(self) -> list[Change]:
        """The changes of settings that the worker has yet to handle."""
        return [command.values for command in self.pending if isinstance(command, ChangeSettings)]

    @property
    def awaits_probe_image(self) -> bool:
        """Whether the worker has yet to hear of another probe image."""
        return any(isinstance(command, SetProbeImage) for command in self.pending)

    def add(self, command: Command) -> None:
        """Remember a command."""
        self.controls = self.controls.after(command)
        self.pending.append(command)

    def pass_to_new_worker(self) -> None:
        """Forget what a worker that starts need not be told: all but changes has its effect in the controls already."""
        self.pending = [command for command in self.pending if isinstance(command, ChangeSettings)]

    def apply(self, report: ProgressReport) -> None:
        """Take over what the worker has handled; if a change turned out not to fit, the settings are as before."""
        del self.pending[: report.commands_handled]
        self.confirmed = report.config or self.confirmed
        goal = self.controls.goal
        if report.progress.status is JobStatus.PAUSED and goal and goal not in self.pending:
            self.controls = self.controls.at_goal()
