import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model.common.atomic_file import atomic_folder, atomic_write
from tests.paths import ROOT


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_is_replaced_only_once_the_new_content_is_whole(tmp_path, durable):
    path = tmp_path / "network.bin"
    path.write_bytes(b"old")
    with atomic_write(path, durable=durable) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["network.bin"]


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, before):
    path = tmp_path / "network.bin"
    if before:
        path.write_bytes(before)

    def write_half():
        with atomic_write(path) as file:
            file.write(b"half of it")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert names(tmp_path) == (["network.bin"] if before else [])
    assert not before or path.read_bytes() == before


def test_writers_of_the_same_file_do_not_meet(tmp_path):
    path = tmp_path / "network.bin"
    with atomic_write(path) as first, atomic_write(path) as second:
        first.write(b"first")
        second.write(b"second")
    assert path.read_bytes() == b"first"  # the last to finish
    assert names(tmp_path) == ["network.bin"]


def test_a_file_in_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "missing" / "network.bin"):
        pass


def test_content_is_on_the_disk_before_the_name_when_durable(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: calls.append(names(tmp_path)))
    with atomic_write(tmp_path / "a", durable=True) as file:
        file.write(b"content")
    before, after = calls
    assert "a" not in before
    assert "a" in after  # the name itself
    with atomic_write(tmp_path / "b") as file:
        file.write(b"content")
    assert len(calls) == 2


def test_a_folder_appears_with_all_its_files(tmp_path):
    path = tmp_path / "deep" / "folder"
    with atomic_folder(path) as part:
        (part / "one").write_bytes(b"1")
        assert not path.exists()
    assert names(path) == ["one"]
    assert names(path.parent) == ["folder"]


def test_a_folders_files_are_on_the_disk_before_its_name_when_durable(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: calls.append((tmp_path / "folder").exists()))
    with atomic_folder(tmp_path / "folder", durable=True) as part:
        (part / "one").write_bytes(b"1")
        (part / "two").write_bytes(b"2")
    assert calls == [False, False, False, True]  # both files, their names, the folder's name


def test_a_folder_that_could_not_be_filled_is_removed(tmp_path):
    def fill_half():
        with atomic_folder(tmp_path / "folder") as part:
            (part / "one").write_bytes(b"1")
            raise KeyError

    with pytest.raises(KeyError):
        fill_half()
    assert names(tmp_path) == []


def test_a_folder_with_files_is_never_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_bytes(b"old")
    with pytest.raises(OSError, match="folder"), atomic_folder(tmp_path / "folder"):
        pass
    assert names(tmp_path / "folder") == ["old"]
    assert names(tmp_path) == ["folder"]


WRITER = """
import os, sys
from pathlib import Path
from model.common.atomic_file import atomic_folder, atomic_write
write, path = (atomic_write, atomic_folder)[int(sys.argv[2])], Path(sys.argv[1])
with write(path) as part:
    part.write(b"half of it") if write is atomic_write else (part / "one").write_bytes(b"half of it")
    print("writing", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
@pytest.mark.parametrize("kind", [0, 1], ids=["file", "folder"])
def test_what_a_killed_process_has_left_is_removed_by_the_next_and_nobody_elses(tmp_path, kind):
    path = tmp_path / "place"
    command = [sys.executable, "-c", WRITER, str(path), str(kind)]
    killed, living = (
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    )
    for process in (killed, living):
        assert process.stdout.readline() == "writing\n"
    (tmp_path / ".place-of-another").write_text("not ours")
    assert len(names(tmp_path)) == 3
    killed.kill()
    killed.wait()
    if kind:
        with atomic_folder(path) as part:
            (part / "one").write_bytes(b"all of it")
        path.joinpath("one").unlink()
        path.rmdir()
    else:
        with atomic_write(path) as file:
            file.write(b"all of it")
    left = sorted(names(tmp_path))
    assert len(left) == (2 if kind else 3)  # the living one's, and what is not ours
    assert ".place-of-another" in left
    living.communicate("\n")
    assert living.returncode == 0
    assert sorted(names(tmp_path)) == [".place-of-another", "place"]


def test_many_writers_at_once_never_remove_one_anothers(tmp_path):
    def write(number: int) -> None:
        for _ in range(50):
            with atomic_write(tmp_path / "file") as file:
                file.write(b"%d" % number * 1000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    content = (tmp_path / "file").read_bytes()
    assert len(content) == 1000
    assert len(set(content)) == 1
    assert names(tmp_path) == ["file"]
