"""The process of a search: it works at the study of its folder, leaves it when it is told to, and ends with the app."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from model.config import TrainingConfig
from model.experiments.child import delete
from model.experiments.control import Control
from model.experiments.plan import ExperimentPlan
from model.experiments.search_process import JOURNAL, LEFT, REQUEST
from model.experiments.space import SearchSpace
from model.experiments.study_reader import StudyReader
from tests.paths import ROOT
from tests.polling import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks for process groups")


@pytest.fixture
def begin(tmp_path: Path, session_cache: Path) -> Callable[..., tuple[subprocess.Popen[bytes], Path]]:
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
        command = [sys.executable, "-m", "model.experiments.child", str(folder)]
        return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, process_group=0), folder

    return start


def ended(folder: Path) -> int:
    return StudyReader(folder / JOURNAL, "search 1").read().ended if (folder / "plan.json").exists() else 0


def has_ended(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_study_is_worked_at_to_its_end_after_its_first_trials(begin) -> None:
    process, folder = begin(3, is_first=True)
    assert process.wait(100) == LEFT
    assert ended(folder) == 1
    request = json.loads((folder / REQUEST).read_text())
    (folder / REQUEST).write_text(json.dumps({**request, "is_first": False}))
    again = subprocess.Popen(process.args, cwd=ROOT, stdin=subprocess.PIPE, process_group=0)
    assert again.wait(100) == 0
    view = StudyReader(folder / JOURNAL, "search 1").read()
    assert [trial.state for trial in view.trials] == ["finished"] * 3
    assert view.best
    assert view.best.test_accuracy is not None


def test_a_pause_lets_trials_end_and_the_app_s_end_ends_all(begin) -> None:
    process, folder = begin(1000)
    wait_for(lambda: ended(folder) > 0, "the first trial")
    Control("pause").write(folder)
    assert process.wait(100) == LEFT
    view = StudyReader(folder / JOURNAL, "search 1").read()
    assert {trial.state for trial in view.trials} == {"finished"}
    Control("run").write(folder)
    again = subprocess.Popen(process.args, cwd=ROOT, stdin=subprocess.PIPE, process_group=0)
    wait_for(lambda: ended(folder) > view.ended, "another trial")
    assert again.stdin
    again.stdin.close()
    assert again.wait(100) in (LEFT, -signal.SIGKILL)
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
