import os
import pickle
import subprocess
import sys
from contextlib import suppress

import psutil
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
from model.jobs.worker_limits import NICE_LEVEL
from tests.jobs.runs import ENDLESS, QUICK
from tests.paths import ROOT
from tests.polling import wait_for


@pytest.fixture
def files(tmp_path):
    """The folder of all trainings' files, with two trainings in it."""
    files = tmp_path / "files"
    for name in ("one", "two"):
        (files / name).mkdir(parents=True)
    return files


class Worker:
    """A worker's process, and the pipes to it."""

    def __init__(self, files, app, program):
        command = [sys.executable, *program, str(files), str(app)]
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
    """Starts a worker. `app` is whose process it belongs to, `program` how it is started."""
    workers = []

    def start_one(app=None, program=("-m", "model.jobs.worker")):
        workers.append(Worker(files, app or os.getpid(), program))
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
    assert worker.process.wait() == 0
    assert (files / "one").is_dir()  # the files are the app's, which lives


def test_it_leaves_no_files_if_the_app_is_gone(start_worker, files):
    worker = start_worker(app=1)
    worker.receive()
    (files / "one" / "network.safetensors").write_bytes(b"1234")
    worker.disconnect()
    assert worker.process.wait() == 0
    assert not files.exists()


AS_ON_WINDOWS = """
import sys
from pathlib import Path
from model.jobs.worker import Worker, take_standard_streams
folder, app = sys.argv[1:]
Worker(*take_standard_streams(), Path(folder), int(app), orphans_are_adopted=False).serve()
"""


def test_where_orphans_keep_their_parent_a_broken_connection_means_that_the_app_is_gone(start_worker, files):
    worker = start_worker(program=("-c", AS_ON_WINDOWS))
    worker.receive()
    worker.disconnect()
    assert worker.process.wait() == 0
    assert not files.exists()


NOISY = """
import os, sys
from model.jobs.worker import take_standard_streams
commands, events = take_standard_streams()
print("by Python", flush=True)
os.system("echo by a library")
assert sys.stdin.read() == ""
events.write(commands.read())
events.flush()
"""


def test_what_is_printed_in_a_worker_does_not_disturb_the_messages():
    process = subprocess.run([sys.executable, "-c", NOISY], cwd=ROOT, input=b"message", capture_output=True)
    assert process.stdout == b"message"
    assert process.stderr.split(b"\n")[:2] == [b"by Python", b"by a library"]


@pytest.mark.skipif(sys.platform == "win32", reason="the pool does the same by other means there")
def test_a_worker_is_apart_from_the_app_and_gives_way_to_it(pool):
    wait_for(lambda: pool.idle_workers() == pool.size, "the workers")
    for pid in pool.worker_pids():
        assert os.getpgid(pid) == pid != os.getpgid(0)  # so that no Ctrl-C in the app's terminal reaches it
        assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE_LEVEL)


def test_the_libraries_of_a_worker_reserve_memory_for_its_own_threads_alone(pool):
    for pid in pool.worker_pids():
        environment = psutil.Process(pid).environ()
        assert environment["OPENBLAS_NUM_THREADS"] == environment["OMP_NUM_THREADS"] == str(pool.threads)
