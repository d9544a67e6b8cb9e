"""A run that one app hands over goes on in another one as if nothing had happened."""

import os
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest

from model.jobs import Fork, JobStatus, TrainingRequest, handover
from model.jobs.job_record import NOT_SAVED, JobRecord
from model.jobs.protocol import ChangeSettings, Pause, RunStep, SetProbeImage, SetSpeed
from tests.jobs.runs import ENDLESS, QUICK, TOY
from tests.polling import wait_for, wait_for_points, wait_until

LONG = QUICK.changed(epochs=60, augmentation="affine", optimizer="adam", dropout=0.2)


@pytest.fixture
def move(folder, tmp_path):
    """Hands runs over from one pool to another; returns them as they are there."""

    def moving(pool, other, jobs, seconds=30, **more):
        pool.suspend(seconds)
        moved = []
        for job in jobs:
            place = tmp_path / f"run-{job.number}"
            handover.write(job, place, is_saved=pool.worker_pid(job) is None, **more)
        pool.close()
        for job in jobs:
            place = tmp_path / f"run-{job.number}"
            record = handover.read(place)
            request = TrainingRequest(record.name, job.owner, record.initial_config, folder)
            moved.append(handover.take_up(other, request, record, place))
        return moved

    return moving


def plain(points):
    """Points without what depends on the clock, comparable though some hold NaN."""
    return [repr(point) for point in points]


def test_a_run_goes_on_with_the_same_bits_wherever_it_was(submit_to, move):
    (pool, submit), (other, submit_there) = submit_to(), submit_to()
    here = submit("A", LONG)
    here.send(SetSpeed(50))
    wait_for(lambda: here.state().points[-1:] and here.state().points[-1].step > 20, "some steps")
    (there,) = move(pool, other, [here])
    before = here.state()
    assert before.status is JobStatus.WAITING
    assert 0 < before.fraction < 1
    there.send(SetSpeed(0))
    state = wait_until(there, "finished")
    whole = submit_there("B", LONG)
    assert wait_until(whole, "finished").scores["test_accuracy"] == state.scores["test_accuracy"]
    assert there.network().checksum() == whole.network().checksum()
    assert plain(state.points[: len(before.points)]) == plain(before.points)
    assert [point.step for point in state.points] == sorted({point.step for point in state.points})


def test_each_run_stays_what_it_was(submit_to, move):
    (pool, submit), (other, _) = submit_to(size=2), submit_to(size=2, time_slice=0.2)
    finished = submit("A", QUICK)
    wait_until(finished, "finished")
    paused = submit("A")
    wait_for_points(paused)
    paused.send(SetProbeImage(TOY.images[0].tobytes()))
    paused.send(ChangeSettings({"learning_rate": 0.02}))
    paused.send(SetSpeed(50))
    paused.send(Pause())
    wait_until(paused, "paused")
    wait_for(lambda: paused.state().probe_predictions and paused.state().changes, "all of it")
    paused.label = "by another name"
    running, second = submit("B"), submit("C")
    wait_for_points(running)
    waiting = submit("D")
    snapshot = finished.state().snapshots[-1]
    branch = pool.submit(
        TrainingRequest("branch", "A", QUICK.changed(epochs=5), finished.data, Fork(finished, snapshot), paused=True)
    )
    learned = [job.network().checksum() for job in (finished, paused)]

    jobs = [finished, paused, running, second, waiting, branch]
    moved = move(pool, other, jobs)
    for job, then in zip(jobs, moved, strict=True):
        assert (then.name, then.label, then.owner, then.config) == (job.name, job.label, job.owner, job.config)
        assert (then.parent, then.forked_at) == (job.parent, job.forked_at)
    finished, paused, running, second, waiting, branch = moved
    assert [job.network().checksum() for job in (finished, paused)] == learned
    assert finished.state().status == "finished"
    assert finished.state().scores == jobs[0].state().scores
    assert finished.network_at(finished.state().snapshots[0]).mlp.parameters.any()
    assert np.array_equal(finished.state().diagnostics[-1].predictions, jobs[0].state().diagnostics[-1].predictions)
    state = paused.state()
    assert (state.status, paused.speed, paused.probe_image) == ("paused", 50, TOY.images[0].tobytes())
    assert state.changes == jobs[1].state().changes
    assert state.probe_predictions == jobs[1].state().probe_predictions
    step = state.points[-1].step
    paused.send(RunStep())
    wait_for(lambda: paused.state().points[-1].step == step + 1, paused.state)
    wait_for_points(running)
    for job in (running, second):
        job.stop()
    wait_for_points(waiting)
    branch.send(RunStep(whole_epoch=True))
    wait_for(lambda: branch.state().points[-1].step > snapshot.step, branch.state)
    assert 0 < branch.own_seconds < branch.seconds


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot halt a process by a signal")
def test_a_run_that_cannot_be_saved_in_time_goes_back_to_its_last_snapshot(submit_to, move):
    (pool, submit), (other, _) = submit_to(heartbeat_timeout=1000), submit_to()
    here = submit("A")
    wait_for(lambda: len(here.state().snapshots) > 2, "snapshots")
    os.kill(pool.worker_pid(here), signal.SIGSTOP)
    (there,) = move(pool, other, [here], seconds=0.2)
    last = here.state().snapshots[-1]
    assert max(point.step for point in there.state().before(last).points) <= last.step
    wait_for(lambda: there.state().points[-1].step > last.step, there.state)
    steps = [point.step for point in there.state().points]
    assert steps == sorted(set(steps))


def test_without_a_snapshot_its_last_network_is_kept(submit_to):
    _, submit = submit_to()
    job = submit("A")
    wait_for_points(job)
    record = replace(job.record(is_saved=False), start_from="")
    stopped = record.resumed()
    assert (stopped.status, stopped.message) == ("stopped", NOT_SAVED)
    assert stopped.points == record.state.points
    unstarted = replace(record, state=replace(record.state, points=record.state.points[:1])).resumed()
    assert unstarted.status == "waiting"  # nothing is lost: it begins again


def test_only_what_there_is_time_for_comes_along(submit_to, move):
    (pool, submit), (other, _) = submit_to(), submit_to()
    here = submit("A")
    wait_for(lambda: len(here.state().snapshots) > 3, "snapshots")
    asked = iter([True, True])
    (there,) = move(pool, other, [here], has_time=lambda: next(asked, False))
    assert there.state().snapshots == here.state().snapshots[-2:]
    wait_for_points(there)


def test_a_pool_that_was_suspended_starts_nothing(submit_to):
    pool, submit = submit_to()
    pool.suspend(1_000_000)  # which returns at once, as there is nothing to save
    with pytest.raises(ValueError, match="the app is ending"):
        submit("A")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "inkling-run-1"}', '{"format": "another"}', "[" * 10**5])
def test_another_file_is_no_run(text):
    with pytest.raises(ValueError, match=r"expected a run that was handed over \(inkling-run-1\)"):
        JobRecord.from_json(text)


def test_a_record_comes_back_as_it_was(submit_to):
    _, submit = submit_to()
    job = submit("A", ENDLESS)
    job.send(SetProbeImage(TOY.images[1].tobytes()))
    wait_for_points(job)
    record = job.record(is_saved=False)
    back = JobRecord.from_json(record.to_json())
    assert repr(back.state.points) == repr(record.state.points)
    assert (back.controls, back.config, back.changes) == (record.controls, record.config, record.changes)
    assert [type(value) for value in vars(back).values()] == [type(value) for value in vars(record).values()]
