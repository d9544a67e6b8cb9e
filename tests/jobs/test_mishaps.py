"""What becomes of runs when processes are killed, hang, or run out of memory."""

import os
import random
import signal
import sys
import time
from contextlib import suppress

import numpy as np
import pytest

from model.jobs import JobStatus
from model.jobs.protocol import (
    ChangeSettings,
    CheckGradient,
    Pause,
    Resume,
    RunStep,
    SetProbeImage,
    SetSpeed,
    Stop,
)
from tests.figures import report
from tests.jobs.runs import ENDLESS, QUICK, TOY
from tests.polling import is_running, wait_for, wait_for_points, wait_until

if sys.platform == "win32":
    pytest.skip("Windows cannot halt a process by a signal", allow_module_level=True)


def signal_worker(pool, job, number):
    """Send a signal to the process that has a job; returns its number."""
    pid = pool.worker_pid(job)
    os.kill(pid, number)
    return pid


def test_a_killed_worker_leaves_its_last_network_and_is_replaced(submit, pool):
    job, other = submit("A"), submit("B")
    wait_for(lambda: job.state().weights_version > 1, "parameters")
    wait_for_points(other)
    pid = signal_worker(pool, job, signal.SIGSTOP)  # so that nothing newer arrives
    before = other.state().points[-1].step
    points = len(job.state().points)
    learned = job.network().checksum()
    os.kill(pid, signal.SIGKILL)
    state = wait_until(job, "failed")
    assert state.message == (
        "The run's process ended unexpectedly (signal 9: perhaps there was not enough memory; a smaller network or "
        "batch needs less). Its last network is kept."
    )
    assert len(state.points) >= points
    assert job.network().checksum() == learned
    assert job.network().mlp.parameters.any()
    assert np.isfinite(job.network().mlp.parameters).all()
    job.send(Stop())
    assert job.state().status == "failed"
    wait_for_points(other)
    assert other.state().points[-1].step > before
    wait_until(submit("A", QUICK), "finished")
    assert pid not in pool.worker_pids()
    assert job.network_at(state.snapshots[-1]).mlp.parameters.any()


def test_workers_killed_while_idle_cost_nobody_a_job(submit, pool):
    killed = pool.worker_pids()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(is_running(pid) for pid in killed), "the workers to end")  # the pool may not know yet
    jobs = [submit("A", QUICK) for _ in range(4)]
    for job in jobs:
        assert wait_until(job, "finished", "failed").status == "finished"


def test_a_job_that_kills_its_workers_is_started_twice_only(submit, pool):
    for pid in pool.worker_pids():
        os.kill(pid, signal.SIGSTOP)
    job = submit("A")
    assert job.status is JobStatus.STARTING
    signal_worker(pool, job, signal.SIGKILL)
    wait_for(lambda: job.start_attempts == 2, "the second attempt")
    signal_worker(pool, job, signal.SIGKILL)
    assert "signal 9" in wait_until(job, "failed", "running").message
    wait_until(submit("B", QUICK), "finished")


def test_a_worker_that_does_not_answer_is_ended(submit_to):
    pool, submit = submit_to(size=2, heartbeat_timeout=4)
    job, other = submit("A"), submit("B")
    wait_for_points(job)
    wait_for_points(other)
    pid = signal_worker(pool, job, signal.SIGSTOP)
    assert wait_until(job, "failed").message == (
        "The run's process did not answer for 4 seconds and was ended. Its last network is kept."
    )
    assert not is_running(pid)
    assert other.state().status == "running"
    wait_until(submit("A", QUICK), "finished")


def test_a_worker_that_hangs_blocks_nobody_however_much_it_is_sent(submit, pool):
    job, other = submit("A"), submit("B")
    wait_for_points(job)
    wait_for_points(other)
    pid = signal_worker(pool, job, signal.SIGSTOP)
    for number in range(500):  # more than a pipe holds
        job.send(SetProbeImage(bytes([number % 256]) * 784))
    wait_for_points(other)
    os.kill(pid, signal.SIGCONT)
    wait_for(lambda: job.state().probe_predictions, "predictions for the last of them")


def test_a_step_that_takes_too_long_is_ended_within_it(submit_to):
    pool, submit = submit_to(stop_timeout=1.5, heartbeat_timeout=1000)
    job = submit("A")
    wait_for_points(job)
    pid = signal_worker(pool, job, signal.SIGSTOP)

    def stop():  # again and again, which gives it no more time
        job.stop()
        return not job.is_live

    wait_for(stop, "it to be ended")
    state = wait_until(job, "stopped", "failed")
    assert (state.status, state.message) == (
        "stopped",
        "Its last step took too long, so it was ended before it was complete. The network before it is kept.",
    )
    assert job.network().mlp.parameters.any()
    assert not is_running(pid)


def test_a_network_too_large_for_the_memory_says_so_and_harms_nobody(submit_to, monkeypatch):
    monkeypatch.setenv("INKLING_WORKER_MEMORY", "500")
    _, submit = submit_to()
    begun = time.monotonic()
    large, small = submit("A", QUICK.changed(hidden_sizes=(4096,) * 6)), submit("B", QUICK)
    state = wait_until(large, "failed", "finished")
    report("until a network that does not fit the memory is named", time.monotonic() - begun, "s")
    assert state.message == "There is not enough memory for this network and batch: make either smaller."
    assert wait_until(small, "failed", "finished").status == "finished"


@pytest.mark.parametrize("seed", range(2))
def test_no_job_is_lost_whatever_is_sent_and_killed(submit_sliced, slicing_pool, seed):
    rng, pool, submit = random.Random(seed), slicing_pool, submit_sliced
    commands = [
        Pause(), Resume(), CheckGradient(), RunStep(), RunStep(whole_epoch=True), SetSpeed(100), SetSpeed(0),
        SetProbeImage(TOY.images[0].tobytes()), SetProbeImage(None), ChangeSettings({"learning_rate": 0.01}),
        ChangeSettings({"batch_size": 361}), ChangeSettings({"batch_size": 20}), Stop(),
    ]  # fmt: skip
    jobs = [submit(rng.choice("ABC"), rng.choice((ENDLESS, ENDLESS, QUICK)))]
    killed, stopped = set(), set()
    for number in range(150):
        if number % 12 == 0:
            jobs.append(submit(rng.choice("ABC"), rng.choice((ENDLESS, ENDLESS, QUICK)), paused=rng.random() < 0.2))
        if number % 60 == 30:
            killed.add(pid := rng.choice(pool.worker_pids()))
            with suppress(ProcessLookupError):  # its successor may not be there yet
                os.kill(pid, signal.SIGKILL)
        job, command = rng.choice(jobs), rng.choices(commands, [20] * (len(commands) - 1) + [3])[0]
        if command == Stop():
            stopped.add(job.number)
        job.send(command)
        time.sleep(rng.choice((0, 0, 0.005, 0.02)))
    wait_for(lambda: not killed & set(pool.worker_pids()), "the killed workers to be replaced")
    living = [job for job in jobs if job.is_live and job.number not in stopped]
    assert len(living) > 2
    for job in living:
        job.send(SetSpeed(0))
        job.send(Resume())
    before = [len(job.state().points) for job in living]
    for job, count in zip(living, before, strict=True):
        wait_for(lambda job=job, count=count: not job.is_live or len(job.state().points) > count, job.state)
        assert job.state().status in ("running", "waiting", "starting", "finished"), job.state()
    assert len(pool.worker_pids()) == 2
    for job in jobs:
        job.stop()
        job.stop()
    for job in jobs:
        assert wait_until(job, "stopped", "finished", "failed").queue_position == 0
