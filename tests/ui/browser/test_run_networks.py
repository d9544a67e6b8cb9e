"""A run's newest network and its snapshots go to its owner's browser alone, and no faster than agreed."""

import os
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from model.jobs import Job, TrainingRequest
from model.jobs.protocol import Command, JobStatus, ProgressReport, RunProgress, SnapshotRef
from model.jobs.snapshot_store import write_snapshot
from model.training import Trainer
from tests.jobs.runs import QUICK, TOY
from tests.ui.browser.test_routes import get
from tests.ui.screens import SECONDS, sound
from ui.browser import run_networks
from ui.state.session import VISITOR_KEY
from ui.state.visitor_state import VisitorState

LARGE = TrainingConfig(hidden_sizes=(4096, 1200))
SNAPSHOT = SnapshotRef(0.0, 0, "0.npz")


class NoScheduler:
    """Stands for the pool: nobody trains these runs."""

    def send(self, job: Job, command: Command) -> None: ...

    def queue_position(self, job: Job) -> int:
        return 0


def a_job(folder: Path, number: int = 1, config: TrainingConfig = QUICK, *, written: bool = True) -> Job:
    """A run with a snapshot, as if a worker had trained it."""
    job = Job(NoScheduler(), number, TrainingRequest("run", "owner", config, Path("data")), folder / str(number))
    if written:
        trainer = Trainer(config, TOY)
        job.files.write_network(trainer.network)
        write_snapshot(trainer.snapshot(), job.files.snapshot(SNAPSHOT))
        job.apply(ProgressReport(RunProgress(JobStatus.RUNNING), snapshots=[SNAPSHOT]))
    return job


def script() -> None:
    from ui import state

    state.begin()


def visit(*jobs: Job) -> VisitorState:
    """Visit with runs of one's own."""
    screen = sound(AppTest.from_function(script, default_timeout=SECONDS).run())
    visitor: VisitorState = screen.session_state[VISITOR_KEY]
    visitor.jobs.extend(jobs)
    return visitor


def test_a_run_s_owner_gets_its_newest_network_once(tmp_path: Path) -> None:
    job = a_job(tmp_path)
    address = run_networks.address(visit(job), job)
    assert address
    status, headers, body = get(address)
    assert (status, headers["cache-control"]) == (200, "no-store")
    network = job.network()
    np.testing.assert_array_equal(safetensors.numpy.load(body)["layers.0.weights"], network.mlp.layers[0].weights)
    assert get(address, headers["etag"])[::2] == (304, b"")
    network.mlp.parameters += 1
    job.files.write_network(network)
    file = job.files.network_file.stat()
    os.utime(job.files.network_file, ns=(file.st_atime_ns, file.st_mtime_ns + 1_000_000))  # whatever the clock's grain
    status, later, body = get(address, headers["etag"])
    assert (status, later["etag"] != headers["etag"]) == (200, True)
    np.testing.assert_array_equal(safetensors.numpy.load(body)["layers.0.weights"], network.mlp.layers[0].weights)


def test_a_snapshot_is_found_by_its_step(tmp_path: Path) -> None:
    job = a_job(tmp_path)
    address = run_networks.address(visit(job), job, SNAPSHOT)
    assert address
    status, _, body = get(address)
    assert status == 200
    weights = job.network_at(SNAPSHOT).mlp.layers[0].weights
    np.testing.assert_array_equal(safetensors.numpy.load(body)["layers.0.weights"], weights)
    assert get(address.replace("/0.", "/1."))[0] == 404
    job.files.snapshot(SNAPSHOT).unlink()
    assert get(address)[0] == 404


def test_nobody_else_gets_it(tmp_path: Path) -> None:
    mine, others = a_job(tmp_path), a_job(tmp_path, 2)
    owner, other = visit(mine), visit(others)
    assert get(f"browser/runs/{owner.token}/1.safetensors")[0] == 200
    assert get(f"browser/runs/{other.token}/2.safetensors")[0] == 200
    forged = [
        f"{other.token}/1",
        f"{owner.token}/2",
        f"{owner.token[:-1]}/1",
        f"{owner.token}\xff/1",
        "1",
        "/1",
        "/1/0",
    ]
    forged += [f"{VisitorState('another').token}/1", f"{other.token}/1/0", f"{owner.token}/1/"]
    for one in forged:
        assert get(f"browser/runs/{one}.safetensors")[0] == 404, one
    owner.jobs.remove(mine)
    assert get(f"browser/runs/{owner.token}/1.safetensors")[0] == 404


@pytest.mark.parametrize(
    "name", ["1/0.npz", "1/../1/network", "..%2f1", "1/%2e%2e", "01", "1.0", "+1", "\u0661", "", "/"]
)
def test_no_file_is_named_by_an_address(tmp_path: Path, name: str) -> None:
    token = visit(a_job(tmp_path)).token
    assert get(f"browser/runs/{token}/{name}.safetensors")[0] == 404


def test_a_run_that_has_no_network_yet_says_so_and_a_large_one_stays_with_the_app(tmp_path: Path) -> None:
    waiting, large = a_job(tmp_path, written=False), a_job(tmp_path, 2, LARGE, written=False)
    owner = visit(waiting, large)
    assert get(f"browser/runs/{owner.token}/1.safetensors")[0] == 204
    assert run_networks.address(owner, large) is None
    assert get(f"browser/runs/{owner.token}/2.safetensors")[0] == 413


def test_a_visitor_is_sent_no_more_than_agreed(tmp_path: Path) -> None:
    job = a_job(tmp_path, config=QUICK.changed(hidden_sizes=(1024,)))
    owner, other = visit(job), visit()
    other.jobs.append(job)
    sent, status = 0, 200
    while status == 200 and sent < 10 * run_networks.BYTES_PER_SECOND:
        status, headers, body = get(f"browser/runs/{owner.token}/1.safetensors")
        sent += len(body)
    assert (status, int(headers["retry-after"]) > 0) == (204, True)
    assert sent < 10 * run_networks.BYTES_PER_SECOND
    assert get(f"browser/runs/{owner.token}/1/0.safetensors")[0] == 204
    assert get(f"browser/runs/{other.token}/1.safetensors")[0] == 200  # the next visitor's share is another
