"""Experiments on a cluster, for real: PostgreSQL, a Dask scheduler and its workers, each a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.data import Dataset
from model.experiments.clusters.dask_cluster import connect
from model.experiments.control import Control
from model.experiments.engine import StudyEngine
from model.experiments.material import Material, keep
from model.experiments.stores.storage import open_store
from model.experiments.study_reader import StudyReader
from model.experiments.study_view import StudyView
from model.training import train
from model.training.checkpoint import Checkpoint
from tests.experiments.inline_cluster import SMALL, InlineCluster, small_plan
from tests.paths import INK, ROOT
from tests.polling import wait_for
from tools.app_server import free_port
from tools.postgres_server import PostgresServer, postgres_server, why_not

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(500)]

BASE = SMALL.changed(epochs=16, training_size=1000)
MANY = 12  # trials: while the first is looked at, the last can not end


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    if why_not():
        pytest.skip(why_not())
    with postgres_server() as server:
        yield server


@pytest.fixture
def database(server: PostgresServer) -> str:
    return server.address


@contextmanager
def dask(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask's, which is killed with the block: told to end, it would wait for others that are gone."""
    command = [sys.executable, "-m", *arguments, "--host", "127.0.0.1"]
    with (folder / "dask.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler(port: int, folder: Path, workers: int = 2) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A scheduler and its workers: their processes, the scheduler's first."""
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        begin = ("distributed.cli.dask_scheduler", "--port", str(port), "--dashboard-address", "127.0.0.1:0")
        found = [stack.enter_context(dask(*begin, folder=folder))]
        work = ("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny")
        for _ in range(workers):
            found.append(stack.enter_context(dask(*work, "--local-directory", str(folder), folder=folder)))
        yield found


@contextmanager
def sweep(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command `sweep`, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "model", "sweep", *arguments, "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def ended(process: subprocess.Popen[str], folder: Path) -> dict[str, Any]:
    """What a command ends with."""
    stdout, _ = process.communicate()
    assert process.returncode == 0, (folder / "stderr").read_text()
    return json.loads(stdout)


def scores(view: StudyView) -> list[object]:
    return [(trial.number, trial.params, trial.values) for trial in view.trials]


def settings() -> list[str]:
    return [f"{name.replace('_', '-')}={_text(getattr(BASE, name))}" for name in BASE.model_fields_set]


def options() -> list[str]:
    vary = ("--sampler=random", "--vary=learning_rate=log:1e-4..0.1,hidden_sizes=[8;16]")
    return [*(f"--{setting}" for setting in settings()), *vary]


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def test_two_commands_share_a_study_while_a_worker_and_one_of_them_are_killed(
    database: str, tmp_path: Path, mnist_5k: Dataset, shared_cache: Path
) -> None:
    port = free_port()
    plan = small_plan(trials=10).model_copy(update={"base": BASE, "name": "shared"})
    StudyEngine(plan, open_store(tmp_path, "calm"), InlineCluster(1), mnist_5k).run()
    address = f"tcp://127.0.0.1:{port}"
    arguments = [*options(), "--name=shared", "--trials=10", f"--storage={database}", f"--scheduler={address}"]
    folders = [tmp_path / name / "experiments" / "shared" for name in ("one", "two")]
    for folder in folders:
        folder.mkdir(parents=True)
        Control("pause").write(folder)
    with (
        scheduler(port, tmp_path) as (_, *workers),
        sweep(tmp_path / "one", *arguments) as one,
        sweep(tmp_path / "two", *arguments) as two,
    ):
        for log in (folder / "log.txt" for folder in folders):
            wait_for(lambda log=log: log.is_file() and "paused" in log.read_text(), "both commands to be ready")
        for worker in workers:  # no trial can end before both commands have some
            worker.send_signal(signal.SIGSTOP)
        for folder in folders:
            Control("run").write(folder)
        reader = StudyReader(open_store(database, "shared", tmp_path / "reader"))

        def owners() -> set[str]:
            attributes = [trial.user_attrs.get("owner", {}) for trial in reader._store.study().get_trials()]
            return {each["engine"].split("-")[-2] for each in attributes if each.get("engine")}

        wait_for(lambda: owners() == {str(one.pid), str(two.pid)}, "both to have trials")
        workers[0].kill()
        one.kill()
        workers[1].send_signal(signal.SIGCONT)
        result = ended(two, tmp_path / "two")
    assert result["state"] == "finished"
    assert result["best"]["test_accuracy"] is not None
    view = reader.read()
    assert scores(view) == scores(StudyReader(tmp_path, "calm").read())
    assert view.state == "finished"
    assert {trial.state for trial in view.trials} == {"finished"}


def test_a_scheduler_that_is_killed_is_waited_for_and_gets_all_files_again(
    tmp_path: Path, mnist_5k: Dataset, shared_cache: Path
) -> None:
    port, folder = free_port(), tmp_path / "here"
    folder.mkdir()
    arrays = ("images", "labels", "test_images", "test_labels")
    names = ("x_train", "y_train", "x_test", "y_test")
    np.savez(folder / "digits.npz", **{name: getattr(mnist_5k, one) for name, one in zip(names, arrays, strict=True)})
    for name in ("teacher", "start"):
        config = BASE.changed(seed=len(name))
        *_, progress = train(config, mnist_5k)
        Checkpoint.of(config, progress, mnist_5k, "finished").save(folder / f"{name}.safetensors")
    shutil.copy(INK, folder / "mine.jsonl")
    # The workers run in another folder, and find no file of these names.
    files = {"ink": "mine.jsonl", "teacher": "teacher.safetensors", "start_from": "start.safetensors"}
    arguments = [
        *(f"--{option}" for option in settings()),
        *(f"--{name.replace('_', '-')}={file}" for name, file in files.items()),
        *("--vary=learning_rate=log:1e-4..0.1", "--sampler=random", "--judge=mine.jsonl"),
        *("--objective=validation_accuracy,ink_accuracy", "--name=away", "--trials=6", "--data=digits.npz"),
        f"--scheduler=tcp://127.0.0.1:{port}",
    ]
    with sweep(folder, *arguments) as command:
        log = folder / "experiments" / "away" / "log.txt"
        with scheduler(port, tmp_path, workers=1) as (first, _):
            wait_for(lambda: log.is_file() and "finished" in log.read_text(), "the first trial", 200)
            first.kill()
            wait_for(lambda: "is gone" in log.read_text(), "the command to notice", 120)
        with scheduler(port, tmp_path, workers=1):
            result = ended(command, folder)
    assert [(trial["number"], trial["state"]) for trial in result["trials"]] == [(n, "finished") for n in range(6)]
    assert "the scheduler is back" in log.read_text()
    plan = small_plan(
        "learning_rate=log:1e-4..0.1",
        trials=6,
        base=BASE.changed(**{name: str(folder / file) for name, file in files.items()}),
        judge=str(folder / "mine.jsonl"),
        objectives=("validation_accuracy", "ink_accuracy"),
    )
    StudyEngine(plan, open_store(tmp_path, "calm"), InlineCluster(1), mnist_5k).run()
    calm = StudyReader(tmp_path, "calm").read()
    assert [tuple(trial["values"]) for trial in result["trials"]] == [trial.values for trial in calm.trials]


def test_a_scheduler_that_is_none_or_has_no_inkling_or_another_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the scheduler tcp://127.0.0.1:\d+ can't be reached") as caught:
        connect(f"tcp://127.0.0.1:{free_port()}", seconds=0.5)
    assert "\n" not in str(caught.value)
    port, other = free_port(), tmp_path / "other" / "model"
    other.parent.mkdir()
    command = [sys.executable, "-P", "-m", "distributed.cli.dask_scheduler", "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(other.parent)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1"], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
    try:
        wait_for(lambda: "Scheduler at" in (tmp_path / "log").read_text(), "the scheduler")
        with pytest.raises(ValueError, match=r"the scheduler of tcp://127.0.0.1:\d+ has no Inkling"):
            connect(f"tcp://127.0.0.1:{port}")
        for package, content in ((other, "__version__ = '0.0.1'\n"), (other / "experiments", "")):
            package.mkdir(exist_ok=True)
            (package / "__init__.py").write_text(content)
        (other / "experiments" / "trial_run.py").touch()
        with pytest.raises(ValueError, match=r"the scheduler of \S+ has Inkling 0.0.1, and this machine \d"):
            connect(f"tcp://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def test_a_database_is_shared_by_who_comes_at_once(database: str, tmp_path: Path, mnist_5k: Dataset) -> None:
    keep(Material.of(mnist_5k))
    plan = small_plan(trials=6)

    def work(number: int) -> None:
        store = open_store(database, "at once", tmp_path / str(number))
        StudyEngine(plan, store, InlineCluster(2), mnist_5k).run()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, range(3)))
    view = StudyReader(open_store(database, "at once", tmp_path / "0")).read()
    assert [(trial.number, trial.state, trial.attempts) for trial in view.trials] == [
        (number, "finished", 1) for number in range(6)
    ]


def test_a_database_that_crashes_ends_the_command_in_one_line_and_the_study_goes_on(
    server: PostgresServer, tmp_path: Path, mnist_5k: Dataset, shared_cache: Path
) -> None:
    folder = tmp_path / "here"
    arguments = [*options(), "--name=crash", f"--trials={MANY}", f"--storage={server.address}", "--jobs=1"]
    with sweep(folder, *arguments) as command:
        log = folder / "experiments" / "crash" / "log.txt"
        wait_for(lambda: log.is_file() and "finished" in log.read_text(), "the first trial", 200)
        server.stop("immediate")
        try:
            command.communicate()
        finally:
            server.start()
    *_, last = (folder / "stderr").read_text().splitlines()
    assert command.returncode == 2
    assert "Traceback" not in (folder / "stderr").read_text()
    assert last.startswith("error: the storage can't be reached any more (")
    assert last.endswith("); the same command goes on")
    before = StudyReader(open_store(server.address, "crash", folder)).read()
    assert (before.state, 1 <= before.ended < MANY) == ("interrupted", True)
    with sweep(folder, *arguments) as command:
        result = ended(command, folder)
    plan = small_plan(trials=MANY).model_copy(update={"base": BASE})
    StudyEngine(plan, open_store(tmp_path, "calm"), InlineCluster(1), mnist_5k).run()
    calm = StudyReader(tmp_path, "calm").read()
    assert [(trial["number"], tuple(trial["values"])) for trial in result["trials"]] == [
        (trial.number, trial.values) for trial in calm.trials
    ]
    finished = [
        trial for trial in result["trials"] if trial["number"] in {one.number for one in before.trials if one.values}
    ]
    assert {trial["attempts"] for trial in finished} == {1}
