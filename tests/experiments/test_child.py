"""The process of a search: it works at the study of its folder, leaves it when it is told to, and ends with the app."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from model.config import TrainingConfig
from model.experiments.child import delete
from model.experiments.control import Control
from model.experiments.plan import ExperimentPlan
from model.experiments.search_process import JOURNAL, LEFT, REQUEST
from model.experiments.space import SearchSpace
from model.experiments.study_reader import StudyReader
from tests.paths import ROOT
from tests.polling import is_running, wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks for process groups")


@pytest.fixture
def work() -> Iterator[Callable[[Path], subprocess.Popen[bytes]]]:
    """Starts the process of a search in its folder; in the end, it and those that it has started are killed."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "model.experiments.child", str(folder)]
        processes.append(subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, process_group=0))
        return processes[-1]

    yield start
    for process in processes:
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def begin(tmp_path: Path, session_cache: Path, work) -> Callable[..., tuple[subprocess.Popen[bytes], Path]]:
    def start(trials: int, *, is_first: bool = False) -> tuple[subprocess.Popen[bytes], Path]:
        plan = ExperimentPlan(
            name="search 1",
            base=TrainingConfig(hidden_sizes=(4,), epochs=1, training_size=300),
            space=SearchSpace.parse("learning_rate=log:1e-3..1"),
            trials=trials,
        )
        folder = tmp_path / "study"
        folder.mkdir()
        data = str(session_cache / "mnist-5k")
        request = {"plan": plan.model_dump(mode="json"), "data": data, "processes": 1, "is_first": is_first}
        (folder / REQUEST).write_text(json.dumps(request))
        return work(folder), folder

    return start


def ended(folder: Path) -> int:
    return StudyReader(folder / JOURNAL, "search 1").read().ended if (folder / "plan.json").exists() else 0


def has_ended(group: int) -> bool:
    """Whether no process of the group is left but zombies, which are left where nobody asks for their exit codes."""
    return not any(is_running(pid) for pid in psutil.pids() if group_of(pid) == group)


def group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def test_a_study_is_worked_at_to_its_end_after_its_first_trials(begin, work) -> None:
    process, folder = begin(3, is_first=True)
    assert process.wait() == LEFT
    assert ended(folder) == 1
    request = json.loads((folder / REQUEST).read_text())
    (folder / REQUEST).write_text(json.dumps({**request, "is_first": False}))
    again = work(folder)
    assert again.wait() == 0
    view = StudyReader(folder / JOURNAL, "search 1").read()
    assert [trial.state for trial in view.trials] == ["finished"] * 3
    assert view.best
    assert view.best.test_accuracy is not None


def test_a_pause_lets_trials_end_and_the_app_s_end_ends_all(begin, work) -> None:
    process, folder = begin(1000)
    wait_for(lambda: ended(folder) > 0, "the first trial")
    Control("pause").write(folder)
    assert process.wait() == LEFT
    view = StudyReader(folder / JOURNAL, "search 1").read()
    assert {trial.state for trial in view.trials} == {"finished"}
    Control("run").write(folder)
    again = work(folder)
    wait_for(lambda: ended(folder) > view.ended, "another trial")
    assert again.stdin
    again.stdin.close()
    assert again.wait() in (LEFT, -signal.SIGKILL)
    wait_for(lambda: has_ended(again.pid), "the end of the processes that it has started")
    assert not folder.exists()


def test_a_folder_is_deleted_though_somebody_still_writes_into_it(tmp_path: Path) -> None:
    folder, is_over = tmp_path / "study", threading.Event()

    def write() -> None:
        while not is_over.is_set():
            with suppress(FileNotFoundError), (folder / JOURNAL).open("ab") as journal:
                journal.write(b"a line\n")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(100):
            folder.mkdir()
            wait_for((folder / JOURNAL).exists, "a file")
            delete(folder)
            assert list(tmp_path.iterdir()) == []
    finally:
        is_over.set()
        writer.join()
