"""What a visitor does to a run: start, pause, step, stop, reset and continue it, and change its settings.

A setting that is changed while it trains goes to its worker at once, unless the visitor looks back: then it is for a
branch.
"""

from __future__ import annotations

import time

from model import presets
from model.common import disk
from model.config import TrainingConfig
from model.jobs import Fork, Job, JobStatus, TrainingRequest
from model.jobs.protocol import ChangeSettings, Command, Pause, Resume, RunStep, Stop
from model.training import Change, ancestors
from ui import state
from ui.common import errors
from ui.pickers import datasets
from ui.state import jobs, runtime
from ui.train import controls, snapshots, speed

COMMAND_WAIT_S = 0.15
MORE_EPOCHS = 10  # that Continue adds to a run that has come to its end

# -- Settings -----------------------------------------------------------------------------------------------


def is_live() -> bool:
    """Whether the selected run is live."""
    job = state.visitor().job
    return job is not None and job.is_live


def running_config() -> TrainingConfig | None:
    """The settings of the run that the controls act on immediately; None if there is none, or one looks back."""
    job = state.visitor().job
    return job.config if job and job.is_live and not snapshots.is_looking_back() else None


def apply_live_settings(config: TrainingConfig) -> None:
    """Pass on to the run what was changed since this tab's last run of the page.

    A change that also concerns settings that need a restart, such as a preset, is one for the next run.
    """
    tab, job = state.tab(), state.visitor().job
    before, tab.applied_config = tab.applied_config, config
    if before is None or not job or running_config() is None:
        return
    changed = [name for name in TrainingConfig.model_fields if getattr(before, name) != getattr(config, name)]
    change = {name: getattr(config, name) for name in changed if getattr(job.config, name) != getattr(config, name)}
    if change and set(changed) <= set(TrainingConfig.live_fields()):
        try:
            job.send(ChangeSettings(Change(change)))
        except ValueError as error:
            errors.show_error(str(error))


# -- Commands to the run in progress ------------------------------------------------------------------------


def pause_or_resume(*, said_resume: bool) -> None:
    """Pause or resume the selected run, as the button said: the run may have paused by itself since."""
    _send(Resume() if said_resume else Pause())


def step(*, whole_epoch: bool = False) -> None:
    """Let the selected run take a step, or go on to the end of the epoch, and pause."""
    _send(RunStep(whole_epoch=whole_epoch))


def stop() -> None:
    """End the selected run."""
    _send(Stop())


def _send(command: Command) -> None:
    job = state.visitor().job
    if not job:
        return
    job.send(command)
    # The page is drawn right after this: wait a moment, so that it shows what came of the command. The command takes
    # effect later all the same.
    end = time.monotonic() + COMMAND_WAIT_S
    while job.is_live and time.monotonic() < end:
        if job.pause_requested == job.is_paused and not (isinstance(command, RunStep) and not job.pause_requested):
            break
        time.sleep(0.005)


# -- New runs -----------------------------------------------------------------------------------------------


def start(
    config: TrainingConfig,
    dataset: str | None,
    *,
    paused: bool = False,
    title: str = "",
    pace: int | None = None,
    beside: bool = False,
) -> None:
    """Start a new run: with the same seed and shape, from the very same weights.

    Args:
        config: its settings.
        dataset: the name of the data set.
        paused: whether to wait before the first step.
        title: what it is called; empty: by its preset or its layers.
        pace: its steps a second; None: as the visitor's runs are.
        beside: whether the run in progress goes on.
    """
    name = dataset or "mnist-5k"
    if problem := datasets.split_problem(name, config):
        errors.show_error(problem)
        return
    title = title or presets.name_of(config) or "-".join(map(str, config.sizes))
    try:
        folder = datasets.folder(name)
    except ValueError as error:  # there is no room to unpack it
        errors.show_error(str(error))
        return
    _submit(
        TrainingRequest(
            name=f"my {title}",
            owner=state.visitor().name,
            config=config,
            data=folder,
            paused=paused,
            speed=speed.for_start(config, name) if pace is None else pace,
            keep_alive=datasets.keep_alive(name),
        ),
        beside=beside,
    )


def branch(fork: Fork, config: TrainingConfig, name: str) -> None:
    """Start a run that continues from a snapshot of another one."""
    parent = fork.parent
    _submit(
        TrainingRequest(
            name=name,
            owner=parent.owner,
            config=config,
            data=parent.data,
            fork=fork,
            speed=speed.current(),
            keep_alive=parent.keep_alive,
        )
    )


def can_continue(job: Job | None) -> bool:
    """Whether a run has ended where another one can go on."""
    return job is not None and job.status in (JobStatus.FINISHED, JobStatus.STOPPED) and bool(job.state().snapshots)


def epochs_to_continue_to(job: Job, chosen: int) -> int:
    """Up to which epoch Continue trains: those chosen for the next run if that is further, or else some epochs more."""
    epochs, kept = max(job.config.epochs, chosen), job.state().snapshots
    most = int(TrainingConfig.limits("epochs")["le"])
    return epochs if kept and kept[-1].epoch < epochs else min(most, epochs + MORE_EPOCHS)


def continue_run() -> None:
    """Train on from where the selected run has ended, with its own settings and more epochs."""
    job = state.visitor().job
    if job is None or not can_continue(job):
        return
    config = job.config.changed(epochs=epochs_to_continue_to(job, state.visitor().config.epochs))
    branch(Fork(job, job.state().snapshots[-1]), config, job.name)
    controls.set_widgets(config)


def _submit(request: TrainingRequest, *, beside: bool = False) -> None:
    if problem := ancestors.problem(request.config):
        errors.show_error(problem)
        return
    try:
        jobs.start(request, beside=beside)
    except ValueError as error:
        errors.show_error(str(error))
    except OSError as error:
        errors.show_error(disk.describe(runtime.pool().folder, error))
