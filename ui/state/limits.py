"""What the operator allows each visitor: see the settings in model/common/settings."""

from __future__ import annotations

from collections.abc import Sequence

from model.common.settings import Settings
from model.config import TrainingConfig
from model.jobs import Job

TOO_MANY = "{} of your runs train or wait, and more are not possible at a time: stop one of them first"
QUEUE_FULL = "{:,} runs wait for a worker, and no more can: try again in a while"
TOO_LARGE = "this network has {:,} parameters, and here it may have {:,}: it needs fewer or narrower layers"
TOO_LONG = "It was stopped after {:,} seconds, for which a run may compute here. Its network is kept."


def check_run(config: TrainingConfig, jobs: Sequence[Job], stopped: Job | None, waiting: int) -> None:
    """Refuse a new run that is more than the operator allows.

    Args:
        config: its settings.
        jobs: the visitor's runs.
        stopped: the one of them that is stopped for it.
        waiting: how many runs, of all visitors, wait for a worker.

    Raises:
        ValueError: says what to do.
    """
    settings = Settings()
    if settings.max_runs and sum(job.is_live and job is not stopped for job in jobs) >= settings.max_runs:
        raise ValueError(TOO_MANY.format(settings.max_runs))
    if settings.max_waiting and waiting >= settings.max_waiting:
        raise ValueError(QUEUE_FULL.format(waiting))
    check_network(config)


def check_network(config: TrainingConfig) -> None:
    """Refuse a network that is larger than the operator allows.

    Raises:
        ValueError: says what to do.
    """
    check_size(config.num_parameters)


def check_size(num_parameters: int) -> None:
    """Refuse a network with more parameters than the operator allows.

    Raises:
        ValueError: says what to do.
    """
    most = Settings().max_parameters
    if most and num_parameters > most:
        raise ValueError(TOO_LARGE.format(num_parameters, most))


def stop_long_runs(jobs: Sequence[Job]) -> None:
    """Stop the runs that have computed for as long as a run may."""
    seconds = Settings().run_seconds
    for job in jobs:
        if seconds and job.is_live and not job.stopped_because and job.own_seconds > seconds:
            job.stopped_because = TOO_LONG.format(seconds)
            job.stop()
