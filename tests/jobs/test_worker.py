import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection

import pytest

from model import data
from model.config import TrainingConfig
from model.jobs.pool import ROOT
from model.jobs.protocol import CommandEnvelope, EventEnvelope, ProgressReport, StartTraining, TrainingFailed
from tests.toy_data import patterns

QUICK = TrainingConfig(hidden_sizes=(16,), batch_size=32, epochs=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "patterns"
    data.save(patterns(400, 100), folder)
    return folder


@pytest.fixture
def files(tmp_path):
    """The folder of all trainings' files, with two trainings in it."""
    files = tmp_path / "files"
    for name in ("one", "two"):
        (files / name).mkdir(parents=True)
    return files


@pytest.fixture
def hire(files):
    """Starts a worker; returns its process and the connection to it. `app` is whose process it belongs to."""
    hired = []

    def hire_one(app=None):
        ours, theirs = socket.socketpair()
        with theirs:
            command = [
                sys.executable,
                "-m",
                "model.jobs.worker",
                str(theirs.fileno()),
                str(files),
                str(app or os.getpid()),
            ]
            process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
        hired.append((process, Connection(ours.detach())))
        return hired[-1]

    yield hire_one
    for process, connection in hired:
        process.kill()
        process.wait()
        connection.close()


def listen(connection, number):
    """What the worker says of a training, up to the end."""
    while True:
        heard = connection.recv()
        assert isinstance(heard, EventEnvelope)
        if heard.number == number and heard.message:
            yield heard.message
            if isinstance(heard.message, TrainingFailed) or heard.message.standing.status in ("finished", "stopped"):
                return


def test_it_trains_one_after_the_other(hire, files, folder):
    process, connection = hire()
    for number, where in ((4, "one"), (5, "nowhere"), (7, "two")):
        connection.send(CommandEnvelope(number - 1, "stop"))  # which comes too late, and is for another
        connection.send(
            CommandEnvelope(number, StartTraining(config=QUICK, data=folder, folder=files / where, threads=1))
        )
        connection.send(CommandEnvelope(number - 1, "stop"))
        *_, last = listen(connection, number)
        if where == "nowhere":
            assert isinstance(last, TrainingFailed)
        else:
            assert isinstance(last, ProgressReport)
            assert last.standing.status == "finished"
    assert process.poll() is None


@pytest.mark.parametrize("busy", [True, False])
def test_it_ends_when_nobody_listens_any_more(hire, files, folder, busy):
    process, connection = hire()
    assert connection.recv() == EventEnvelope(0, None)  # it is ready
    if busy:
        endless = QUICK.changed(epochs=10_000)
        connection.send(CommandEnvelope(1, StartTraining(config=endless, data=folder, folder=files / "one", threads=1)))
        next(listen(connection, 1))
    connection.close()
    assert process.wait(60) == 0
    assert (files / "one").is_dir()  # the files are the app's, which lives


def test_it_leaves_no_files_if_the_app_is_gone(hire, files):
    process, connection = hire(app=1)
    connection.recv()
    (files / "one" / "network.bin").write_bytes(b"1234")
    connection.close()
    assert process.wait(60) == 0
    assert not files.exists()
