"""What the tests of jobs share: a data set on disk, and a way to start jobs that ends them."""

from contextlib import contextmanager

import pytest

from model import data
from model.jobs import TrainingRequest
from tests.jobs.runs import ENDLESS, TOY
from tests.polling import wait_for


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "patterns"
    data.save(TOY, folder)
    return folder


@contextmanager
def submitting(pool, folder):
    """Gives a function that starts a job in the pool; in the end, those that are left are discarded."""
    started = []

    def submit(owner="somebody", config=ENDLESS, where=folder, **more):
        name = f"{owner} {len(started) + 1}"
        started.append(pool.submit(TrainingRequest(name, owner, config, where, **more)))
        return started[-1]

    yield submit
    for job in started:
        job.discard()
    for job in started:
        wait_for(lambda job=job: not job.is_live, job.state)
    wait_for(lambda: pool.idle_workers() == pool.size, "idle workers")


@pytest.fixture
def submit(pool, folder):
    """Starts a job in the test module's `pool`."""
    with submitting(pool, folder) as submit:
        yield submit
