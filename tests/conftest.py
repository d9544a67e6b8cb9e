"""What many test files share: the embedded data set, unpacked once for all of them, and patience with busy machines.

Hypothesis tries the same examples every time, so that a test which passes on one machine passes on the next. The
tests in the browser run in processes of their own, after all the rest.
"""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from model import data
from tests.both import ONE_CORE

settings.register_profile("patient", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Files that take the longest come first, so that no process has one of them left when the others have nothing to do.
LONGEST_FIRST = (
    "experiments/clusters/test_dask_cluster.py",
    "ui/state/test_shutdown.py",
    "ink/test_photo.py",
    "cli/test_cli.py",
    "ink/test_photo_kinds.py",
    "jobs/test_mishaps.py",
    "reading/test_readers.py",
    "experiments/clusters/test_local_cluster.py",
    "benchmarks/test_kill_at_random.py",
    "ui/train/test_controls.py",
    "benchmarks/test_day.py",
    "pages/test_break_it_and_stress.py",
    "experiments/test_child.py",
    "benchmarks/test_load.py",
    "jobs/test_pool.py",
    "jobs/test_handover.py",
    "data/test_forms.py",
    "ui/test_reliability.py",
    "e2e/test_robust.py",
    "e2e/test_train_time.py",
    "e2e/test_train.py",
    "e2e/test_accessibility.py",
    "e2e/test_random_walk.py",
)
MAIN = sys.modules["__main__"]
RANKS = {Path(__file__).parent / name: rank for rank, name in enumerate(LONGEST_FIRST)}


def pytest_configure(config: pytest.Config) -> None:
    # Matrix products on two cores take ten times as long once another process is busy, and on one core suffer nothing.
    if ONE_CORE in os.environ and hasattr(os, "sched_setaffinity") and hasattr(config, "workerinput"):
        cores = sorted(os.sched_getaffinity(0))
        number = int(config.workerinput["workerid"].removeprefix("gw"))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.pluginmanager.hasplugin("randomly"):
        items.sort(key=lambda item: RANKS.get(item.path, len(RANKS)))
    # From its first test on, Playwright's event loop runs in this process and would stand in the way of other loops.
    items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.fixture(autouse=True, scope="session")
def _empty_cache(tmp_path_factory):
    """Tests start with an empty cache, not the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INKLING_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def _main_module():
    """Streamlit's AppTest leaves its page as the main module, which a process that is spawned would run first.

    Fixtures of a whole module run pages before a test begins, and spawn processes after another one has ended.
    """
    sys.modules["__main__"] = MAIN
    yield
    sys.modules["__main__"] = MAIN


@pytest.fixture(scope="session")
def session_cache(tmp_path_factory):
    """A cache that holds mnist-5k."""
    folder = tmp_path_factory.mktemp("session-cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INKLING_CACHE", str(folder))
        data.prepare("mnist-5k")
    return folder


@pytest.fixture(scope="session")
def mnist_5k(session_cache):
    return data.open_folder(session_cache / "mnist-5k")


@pytest.fixture
def shared_cache(session_cache, monkeypatch):
    """For what finds its data by name."""
    monkeypatch.setenv("INKLING_CACHE", str(session_cache))
    return session_cache
