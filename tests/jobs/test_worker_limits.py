import subprocess
import sys

import pytest

from model.jobs import worker_limits as limits
from tests.paths import ROOT


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "two", "257", "1" * 50, "²"])
def test_a_wrong_number_of_workers_is_refused_in_one_line(monkeypatch, value):
    monkeypatch.setenv("INKLING_WORKERS", value)
    with pytest.raises(ValueError, match=r"^\$INKLING_WORKERS must be a whole number from 1 to 256; got '.{1,40}'$"):
        limits.workers(cores=2)


@pytest.mark.parametrize("value", ["0", "255", "-300", "1GB"])
def test_a_wrong_size_of_memory_is_refused_in_one_line(monkeypatch, value):
    monkeypatch.setenv("INKLING_WORKER_MEMORY", value)
    with pytest.raises(ValueError, match=r"^\$INKLING_WORKER_MEMORY must be a whole number from 256 to .*; got '.*'$"):
        limits.memory()


def test_by_default_there_is_a_worker_for_each_core_and_no_limit_to_memory(monkeypatch):
    monkeypatch.delenv("INKLING_WORKERS", raising=False)
    monkeypatch.setenv("INKLING_WORKER_MEMORY", "  ")
    assert (limits.workers(cores=6), limits.memory()) == (6, None)
    assert limits.workers(cores=1000) == limits.MAX_WORKERS


@pytest.mark.parametrize(("megabytes", "workers"), [(256, 1), (512, 1), (1024, 4), (64 * 1024, 64)])
def test_where_memory_is_limited_there_are_as_many_workers_as_fit(monkeypatch, megabytes, workers):
    monkeypatch.delenv("INKLING_WORKERS", raising=False)
    assert limits.workers(cores=64, memory_limit=megabytes * 2**20) == workers
    monkeypatch.setenv("INKLING_WORKERS", "9")
    assert limits.workers(cores=64, memory_limit=megabytes * 2**20) == 9


@pytest.mark.parametrize(("cores", "workers", "threads"), [(8, 8, 1), (8, 2, 4), (8, 3, 2), (1, 1, 1), (2, 5, 1)])
def test_the_cores_are_divided_among_the_workers(monkeypatch, cores, workers, threads):
    monkeypatch.setenv("INKLING_WORKERS", str(workers))
    assert limits.workers(cores) == workers
    assert limits.threads(workers, cores) == threads


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system may not limit it")
@pytest.mark.parametrize(("megabytes", "fits"), [(100, True), (400, False)])
def test_beyond_its_memory_a_process_gets_none(monkeypatch, megabytes, fits):
    monkeypatch.setenv("INKLING_WORKER_MEMORY", "300")
    script = "from model.common.child_process import prefer_as_oom_victim; prefer_as_oom_victim(); "
    script += "from model.jobs.worker_limits import limit_memory; limit_memory(); "
    script += f"bytearray({megabytes} * 2**20)"
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (ended.returncode == 0) == fits
    assert fits or "MemoryError" in ended.stderr
