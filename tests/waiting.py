"""Patience with other processes: they are waited for, however slow the machine is, and never for a fixed time."""

import subprocess
import time


def wait_for(condition, what, seconds=60):
    """Return as soon as the condition holds; fail only after a time in which any machine gets there."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what() if callable(what) else what}"
        time.sleep(0.005)


def wait_until(job, *statuses):
    """The view of a job as soon as it has one of the statuses."""
    wait_for(lambda: job.view().status in statuses, lambda: f"{statuses}, while it is {job.view()}")
    return job.view()


def wait_for_points(job, count=3):
    """The view of a job once it has made that many more points of its curve."""
    wanted = len(job.view().points) + count
    wait_for(lambda: len(job.view().points) >= wanted or not job.is_live, lambda: f"points of {job.view()}")
    assert job.is_live, job.view()
    return job.view()


def is_running(pid):
    """Whether there is such a process, and it is not just waiting to be forgotten."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state) and not state.startswith("Z")


def workers_of(pool):
    """The processes of a pool, by number."""
    return [worker.process.pid for worker in pool._workers]


def worker_of(pool, job):
    """The process that trains a job, or None."""
    return next((worker.process for worker in pool._workers if worker.job is job), None)
