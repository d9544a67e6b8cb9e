"""Wait for other processes: until a state is reached, however slow the machine is, and never for a fixed time."""

import subprocess
import sys
import time


def wait_for(condition, what, seconds=60):
    """Return as soon as the condition holds; fail only after a time in which any machine gets there."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what() if callable(what) else what}"
        time.sleep(0.005)


def wait_until(job, *statuses):
    """Return the state of a job as soon as it has one of the statuses."""
    wait_for(lambda: job.state().status in statuses, lambda: f"{statuses}, while it is {job.state()}")
    return job.state()


def wait_for_points(job, count=3):
    """Return the state of a job once it has made that many more points of its curves."""
    wanted = len(job.state().points) + count
    wait_for(lambda: len(job.state().points) >= wanted or not job.is_live, lambda: f"points of {job.state()}")
    assert job.is_live, job.state()
    return job.state()


def is_running(pid):
    """Return whether there is such a process, and it is not a zombie."""
    if sys.platform == "win32":
        listed = subprocess.run(["tasklist", "/FI", f"PID eq {pid}", "/NH"], capture_output=True, text=True).stdout
        return str(pid) in listed.split()
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state) and not state.startswith("Z")
