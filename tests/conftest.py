"""What many test files share: the embedded data set, unpacked once for all of them, and patience with busy machines.

Hypothesis tries the same examples every time, so that a test which passes on one machine passes on the next.
"""

import pytest
from hypothesis import HealthCheck, settings

from model import data

settings.register_profile("patient", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


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
