"""What many test files share: the embedded data set, unpacked once for all of them, and patience with busy machines.

Hypothesis tries the same examples every time, so that a test which passes on one machine passes on the next. Two
processes share the tests: one has those in the browser, which mostly wait, and the other has all the rest.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from model import data

settings.register_profile("patient", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


BROWSER = Path(__file__).parent / "e2e"
CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0}


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        group = "browser" if BROWSER in item.path.parents else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_runtest_setup(item: pytest.Item) -> None:
    # Matrix products on two cores take ten times as long once another process is busy, and on one core suffer nothing.
    if "PYTEST_XDIST_WORKER" in os.environ and len(CORES) > 1:
        os.sched_setaffinity(0, CORES if BROWSER in item.path.parents else {max(CORES)})


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
