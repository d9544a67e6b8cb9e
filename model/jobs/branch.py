"""Where a run branches off from another one: the history, the snapshots and the state that it takes over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from model.config import TrainingConfig
from model.jobs.job_files import JobFiles, blank_network, gone
from model.jobs.job_state import JobState
from model.jobs.request import Fork
from model.training import fork_conflicts


def branch_off(fork: Fork, config: TrainingConfig, files: JobFiles) -> tuple[JobState, Path]:
    """Take over the history and the snapshots that led to a fork.

    Args:
        fork: Where the run branches off.
        config: Its settings.
        files: Its own, which get the snapshots.

    Returns:
        The state that it begins with, and the snapshot that it starts from.

    Raises:
        ValueError: a setting differs that a fork can't change, the snapshot no longer exists, or its network can't be
            perturbed so.
    """
    differing = fork_conflicts(fork.parent.config, config)
    if differing:
        raise ValueError(f"{', '.join(differing)} can't change in a fork; start a new run for it")
    if fork.perturbation:
        fork.perturbation.check(blank_network(config).mlp)
    history = fork.parent.state().before(fork.snapshot)
    snapshots = [ref for ref in history.snapshots if files.share_snapshot(fork.parent.files, ref)]
    if fork.snapshot not in snapshots:
        raise gone(fork.snapshot)
    start_from = files.snapshot(fork.snapshot)
    if fork.perturbation:
        files.set_unperturbed(fork.snapshot)
        start_from = files.unperturbed_snapshot
        snapshots.remove(fork.snapshot)
    return replace(history, epochs=config.epochs, snapshots=snapshots), start_from
