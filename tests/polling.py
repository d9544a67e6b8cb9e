"""Wait for other processes: until a state is reached, however slow the machine is, and never for a fixed time."""

import time

import psutil

PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.005, 0.5  # the first look may have to import a library
SHARE = 0.2  # of a core that waiting takes at most: the processes that are waited for need it


def wait_for(condition, what, seconds=120):
    """Return as soon as the condition holds; fail only after a time in which any machine gets there."""
    end = time.monotonic() + seconds
    while True:
        computed = time.thread_time()
        if condition():
            return
        computed = time.thread_time() - computed
        assert time.monotonic() < end, f"waited {seconds} s for {what() if callable(what) else what}"
        time.sleep(min(max(PAUSE_SECONDS, computed / SHARE), LONGEST_PAUSE_SECONDS))


def wait_for_number(count, number, what):
    """Return as soon as there are that many; the patience begins anew with each that comes."""
    for expected in range(1, number + 1):
        wait_for(lambda expected=expected: count() >= expected, f"{what}: {expected} of {number}")


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
    try:
        return psutil.Process(int(pid)).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
