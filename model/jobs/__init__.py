"""Runs train in worker processes: a pool with a fair queue, and the messages between the app and its workers."""

from model.jobs.job import Fork, Job, TrainingRequest
from model.jobs.job_state import JobState
from model.jobs.pool import Pool, PoolSettings
from model.jobs.protocol import JobStatus

__all__ = ["Fork", "Job", "JobState", "JobStatus", "Pool", "PoolSettings", "TrainingRequest"]
