import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from model import data, jobs
from model.config import TrainingConfig
from model.jobs import ROOT, Job, Point
from model.training import Change, train
from tests.toy_data import patterns

TOY = patterns(400, 100)
QUICK = TrainingConfig(hidden_sizes=(16,), batch_size=32, epochs=3)
ENDLESS = QUICK.changed(epochs=10_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "patterns"
    data.save(TOY, folder)
    return folder


@pytest.fixture
def start(folder):
    """Starts jobs, and sees to it that no process is left of them."""
    started = []

    def start_one(config, where=folder):
        started.append(Job("test", config, where))
        return started[-1]

    yield start_one
    for job in started:
        job.end()
        assert not is_running(job._process.pid)


def is_running(pid):
    """Whether there is such a process, and it is not just waiting to be forgotten."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state) and not state.startswith("Z")


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.01)


def wait_until(job, *statuses):
    wait_for(lambda: job.view().status in statuses, f"{statuses}, while it is {job.view()}")
    return job.view()


def wait_for_steps(job):
    wait_for(lambda: len(job.view().points) > 5, "some steps")


def test_a_job_learns_exactly_what_training_here_does(start):
    job = start(QUICK.changed(dropout=0.1, batch_normalization=True, early_stopping=3))
    view = wait_until(job, "finished", "failed")
    *_, here = train(job.config, TOY)
    assert job.network().checksum() == here.network.checksum()
    assert view.scores["test_accuracy"] == here.network.accuracy(TOY.test_images, TOY.test_labels)
    assert view.scores["validation_accuracy"] == here.validation_accuracy
    assert (view.status, view.message, view.fraction, view.epochs) == ("finished", "", 1, 3)
    kept = job.checkpoint()
    assert kept.network.checksum() == here.network.checksum()
    assert (kept.config, kept.scores) == (job.config, view.scores)
    expected = [Point.of(progress) for progress in train(job.config, TOY)]
    np.testing.assert_array_equal(np.array(view.points, float), np.array(expected, float))
    assert [point.epoch for point in view.points if point.validation_accuracy is not None] == [0, 1, 2, 3]
    wait_for(lambda: not is_running(job._process.pid), "the process to end by itself")


def test_a_job_is_paused_resumed_and_stopped(start):
    job = start(ENDLESS)
    wait_for_steps(job)
    job.order("pause")
    before = wait_until(job, "paused")
    checksum = job.network().checksum()
    assert before.is_live
    time.sleep(0.3)
    after = job.view()
    assert (after.fraction, after.seconds, after.status) == (before.fraction, before.seconds, "paused")
    assert job.network().checksum() == checksum
    job.order("resume")
    wait_for(lambda: job.view().fraction > before.fraction, "it to go on")
    assert job.view().status == "running"
    job.order("stop")
    stopped = wait_until(job, "stopped")
    assert not stopped.is_live
    assert stopped.fraction < 1
    assert stopped.scores["status"] == "stopped"
    assert stopped.scores["test_accuracy"] == job.network().accuracy(TOY.test_images, TOY.test_labels)
    job.order("resume")  # nobody listens any more, and nothing happens
    assert job.view().status == "stopped"


def test_a_paused_job_can_be_ended(start):
    job = start(ENDLESS)
    job.order("pause")
    wait_until(job, "paused")
    began = time.monotonic()
    job.end()
    assert time.monotonic() - began < jobs.SECONDS_TO_STOP
    assert wait_until(job, "stopped").scores


def test_a_change_reaches_the_worker(start):
    job = start(ENDLESS)
    wait_for_steps(job)
    job.order(Change(learning_rate=1e-7))
    wait_for(lambda: job.view().points[-1].learning_rate == 1e-7, "the new rate")
    for change, message in [
        ({"learning_rate": 1000}, "learning_rate must be above 0 and at most 10"),
        ({"seed": 1}, "seed can't change while training"),
    ]:
        with pytest.raises(ValueError, match=message):
            job.order(change)
    fraction = job.view().fraction
    wait_for(lambda: job.view().fraction > fraction, "it to go on all the same")


def test_a_killed_worker_leaves_what_it_had_learned(start):
    job = start(ENDLESS)
    wait_for(lambda: job.view().pictures > 2, "parameters")
    job._process.send_signal(signal.SIGSTOP)  # so that nothing newer arrives
    time.sleep(0.1)
    learned = job.network().checksum()
    job._process.kill()
    view = wait_until(job, "failed")
    assert view.message == "The training's process ended unexpectedly (signal 9). What it had learned is kept."
    assert len(view.points) > 5
    assert job.network().checksum() == learned
    assert np.isfinite(job.network().parameters).all()
    job.order("stop")
    assert job.view().status == "failed"


def test_a_worker_that_hangs_is_ended_all_the_same(start, monkeypatch):
    monkeypatch.setattr(jobs, "SECONDS_TO_STOP", 0.2)
    job = start(ENDLESS)
    wait_for_steps(job)
    job._process.send_signal(signal.SIGSTOP)
    job.end()
    assert not is_running(job._process.pid)
    assert wait_until(job, "failed")


def test_a_config_that_does_not_fit_says_so(start):
    view = wait_until(start(QUICK.changed(batch_size=999)), "failed")
    assert view.message == (
        "batch_size must be at most 360, the images left to learn from; got 999 (0 takes all of them at once)"
    )


def test_data_that_is_not_there_says_so(start, tmp_path):
    assert "expected an array saved before" in wait_until(start(QUICK, tmp_path / "nowhere"), "failed").message


def test_divergence_is_reported(start):
    job = start(ENDLESS.changed(optimizer="nesterov", learning_rate=10, initialization="normal", initial_std=10,
                                hidden_sizes=(30, 30, 30), weight_decay=1))  # fmt: skip
    view = wait_until(job, "diverged", "failed")
    assert "Try a smaller learning rate" in view.message
    assert np.isfinite(job.network().parameters).all()


def test_a_worker_ends_when_nobody_listens(start):
    job = start(ENDLESS)
    wait_for_steps(job)
    with socket.socket(fileno=os.dup(job._connection.fileno())) as ours:
        ours.shutdown(socket.SHUT_RDWR)
    wait_for(lambda: not is_running(job._process.pid), "the worker to end")


def test_a_worker_ends_when_its_parent_is_killed(folder):
    script = (
        "import time; from pathlib import Path\n"
        "from model.config import TrainingConfig; from model.jobs import Job\n"
        f"job = Job('orphan', TrainingConfig(hidden_sizes=(16,), epochs=10_000), Path({str(folder)!r}))\n"
        "while not job.view().points: time.sleep(0.01)\n"
        "print(job._process.pid, flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        assert is_running(worker)
    finally:
        parent.kill()
        parent.communicate()
    wait_for(lambda: not is_running(worker), "the worker to end")


def test_long_curves_are_thinned_and_keep_what_was_validated(start):
    job = start(QUICK)
    wait_until(job, "finished")
    steps = range(100, 100 + jobs.POINTS_LIMIT)
    measured = [step for step in steps if step % 99 == 0]
    points = [Point(0.1, step, 1, 1, 1, 1, 0.5 if step in measured else None, None, 0.1) for step in steps]
    job._take(jobs.Report("running", "", points, 9, 0.5, 1.0, 1.0, 1.0, None, None, None))
    kept = job.view().points
    assert len(kept) < 0.6 * len(points)
    assert set(measured) <= {point.step for point in kept}
    assert [point.step for point in kept] == sorted(point.step for point in kept)
