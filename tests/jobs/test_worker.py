import os
import pickle
import subprocess
import sys
from contextlib import suppress

import pytest

from model.jobs.protocol import (
    CommandEnvelope,
    EventEnvelope,
    Heartbeat,
    JobStatus,
    ProgressReport,
    StartTraining,
    Stop,
    TrainingFailed,
)
from tests.jobs.runs import ENDLESS, QUICK
from tests.paths import ROOT


@pytest.fixture
def files(tmp_path):
    """The folder of all trainings' files, with two trainings in it."""
    files = tmp_path / "files"
    for name in ("one", "two"):
        (files / name).mkdir(parents=True)
    return files


class Worker:
    """A worker's process, and the pipes to it."""

    def __init__(self, files, app):
        command = [sys.executable, "-m", "model.jobs.worker", str(files), str(app)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, job_number, message):
        self.process.stdin.write(pickle.dumps(CommandEnvelope(job_number, message)))
        self.process.stdin.flush()

    def receive(self):
        envelope = pickle.load(self.process.stdout)
        assert isinstance(envelope, EventEnvelope)
        return envelope

    def events(self, job_number):
        """All that it says of a run, up to the end."""
        while True:
            envelope = self.receive()
            if envelope.job_number != job_number or isinstance(envelope.event, Heartbeat):
                continue
            yield envelope.event
            if isinstance(envelope.event, TrainingFailed) or not envelope.event.progress.status.is_live:
                return

    def disconnect(self):
        with suppress(OSError):
            self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def start_worker(files):
    """Starts a worker. `app` is whose process it belongs to."""
    workers = []

    def start_one(app=None):
        workers.append(Worker(files, app or os.getpid()))
        return workers[-1]

    yield start_one
    for worker in workers:
        worker.process.kill()
        worker.process.wait()
        worker.disconnect()


def test_it_trains_one_run_after_another(start_worker, files, folder):
    worker = start_worker()
    for number, where in ((4, "one"), (5, "nowhere"), (7, "two")):
        worker.send(number - 1, Stop())  # which comes too late, and is for another
        worker.send(number, StartTraining(config=QUICK, data=folder, folder=files / where, threads=1))
        worker.send(number - 1, Stop())
        *_, last = worker.events(number)
        if where == "nowhere":
            assert isinstance(last, TrainingFailed)
        else:
            assert isinstance(last, ProgressReport)
            assert last.progress.status is JobStatus.FINISHED
    assert worker.process.poll() is None


@pytest.mark.parametrize("busy", [True, False])
def test_it_ends_when_the_connection_breaks(start_worker, files, folder, busy):
    worker = start_worker()
    assert worker.receive() == EventEnvelope(0, Heartbeat())  # it is ready
    if busy:
        worker.send(1, StartTraining(config=ENDLESS, data=folder, folder=files / "one", threads=1))
        next(worker.events(1))
    worker.disconnect()
    assert worker.process.wait(60) == 0
    assert (files / "one").is_dir()  # the files are the app's, which lives


def test_it_leaves_no_files_if_the_app_is_gone(start_worker, files):
    worker = start_worker(app=1)
    worker.receive()
    (files / "one" / "network.safetensors").write_bytes(b"1234")
    worker.disconnect()
    assert worker.process.wait(60) == 0
    assert not files.exists()
