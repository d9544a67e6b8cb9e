"""What the tests of jobs share: a data set on disk, and a way to start jobs that ends them."""

from contextlib import contextmanager

import pytest

from model import data
from model.jobs import Pool, PoolSettings, TrainingRequest
from tests.jobs.runs import ENDLESS, TOY
from tests.polling import is_running, wait_for


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "patterns"
    data.save(TOY, folder)
    return folder


@pytest.fixture(scope="module")
def pool():
    """Two workers, for all tests of a module."""
    pool = Pool(size=2, threads=1)
    workers = pool.worker_pids()
    yield pool
    workers = {*workers, *pool.worker_pids()}
    pool.close()
    assert not any(map(is_running, workers))
    assert not pool.folder.exists()


@pytest.fixture(scope="module")
def slicing_pool():
    """A pool in which runs give way soon."""
    pool = Pool(size=2, threads=1, settings=PoolSettings(time_slice=0.2))
    yield pool
    pool.close()


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
    """Starts a job in the module's pool, and in the end discards it."""
    with submitting(pool, folder) as submit:
        yield submit


@pytest.fixture
def submit_sliced(slicing_pool, folder):
    with submitting(slicing_pool, folder) as submit:
        yield submit


@pytest.fixture
def submit_to(folder):
    """Makes a pool of one or more workers, and a function that submits to it."""
    pools = []

    def make(size=1, **settings):
        pool = Pool(size=size, threads=1, settings=PoolSettings(**settings))
        pools.append(pool)
        return pool, lambda owner, config=ENDLESS: pool.submit(TrainingRequest(owner, owner, config, folder))

    yield make
    for pool in pools:
        pool.close()
