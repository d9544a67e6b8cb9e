"""What an app has left behind goes when the next one starts; what a living one uses stays."""

import subprocess
import sys
from pathlib import Path

from model.jobs.work_folder import LOCK, WorkFolder, remove_abandoned
from tests.paths import ROOT

KILLED = """
import os, signal, sys
from pathlib import Path
from model.jobs.work_folder import WorkFolder
folder = WorkFolder(Path(sys.argv[1]))
(folder.path / "network.bin").write_bytes(bytes(1000))
print(folder.path, flush=True)
os._exit(9)
"""


def test_the_folder_of_an_app_that_was_killed_goes_when_the_next_one_starts(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=ROOT, capture_output=True, text=True)
    left = Path(killed.stdout.strip())
    assert (left / "network.bin").stat().st_size == 1000, killed.stderr
    WorkFolder(tmp_path).remove()
    assert not left.exists()


def test_the_folder_of_a_living_app_stays(tmp_path: Path) -> None:
    first = WorkFolder(tmp_path)
    (first.path / "network.bin").write_bytes(b"1")
    script = "import sys; from pathlib import Path; from model.jobs.work_folder import WorkFolder; "
    script += "WorkFolder(Path(sys.argv[1])).remove()"
    subprocess.run([sys.executable, "-c", script, tmp_path], cwd=ROOT, check=True)
    second = WorkFolder(tmp_path)
    assert (first.path / "network.bin").exists()
    assert second.path.exists()
    first.remove()
    second.remove()
    assert not any(tmp_path.iterdir())


def test_what_is_no_apps_folder_is_let_alone(tmp_path: Path) -> None:
    others = [tmp_path / "inkling-jobs-of-somebody", tmp_path / "something-else"]
    for folder in others:
        folder.mkdir()
    (others[1] / LOCK).touch()
    remove_abandoned(tmp_path)
    remove_abandoned(tmp_path / "missing")
    assert all(folder.exists() for folder in others)
