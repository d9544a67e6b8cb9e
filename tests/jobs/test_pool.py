import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from model import data
from model.config import TrainingConfig
from model.jobs import pool
from model.jobs.pool import ROOT, Pool
from model.jobs.protocol import SUSPENDED_FILE, SetProbeImage, SetSpeed, StepOnce
from model.training import Change, train
from tests.toy_data import patterns
from tests.waiting import is_running, wait_for, wait_for_points, wait_until, worker_of, workers_of

TOY = patterns(400, 100)
QUICK = TrainingConfig(hidden_sizes=(16,), batch_size=32, epochs=3)
ENDLESS = QUICK.changed(epochs=10_000)
RANDOM = QUICK.changed(epochs=12, dropout=0.3, batch_normalization=True, augmentation="affine", early_stopping=50)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "patterns"
    data.save(TOY, folder)
    return folder


@pytest.fixture(scope="module")
def shared():
    pool = Pool(size=2, threads=1)
    yield pool
    workers = workers_of(pool)
    pool.close()
    assert not any(map(is_running, workers))
    assert not pool.folder.exists()


@pytest.fixture
def start(shared, folder):
    """Starts a job of an owner, and ends those that are left."""
    started = []

    def start_one(owner="somebody", config=ENDLESS, **more):
        started.append(
            shared.submit(name=f"{owner} {len(started) + 1}", owner=owner, config=config, data=folder, **more)
        )
        return started[-1]

    yield start_one
    for job in started:
        job.forget()
    for job in started:
        wait_for(lambda job=job: not job.is_live, job.view)
    wait_for(lambda: all(worker.is_free and worker.is_ready for worker in shared._workers), "two idle workers")


def statuses(*jobs):
    return [job.view().status for job in jobs]


def places(*jobs):
    return [job.view().place for job in jobs]


# ------------------------------------------------------------------------------------------------ its size


def test_a_training_begins_sooner_with_an_idle_worker_than_with_a_new_one(folder):
    def seconds_to_begin():
        began = time.perf_counter()
        job = pool.submit(name="", owner="", config=ENDLESS, data=folder)
        wait_for_points(job, 1)
        job.end()
        seconds = time.perf_counter() - began
        wait_until(job, "stopped")
        return seconds

    began = time.perf_counter()
    pool = Pool(size=1, threads=1)
    try:
        started = time.perf_counter() - began
        fresh = started + seconds_to_begin()
        assert 2 * min(seconds_to_begin() for _ in range(4)) < fresh
    finally:
        pool.close()


def test_many_jobs_leave_no_process_and_no_thread(start, shared):
    wait_until(start(config=QUICK), "finished")
    workers, threads = workers_of(shared), threading.active_count()
    for number in range(20):
        job = start(config=QUICK if number % 2 else ENDLESS)
        if number % 2 == 0:
            wait_for_points(job, 1)
            job.end()
        wait_until(job, "finished", "stopped")
    assert workers_of(shared) == workers
    assert threading.active_count() <= threads


@pytest.mark.parametrize(
    ("name", "value"), [("INKLING_WORKERS", "none"), ("INKLING_WORKERS", "0"), ("INKLING_WORKER_MEMORY", "lots")]
)
def test_a_pool_of_a_wrong_size_is_refused(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=rf"^\${name} must be a whole number from \d+ to [\d,]+; got '{value}'$"):
        Pool()


def test_a_closed_pool_takes_no_jobs(folder):
    pool = Pool(size=1, threads=1)
    job = pool.submit(name="", owner="", config=ENDLESS, data=folder)
    workers = workers_of(pool)
    pool.close()
    pool.close()
    assert not any(map(is_running, workers))
    assert not pool.folder.exists()
    with pytest.raises(ValueError, match="no training can start: the app is ending"):
        pool.submit(name="", owner="", config=ENDLESS, data=folder)
    for order in ("pause", "resume", "stop"):  # which nobody hears
        job.order(order)
    assert not job.network().mlp.parameters.any()


# ------------------------------------------------------------------------------------------------ the queue


def test_one_who_comes_later_gets_a_worker_of_one_who_has_two(start):
    first, second, third = (start("A") for _ in range(3))
    for job in (first, second):
        wait_for_points(job)
    assert (third.view().status, third.view().place) == ("waiting", 1)
    other = start("B")
    wait_for_points(other)
    assert sorted(statuses(first, second, third)) == ["running", "waiting", "waiting"]
    assert sorted(places(first, second, third)) == [0, 1, 2]
    assert places(other) == [0]


def test_places_begin_with_each_owners_first(start):
    running = [start("D"), start("E")]
    for job in running:
        wait_for_points(job)
    waiting = [start(owner) for owner in "AABABC"]
    assert places(*running) == [0, 0]
    assert places(*waiting) == [1, 4, 2, 6, 5, 3]
    running[0].end()
    wait_for_points(waiting[0])
    assert places(*waiting) == [0, 3, 1, 5, 4, 2]


def test_jobs_are_served_in_the_order_of_their_places(start):
    running = [start("A"), start("B")]
    for job in running:
        wait_for_points(job)
    waiting = [start(owner) for owner in "CDEA"]
    while waiting:
        assert places(*waiting) == list(range(1, len(waiting) + 1))
        running.pop(0).end()
        running.append(waiting.pop(0))
        wait_for_points(running[-1])


def test_one_who_has_little_is_served_before_one_who_has_much(start):
    running = start("A"), start("A")
    for job in running:
        wait_for_points(job)
    many = [start("A") for _ in range(3)]
    few = start("B"), start("B")
    wait_for_points(few[0])
    assert places(few[1])[0] < min(place for place in places(*many, *running) if place) + 2
    assert sorted(place for place in places(*many, *few, *running) if place) == [1, 2, 3, 4, 5]


def test_a_job_is_stopped_paused_and_resumed_in_the_queue(start):
    running = start("A"), start("B")
    for job in running:
        wait_for_points(job)
    first, second, third = (start("C") for _ in range(3))
    assert places(first, second, third) == [1, 2, 3]
    first.order("pause")
    assert first.view().status == "paused"
    assert places(first, second, third) == [0, 1, 2]
    first.order("resume")
    assert first.view().status == "waiting"
    assert places(first, second, third) == [3, 1, 2]
    second.order("stop")
    assert second.view().status == "stopped"
    assert places(first, second, third) == [2, 0, 1]
    first.order(Change(learning_rate=0.5))
    first.order("check")
    assert "waits" in first.check
    running[0].end()
    running[1].end()
    wait_for_points(first)
    assert {point.learning_rate for point in first.view().points[1:]} == {0.5}
    assert [(mark.step, mark.values) for mark in first.view().marks] == [(0, {"learning_rate": 0.5})]


def test_all_get_their_turn(start, monkeypatch):
    monkeypatch.setattr(pool, "TIME_SLICE_S", 0.2)
    jobs = [start(owner) for owner in "ABC"]
    for _ in range(2):
        for job in jobs:
            wait_for_points(job)
    monkeypatch.setattr(pool, "TIME_SLICE_S", 60.0)
    assert {kept.step for job in jobs for kept in job.view().kept[:1]} == {0}


def test_a_training_that_gives_way_again_and_again_learns_the_same(start, monkeypatch):
    monkeypatch.setattr(pool, "TIME_SLICE_S", 0.2)
    job = start("A", RANDOM, paused=True)
    job.order(SetSpeed(100))
    job.order("resume")
    others = start("B"), start("C")
    turns, waits = 0, False
    while job.is_live:
        waits, waited = job.view().place > 0, waits
        turns += waits > waited
        time.sleep(0.005)
    assert turns > 1
    view = wait_until(job, "finished", "failed")
    *_, here = train(RANDOM, TOY)
    assert job.network().checksum() == here.network.checksum()
    steps = [point.step for point in view.points]
    assert steps == sorted(set(steps))
    assert not np.isnan([point.loss for point in view.points[1:]]).any()
    assert [kept.step for kept in view.kept] == sorted({kept.step for kept in view.kept})
    assert all(other.is_live for other in others)


def test_a_paused_training_gives_its_worker_to_those_who_wait(start, monkeypatch):
    monkeypatch.setattr(pool, "TIME_SLICE_S", 0.2)
    paused, running = start("A", RANDOM, paused=True), start("B")
    paused.order(StepOnce())
    wait_for(lambda: paused.has_paused and len(paused.view().points) == 2, paused.view)
    wait_for_points(running)
    third = start("B")
    wait_for_points(third)
    assert (paused.view().status, paused.view().place, paused.has_paused) == ("paused", 0, True)
    expected = {progress.step: progress.network.checksum() for progress in train(RANDOM, TOY, report_every=1)}
    assert paused.network().checksum() == expected[1]
    paused.order("check")
    assert "waits for others" in paused.check
    paused.order(StepOnce())
    wait_for(lambda: paused.has_paused and len(paused.view().points) == 3, paused.view)
    assert paused.network().checksum() == expected[2]
    paused.order("resume")
    wait_until(paused, "finished", "failed")
    assert paused.network().checksum() == expected[max(expected)]


def test_what_was_refused_does_not_hurt_when_it_goes_on_elsewhere(start, shared):
    job, other = start("A", RANDOM, paused=True), start("B")
    wait_until(job, "paused")
    wait_for_points(other)
    job.order(Change(batch_size=361))
    job.order(Change(label_smoothing=0.5))
    wait_for(lambda: job.view().marks, "the mark")
    third = start("C")
    wait_for_points(third)
    assert not worker_of(shared, job)
    job.order(Change(learning_rate=0.5))
    job.order("resume")
    third.end()
    view = wait_until(job, "finished", "failed")
    assert [mark.values for mark in view.marks] == [{"label_smoothing": 0.5}, {"learning_rate": 0.5}]
    assert job.config == RANDOM.changed(label_smoothing=0.5, learning_rate=0.5)


def test_a_network_is_read_anew_after_it_went_on_elsewhere(start, shared):
    job = start("A", RANDOM, paused=True)
    wait_until(job, "paused")
    others = start("B"), start("C")
    wait_for(lambda: not worker_of(shared, job), "it to give way")
    pictures = job.view().pictures
    before = job.network().checksum()
    job.order("resume")
    others[0].end()
    wait_until(job, "finished", "failed")
    assert job.view().pictures > pictures
    assert job.network().checksum() != before


@pytest.mark.parametrize(("order", "expected"), [("stop", "stopped"), ("pause", "paused"), ("resume", "waiting")])
def test_an_order_that_comes_while_it_gives_way_is_not_lost(start, shared, order, expected):
    other, job = start("B"), start("A", paused=order == "resume")
    wait_until(other, "running")
    wait_until(job, "paused" if order == "resume" else "running")
    with shared._lock:  # so that the pool hears what the worker says only after the order
        shared._worker_of(job).leave()
        third = start("C")
        wait_for((job._folder / SUSPENDED_FILE).exists, "it to give way")
        job.order(order)
    wait_for_points(third)
    assert job.view().status == expected
    assert job.view().place == (expected == "waiting")
    if expected != "stopped":
        third.end()
        job.order("resume")
        wait_for_points(job)


# ------------------------------------------------------------------------------------------------ mishaps


def test_a_killed_worker_leaves_what_it_had_learned_and_is_replaced(start, shared):
    job, other = start("A"), start("B")
    wait_for(lambda: job.view().pictures > 1, "parameters")
    process = worker_of(shared, job)
    process.send_signal(signal.SIGSTOP)  # so that nothing newer arrives
    before = other.view().points[-1].step
    points = len(job.view().points)
    learned = job.network().checksum()
    process.kill()
    view = wait_until(job, "failed")
    assert view.message == (
        "The training's process ended unexpectedly (signal 9: perhaps there was not enough memory; a smaller network "
        "or batch needs less). What it had learned is kept."
    )
    assert len(view.points) >= points
    assert job.network().checksum() == learned
    assert job.network().mlp.parameters.any()
    assert np.isfinite(job.network().mlp.parameters).all()
    job.order("stop")
    assert job.view().status == "failed"
    wait_for_points(other)
    assert other.view().points[-1].step > before
    wait_until(start("A", QUICK), "finished")
    assert process.pid not in workers_of(shared)
    assert job.network_at(view.kept[-1]).parameters.any()


def test_workers_killed_while_idle_cost_nobody_a_job(start, shared):
    for worker in list(shared._workers):
        worker.kill()
    jobs = [start("A", QUICK) for _ in range(4)]
    for job in jobs:
        assert wait_until(job, "finished", "failed").status == "finished"


def test_a_job_that_kills_its_workers_is_not_tried_for_ever(start, shared):
    for worker in list(shared._workers):
        worker.process.send_signal(signal.SIGSTOP)
    job = start("A")
    assert job.view().status == "starting"
    worker_of(shared, job).kill()
    wait_for(lambda: job.attempts == 2, "the second attempt")
    worker_of(shared, job).kill()
    assert "signal 9" in wait_until(job, "failed", "running").message
    wait_until(start("B", QUICK), "finished")


def test_a_worker_that_does_not_answer_is_given_up(start, shared, monkeypatch):
    monkeypatch.setattr(pool, "HEARTBEAT_TIMEOUT_S", 2)
    job, other = start("A"), start("B")
    wait_for_points(job)
    wait_for_points(other)
    process = worker_of(shared, job)
    process.send_signal(signal.SIGSTOP)
    assert wait_until(job, "failed").message == (
        "The training's process did not answer for 10 seconds and was ended. What it had learned is kept."
    )
    monkeypatch.setattr(pool, "HEARTBEAT_TIMEOUT_S", 10)
    assert not is_running(process.pid)
    assert other.view().status == "running"
    wait_until(start("A", QUICK), "finished")


def test_a_step_that_takes_too_long_is_ended_within_it(start, shared, monkeypatch):
    monkeypatch.setattr(pool, "STOP_TIMEOUT_S", 0.2)
    monkeypatch.setattr(pool, "HEARTBEAT_TIMEOUT_S", 1000)
    job = start("A")
    wait_for_points(job)
    process = worker_of(shared, job)
    process.send_signal(signal.SIGSTOP)
    job.end()
    monkeypatch.setattr(pool, "STOP_TIMEOUT_S", 60)
    job.end()  # once more, which gives it no more time
    view = wait_until(job, "stopped", "failed")
    assert (view.status, view.message) == (
        "stopped",
        "Its present step took too long, so it was ended within it. What it had learned before is kept.",
    )
    assert job.network().mlp.parameters.any()
    assert not is_running(process.pid)


def test_a_network_too_large_for_the_memory_says_so_and_hurts_nobody(folder, monkeypatch):
    monkeypatch.setenv("INKLING_WORKER_MEMORY", "500")
    pool = Pool(size=1, threads=1)
    try:
        large = QUICK.changed(hidden_sizes=(4096,) * 6)
        job = pool.submit(name="large", owner="A", config=large, data=folder)
        small = pool.submit(name="small", owner="B", config=QUICK, data=folder)
        view = wait_until(job, "failed", "finished")
        assert view.message == "There is not enough memory for this network and batch: make either smaller."
        assert wait_until(small, "failed", "finished").status == "finished"
    finally:
        pool.close()


@pytest.mark.parametrize("seed", range(2))
def test_no_job_is_lost_whatever_is_ordered_and_killed(start, shared, monkeypatch, seed):
    monkeypatch.setattr(pool, "TIME_SLICE_S", 0.1)
    rng = random.Random(seed)
    orders = [
        "pause", "resume", "check", StepOnce(), StepOnce(whole_epoch=True), SetSpeed(100), SetSpeed(0),
        SetProbeImage(TOY.images[0].tobytes()), SetProbeImage(None),
        Change(learning_rate=0.01), Change(batch_size=361), Change(batch_size=20), "stop",
    ]  # fmt: skip
    jobs = [start(rng.choice("ABC"), rng.choice((ENDLESS, ENDLESS, QUICK)))]
    killed, stopped = set(), set()
    for number in range(150):
        if number % 12 == 0:
            jobs.append(start(rng.choice("ABC"), rng.choice((ENDLESS, ENDLESS, QUICK)), paused=rng.random() < 0.2))
        if number % 60 == 30:
            worker = rng.choice(shared._workers)
            killed.add(worker.process.pid)
            worker.kill()
        job, order = rng.choice(jobs), rng.choices(orders, [20] * (len(orders) - 1) + [3])[0]
        if order == "stop":
            stopped.add(job.number)
        job.order(order)
        time.sleep(rng.choice((0, 0, 0.005, 0.02)))
    wait_for(lambda: not killed & set(workers_of(shared)), "the killed workers to be replaced")
    living = [job for job in jobs if job.is_live and job.number not in stopped]
    assert len(living) > 2
    for job in living:
        job.order(SetSpeed(0))
        job.order("resume")
    before = [len(job.view().points) for job in living]
    for job, count in zip(living, before, strict=True):
        wait_for(lambda job=job, count=count: not job.is_live or len(job.view().points) > count, job.view)
        assert job.view().status in ("running", "waiting", "starting", "finished"), job.view()
    assert len(shared._workers) == 2
    for job in jobs:
        job.end()
        job.end()
    for job in jobs:
        assert wait_until(job, "stopped", "finished", "failed").place == 0


# ------------------------------------------------------------------------------------------------ the app's end

APP = """
import sys, time
from pathlib import Path
from model.config import TrainingConfig
from model.jobs.pool import Pool
from tests.waiting import wait_until, wait_for_points, workers_of
pool = Pool(size=2, threads=1)
config = TrainingConfig(hidden_sizes=(16,), epochs=10_000)
print(pool.folder, *workers_of(pool), flush=True)
if {ready}:
    jobs = [pool.submit(name="", owner="", config=config, data=Path({folder!r}), paused=paused) for paused in (0, 1)]
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
        assert Path(files).exists()
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
