"""Trials in processes of this machine: what they bring back, and what becomes of them when processes are killed."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from model.data import Dataset
from model.experiments.clusters.cluster import Ended, Lost, Reported, run_tasks
from model.experiments.clusters.dask_cluster import DaskCluster, connect, local_cluster
from model.experiments.clusters.dask_worker import NICE_LEVEL
from model.experiments.engine import StudyEngine
from model.experiments.material import Material
from model.experiments.stores.storage import open_store
from model.experiments.study_reader import StudyReader
from model.experiments.trial_run import TrialTask, run_trial
from tests.cli.conftest import program
from tests.experiments.inline_cluster import SMALL, InlineCluster, small_plan
from tests.polling import wait_for

MANY = 40  # trials: while a test looks at the first, the last can not end
pytestmark = pytest.mark.timeout(300)  # processes are started, and on a busy machine that takes a while


@pytest.fixture(scope="module")
def cluster(session_cache: Path) -> Iterator[DaskCluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INKLING_CACHE", str(session_cache))
        with local_cluster(2) as cluster:
            yield cluster


def test_processes_bring_what_a_trial_gives_here(cluster: DaskCluster, mnist_5k: Dataset, shared_cache: Path) -> None:
    reference = Material.of(mnist_5k).reference("mnist-5k")
    tasks = [TrialTask(f"seed-{seed}", (SMALL.changed(seed=seed),), reference, is_local=True) for seed in range(4)]
    points = set()
    found = dict(run_tasks(tasks, cluster, lambda key, run, point: points.add(key)))
    for task in tasks:
        here = run_trial(task, lambda run, point: None, lambda: False)
        assert found[task.key].values == here.values
        assert [point[:2] for point in found[task.key].curves[0]] == [point[:2] for point in here.curves[0]]
    assert points == set(found)
    if hasattr(os, "getpriority"):
        assert any(priority >= NICE_LEVEL for pid in cluster.pids for priority in thread_priorities(pid))


def thread_priorities(pid: int) -> list[int]:
    """The priorities of a process's threads, where the system tells them."""
    folder = Path(f"/proc/{pid}/task")
    threads = [int(one.name) for one in folder.iterdir()] if folder.is_dir() else [pid]
    return [os.getpriority(os.PRIO_PROCESS, thread) for thread in threads]


def test_images_that_processes_can_not_find_are_sent_to_them(cluster: DaskCluster, mnist_5k: Dataset) -> None:
    labels = np.roll(mnist_5k.labels, 1)
    other = Dataset("other", mnist_5k.images, labels, mnist_5k.test_images, mnist_5k.test_labels)
    material = Material.of(other)
    cluster.share(material)
    task = TrialTask("sent", (SMALL,), material.reference("nowhere.csv"))
    ((_, outcome),) = run_tasks([task], cluster)
    assert outcome.values


def test_a_trial_in_a_process_stops_when_it_is_told_to(
    cluster: DaskCluster, mnist_5k: Dataset, shared_cache: Path
) -> None:
    reference = Material.of(mnist_5k).reference("mnist-5k")
    cluster.submit(TrialTask("long", (SMALL.changed(epochs=10_000),), reference))
    cluster.stop("long")  # before it is known where it is computed
    while not isinstance(event := cluster.next_event(1), Ended):
        assert event is None or isinstance(event, Reported)
    assert event.outcome.status == "stopped"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_processes_that_are_killed_are_replaced_and_no_trial_is_lost(
    cluster: DaskCluster, mnist_5k: Dataset, shared_cache: Path, tmp_path: Path
) -> None:
    plan = small_plan(trials=6)
    plan = plan.model_copy(update={"base": SMALL.changed(epochs=20, training_size=1000)})
    killed: set[int] = set()

    def kill(progress: object) -> None:
        ended = StudyReader(tmp_path, "killed").read().ended
        for pid in cluster.pids[:1]:
            if len(killed) < 2 and ended >= 2 * len(killed) + 1 and pid not in killed:
                killed.add(pid)
                os.kill(pid, signal.SIGKILL)

    StudyEngine(plan, open_store(tmp_path, "killed"), cluster, mnist_5k, kill).run()
    StudyEngine(plan, open_store(tmp_path, "calm"), InlineCluster(1), mnist_5k).run()
    disturbed, calm = (StudyReader(tmp_path, name).read() for name in ("killed", "calm"))
    assert len(killed) == 2
    assert [(trial.number, trial.params, trial.values) for trial in disturbed.trials] == [
        (trial.number, trial.params, trial.values) for trial in calm.trials
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_trial_that_ends_every_process_is_lost(cluster: DaskCluster, mnist_5k: Dataset, shared_cache: Path) -> None:
    reference = Material.of(mnist_5k).reference("mnist-5k")
    cluster.submit(TrialTask("deadly", (SMALL.changed(epochs=10_000, training_size=0),), reference))
    killed: set[int] = set()
    event = None
    while event is None or isinstance(event, Reported):
        if event:
            with suppress(KeyError, OSError, ValueError):  # its process has just ended
                pid = cluster.pid_of("deadly")
                if pid not in killed:
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
        event = cluster.next_event(1)
    assert isinstance(event, Lost)
    assert event.reason.startswith("4 processes ended while they computed it")
    wait_for(lambda: not cluster.next_event(0.1) and len(cluster.pids) == 2, "the processes to be replaced")


@pytest.mark.skipif(sys.platform == "win32", reason="the signal is another")
def test_ctrl_c_twice_leaves_a_study_that_the_same_command_ends(tmp_path: Path, shared_cache: Path) -> None:
    space = tmp_path / "small.toml"
    space.write_text(
        f'trials = {MANY}\nsampler = "random"\n[base]\nhidden_sizes = [8]\nepochs = 20\ntraining_size = 1000\n'
        '[vary]\nlearning_rate = "log:1e-4..0.1"\n'
    )
    options = ("--storage", tmp_path, "--jobs", 1, "--json")
    with program("sweep", space, *options) as process:
        assert process.stderr
        first = process.stderr.readline()
        assert first.startswith(f"trial 1/{MANY}  best "), first
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes of the group
        assert any("Ctrl-C again" in line for line in process.stderr)
        os.killpg(process.pid, signal.SIGINT)
        _, rest = process.communicate()
    assert "Traceback" not in rest
    assert process.returncode in (0, 130), rest  # 0: the trial had ended meanwhile
    assert 1 <= StudyReader(tmp_path, "small").read().ended < MANY
    with program("sweep", space, *options) as process:
        printed, said = process.communicate()
    assert process.returncode == 0, said
    result = json.loads(printed)
    assert [(trial["number"], trial["state"]) for trial in result["trials"]] == [(n, "finished") for n in range(MANY)]
    assert result["best"]["test_accuracy"] is not None
    with program("sweep", "--name", "small", *options) as process:
        printed, _ = process.communicate()
    assert json.loads(printed) == result  # nothing is left to compute, and the test part is not looked at again


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:1", "tcp://host", "tcp://:8786", ""])
def test_what_is_no_address_of_a_scheduler_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="scheduler must be an address such as tcp://host:8786; got"):
        connect(address)
