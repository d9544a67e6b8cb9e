"""Runs train in worker processes: a pool with a fair queue, and the messages between the app and its workers.

The public names are loaded when they are first asked for: a worker needs none of the pool's, and starts sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.common import lazy

if TYPE_CHECKING:
    from model.jobs.job import Job as Job
    from model.jobs.job_state import JobState as JobState
    from model.jobs.pool import Pool as Pool
    from model.jobs.pool_settings import PoolSettings as PoolSettings
    from model.jobs.protocol import JobStatus as JobStatus
    from model.jobs.request import Fork as Fork
    from model.jobs.request import TrainingRequest as TrainingRequest

_PUBLIC = {
    "Fork": "model.jobs.request",
    "Job": "model.jobs.job",
    "JobState": "model.jobs.job_state",
    "JobStatus": "model.jobs.protocol",
    "Pool": "model.jobs.pool",
    "PoolSettings": "model.jobs.pool_settings",
    "TrainingRequest": "model.jobs.request",
}

__all__ = list(_PUBLIC)
__getattr__ = lazy.loader(__name__, _PUBLIC)
