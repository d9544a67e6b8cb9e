import threading
import time

import numpy as np
import pytest

from model.jobs import Pool
from model.jobs.protocol import (
    ChangeSettings,
    CheckGradient,
    Pause,
    Resume,
    RunStep,
    Stop,
)
from model.training import train
from tests.figures import report
from tests.jobs.runs import ENDLESS, QUICK, TOY
from tests.polling import is_running, wait_for, wait_for_points, wait_until

RANDOM = QUICK.changed(epochs=12, dropout=0.3, batch_normalization=True, augmentation="affine", early_stopping=50)


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
    with pytest.raises(ValueError, match="no run can start: the app is ending"):
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
    assert [(change.step, change.values) for change in first.state().changes] == [(0, {"learning_rate": 0.5})]


def test_all_get_their_time_slice(submit_sliced):
    begun = time.monotonic()
    jobs = [submit_sliced(owner) for owner in "ABC"]
    for _ in range(2):
        for job in jobs:
            wait_for_points(job)
    report("until three runs on fewer workers have each trained in two slices", time.monotonic() - begun, "s")
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
    state = wait_until(job, "finished", "failed")
    *_, here = train(RANDOM, TOY)
    assert job.network().checksum() == here.network.checksum()
    steps = [point.step for point in state.points]
    assert steps == sorted(set(steps))
    assert not np.isnan([point.loss for point in state.points[1:]]).any()
    assert [ref.step for ref in state.snapshots] == sorted({ref.step for ref in state.snapshots})
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
    wait_for(lambda: job.state().changes, "the change that fits")
    third = submit("C")
    wait_for_points(third)
    assert pool.worker_pid(job) is None
    job.send(ChangeSettings({"learning_rate": 0.5}))
    job.send(Resume())
    third.stop()
    state = wait_until(job, "finished", "failed")
    assert [change.values for change in state.changes] == [{"label_smoothing": 0.5}, {"learning_rate": 0.5}]
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
