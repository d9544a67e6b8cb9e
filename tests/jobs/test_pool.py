import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from model.jobs import JobStatus, Pool, PoolSettings, TrainingRequest
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
from model.training import train
from tests.jobs.conftest import submitting
from tests.jobs.runs import ENDLESS, QUICK, TOY
from tests.paths import ROOT
from tests.polling import is_running, wait_for, wait_for_points, wait_until

RANDOM = QUICK.changed(epochs=12, dropout=0.3, batch_normalization=True, augmentation="affine", early_stopping=50)


@pytest.fixture(scope="module")
def pool():
    pool = Pool(size=2, threads=1)
    yield pool
    workers = pool.worker_pids()
    pool.close()
    assert not any(map(is_running, workers))
    assert not pool.folder.exists()


@pytest.fixture(scope="module")
def slicing_pool():
    """A pool in which runs give way soon."""
    pool = Pool(size=2, threads=1, settings=PoolSettings(time_slice=0.2))
    yield pool
    pool.close()


@pytest.fixture
def submit_sliced(slicing_pool, folder):
    with submitting(slicing_pool, folder) as submit:
        yield submit


@pytest.fixture
def submit_to(folder):
    """Makes a pool of one or more workers, and a function that submits to it."""
    pools = []

    def make(size=1, **settings):
        pools.append(Pool(size=size, threads=1, settings=PoolSettings(**settings)))
        return pools[-1], lambda owner, config=ENDLESS: pools[-1].submit(TrainingRequest(owner, owner, config, folder))

    yield make
    for pool in pools:
        pool.close()


def signal_worker(pool, job, number):
    """Send a signal to the process that has a job; returns its number."""
    pid = pool.worker_pid(job)
    os.kill(pid, number)
    return pid


def statuses(*jobs):
    return [job.state().status for job in jobs]


def positions(*jobs):
    return [job.state().queue_position for job in jobs]


# ------------------------------------------------------------------------------------------------ its size


def test_a_run_starts_sooner_with_an_idle_worker_than_with_a_new_one(submit_to):
    def seconds_to_start():
        began = time.perf_counter()
        job = submit("A")
        wait_for_points(job, 1)
        job.stop()
        seconds = time.perf_counter() - began
        wait_until(job, "stopped")
        return seconds

    began = time.perf_counter()
    _, submit = submit_to()
    seconds_with_new_worker = time.perf_counter() - began + seconds_to_start()
    assert 2 * min(seconds_to_start() for _ in range(4)) < seconds_with_new_worker


def test_many_jobs_leave_no_process_and_no_thread(submit, pool):
    wait_until(submit(config=QUICK), "finished")
    workers, threads = pool.worker_pids(), threading.active_count()
    for number in range(20):
        job = submit(config=QUICK if number % 2 else ENDLESS)
        if number % 2 == 0:
            wait_for_points(job, 1)
            job.stop()
        wait_until(job, "finished", "stopped")
    assert pool.worker_pids() == workers
    assert threading.active_count() <= threads


@pytest.mark.parametrize(
    ("name", "value"), [("INKLING_WORKERS", "none"), ("INKLING_WORKERS", "0"), ("INKLING_WORKER_MEMORY", "lots")]
)
def test_a_pool_of_a_wrong_size_is_refused(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=rf"^\${name} must be a whole number from \d+ to [\d,]+; got '{value}'$"):
        Pool()


def test_a_closed_pool_takes_no_jobs(submit_to):
    pool, submit = submit_to()
    job = submit("A")
    workers = pool.worker_pids()
    pool.close()
    pool.close()
    assert not any(map(is_running, workers))
    assert not pool.folder.exists()
    with pytest.raises(ValueError, match="no training can start: the app is ending"):
        submit("A")
    for command in (Pause(), Resume(), Stop()):  # which nobody hears
        job.send(command)
    assert not job.network().mlp.parameters.any()


# ------------------------------------------------------------------------------------------------ the queue


def test_one_who_comes_later_gets_a_worker_of_one_who_has_two(submit):
    first, second, third = (submit("A") for _ in range(3))
    for job in (first, second):
        wait_for_points(job)
    assert (third.state().status, third.state().queue_position) == ("waiting", 1)
    other = submit("B")
    wait_for_points(other)
    assert sorted(statuses(first, second, third)) == ["running", "waiting", "waiting"]
    assert sorted(positions(first, second, third)) == [0, 1, 2]
    assert positions(other) == [0]


def test_positions_start_with_each_owners_first(submit):
    running = [submit("D"), submit("E")]
    for job in running:
        wait_for_points(job)
    waiting = [submit(owner) for owner in "AABABC"]
    assert positions(*running) == [0, 0]
    assert positions(*waiting) == [1, 4, 2, 6, 5, 3]
    running[0].stop()
    wait_for_points(waiting[0])
    assert positions(*waiting) == [0, 3, 1, 5, 4, 2]


def test_jobs_are_served_in_the_order_of_their_positions(submit):
    running = [submit("A"), submit("B")]
    for job in running:
        wait_for_points(job)
    waiting = [submit(owner) for owner in "CDEA"]
    while waiting:
        assert positions(*waiting) == list(range(1, len(waiting) + 1))
        running.pop(0).stop()
        running.append(waiting.pop(0))
        wait_for_points(running[-1])


def test_one_who_has_few_is_served_before_one_who_has_many(submit):
    running = submit("A"), submit("A")
    for job in running:
        wait_for_points(job)
    many = [submit("A") for _ in range(3)]
    few = submit("B"), submit("B")
    wait_for_points(few[0])
    assert positions(few[1]) == [2]  # after one of those who came first
    assert sorted(filter(None, positions(*many, *few, *running))) == [1, 2, 3, 4, 5]


def test_a_job_is_stopped_paused_and_resumed_in_the_queue(submit):
    running = submit("A"), submit("B")
    for job in running:
        wait_for_points(job)
    first, second, third = (submit("C") for _ in range(3))
    assert positions(first, second, third) == [1, 2, 3]
    first.send(Pause())
    assert first.state().status == "paused"
    assert positions(first, second, third) == [0, 1, 2]
    first.send(Resume())
    assert first.state().status == "waiting"
    assert positions(first, second, third) == [3, 1, 2]
    second.send(Stop())
    assert second.state().status == "stopped"
    assert positions(first, second, third) == [2, 0, 1]
    first.send(ChangeSettings({"learning_rate": 0.5}))
    first.send(CheckGradient())
    assert "waits" in first.gradient_check
    running[0].stop()
    running[1].stop()
    wait_for_points(first)
    assert {point.learning_rate for point in first.state().points[1:]} == {0.5}
    assert [(mark.step, mark.values) for mark in first.state().changes] == [(0, {"learning_rate": 0.5})]


def test_all_get_their_time_slice(submit_sliced):
    jobs = [submit_sliced(owner) for owner in "ABC"]
    for _ in range(2):
        for job in jobs:
            wait_for_points(job)
    assert {ref.step for job in jobs for ref in job.state().snapshots[:1]} == {0}


def test_a_run_that_is_preempted_again_and_again_learns_the_same(submit_sliced):
    job = submit_sliced("A", RANDOM, speed=100)
    others = submit_sliced("B"), submit_sliced("C")
    preemptions, waits = 0, False
    while job.is_live:
        waits, waited = job.state().queue_position > 0, waits
        preemptions += waits > waited
        time.sleep(0.005)
    assert preemptions > 1
    view = wait_until(job, "finished", "failed")
    *_, here = train(RANDOM, TOY)
    assert job.network().checksum() == here.network.checksum()
    steps = [point.step for point in view.points]
    assert steps == sorted(set(steps))
    assert not np.isnan([point.loss for point in view.points[1:]]).any()
    assert [ref.step for ref in view.snapshots] == sorted({ref.step for ref in view.snapshots})
    assert all(other.is_live for other in others)


def test_a_paused_run_gives_its_worker_to_those_who_wait(submit_sliced):
    paused, running = submit_sliced("A", RANDOM, paused=True), submit_sliced("B")
    paused.send(RunStep())
    wait_for(lambda: paused.is_paused and len(paused.state().points) == 2, paused.state)
    wait_for_points(running)
    third = submit_sliced("B")
    wait_for_points(third)
    assert (paused.state().status, paused.state().queue_position, paused.is_paused) == ("paused", 0, True)
    expected = {progress.step: progress.network.checksum() for progress in train(RANDOM, TOY, report_every=1)}
    assert paused.network().checksum() == expected[1]
    paused.send(CheckGradient())
    assert "waits for a worker" in paused.gradient_check
    paused.send(RunStep())
    wait_for(lambda: paused.is_paused and len(paused.state().points) == 3, paused.state)
    assert paused.network().checksum() == expected[2]
    paused.send(Resume())
    wait_until(paused, "finished", "failed")
    assert paused.network().checksum() == expected[max(expected)]


def test_a_refused_change_does_no_harm_when_the_run_continues_in_another_worker(submit, pool):
    job, other = submit("A", RANDOM, paused=True), submit("B")
    wait_until(job, "paused")
    wait_for_points(other)
    job.send(ChangeSettings({"batch_size": 361}))
    job.send(ChangeSettings({"label_smoothing": 0.5}))
    wait_for(lambda: job.state().changes, "the mark")
    third = submit("C")
    wait_for_points(third)
    assert pool.worker_pid(job) is None
    job.send(ChangeSettings({"learning_rate": 0.5}))
    job.send(Resume())
    third.stop()
    view = wait_until(job, "finished", "failed")
    assert [mark.values for mark in view.changes] == [{"label_smoothing": 0.5}, {"learning_rate": 0.5}]
    assert job.config == RANDOM.changed(label_smoothing=0.5, learning_rate=0.5)


def test_a_network_is_read_again_after_the_run_continued_in_another_worker(submit, pool):
    job = submit("A", RANDOM, paused=True)
    wait_until(job, "paused")
    others = submit("B"), submit("C")
    wait_for(lambda: pool.worker_pid(job) is None, "it to be preempted")
    version = job.state().weights_version
    before = job.network().checksum()
    job.send(Resume())
    others[0].stop()
    wait_until(job, "finished", "failed")
    assert job.state().weights_version > version
    assert job.network().checksum() != before


# ------------------------------------------------------------------------------------------------ mishaps


def test_a_killed_worker_leaves_its_last_network_and_is_replaced(submit, pool):
    job, other = submit("A"), submit("B")
    wait_for(lambda: job.state().weights_version > 1, "parameters")
    pid = signal_worker(pool, job, signal.SIGSTOP)  # so that nothing newer arrives
    before = other.state().points[-1].step
    points = len(job.state().points)
    learned = job.network().checksum()
    os.kill(pid, signal.SIGKILL)
    view = wait_until(job, "failed")
    assert view.message == (
        "The run's process ended unexpectedly (signal 9: perhaps there was not enough memory; a smaller network or "
        "batch needs less). Its last network is kept."
    )
    assert len(view.points) >= points
    assert job.network().checksum() == learned
    assert job.network().mlp.parameters.any()
    assert np.isfinite(job.network().mlp.parameters).all()
    job.send(Stop())
    assert job.state().status == "failed"
    wait_for_points(other)
    assert other.state().points[-1].step > before
    wait_until(submit("A", QUICK), "finished")
    assert pid not in pool.worker_pids()
    assert job.network_at(view.snapshots[-1]).mlp.parameters.any()


def test_workers_killed_while_idle_cost_nobody_a_job(submit, pool):
    for pid in pool.worker_pids():
        os.kill(pid, signal.SIGKILL)
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


def test_a_step_that_takes_too_long_is_ended_within_it(submit_to):
    pool, submit = submit_to(stop_timeout=1.5, heartbeat_timeout=1000)
    job = submit("A")
    wait_for_points(job)
    pid = signal_worker(pool, job, signal.SIGSTOP)

    def stop():  # again and again, which gives it no more time
        job.stop()
        return not job.is_live

    wait_for(stop, "it to be ended")
    view = wait_until(job, "stopped", "failed")
    assert (view.status, view.message) == (
        "stopped",
        "Its last step took too long, so it was ended before it was complete. The network before it is kept.",
    )
    assert job.network().mlp.parameters.any()
    assert not is_running(pid)


def test_a_network_too_large_for_the_memory_says_so_and_harms_nobody(submit_to, monkeypatch):
    monkeypatch.setenv("INKLING_WORKER_MEMORY", "500")
    _, submit = submit_to()
    large, small = submit("A", QUICK.changed(hidden_sizes=(4096,) * 6)), submit("B", QUICK)
    view = wait_until(large, "failed", "finished")
    assert view.message == "There is not enough memory for this network and batch: make either smaller."
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


# ------------------------------------------------------------------------------------------------ the app's end

APP = """
import sys
from pathlib import Path
from model.config import TrainingConfig
from model.jobs import Pool, TrainingRequest
from tests.polling import wait_until, wait_for_points
pool = Pool(size=2, threads=1)
config = TrainingConfig(hidden_sizes=(16,), epochs=10_000)
print(pool.folder, *pool.worker_pids(), flush=True)
if {ready}:
    jobs = [pool.submit(TrainingRequest("", "", config, Path({folder!r}), paused=paused)) for paused in (0, 1)]
    wait_for_points(jobs[0])
    wait_until(jobs[1], "paused")
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize(
    ("end", "ready"),
    [(signal.SIGKILL, True), (signal.SIGKILL, False), (signal.SIGTERM, True), (None, True), (None, False)],
    ids=["killed", "killed at once", "terminated", "by itself", "by itself at once"],
)
def test_nothing_is_left_when_the_app_ends(folder, end, ready):
    app = subprocess.Popen(
        [sys.executable, "-c", APP.format(folder=str(folder), ready=ready)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        files, *workers = app.stdout.readline().split()
        assert app.stdout.readline() == "ready\n"
        assert all(map(is_running, workers))
        assert os.path.exists(files)
        if end:
            app.send_signal(end)
        else:
            app.stdin.write("\n")
            app.stdin.flush()
        app.wait(30)
    finally:
        app.kill()
        app.communicate()
    wait_for(lambda: not any(map(is_running, workers)), "the workers to end")
    wait_for(lambda: not os.path.exists(files), "the files to go")
