"""Whatever way the app ends, it leaves no process and no file."""

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT
from tests.polling import is_running, wait_for

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
    [
        (subprocess.Popen.kill, True),
        (subprocess.Popen.kill, False),
        (subprocess.Popen.terminate, True),
        (None, True),
        (None, False),
    ],
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
            end(app)
        else:
            app.stdin.write("\n")
            app.stdin.flush()
        app.wait()
    finally:
        app.kill()
        app.communicate()
    wait_for(lambda: not any(map(is_running, workers)), "the workers to end")
    wait_for(lambda: not os.path.exists(files), "the files to go")
