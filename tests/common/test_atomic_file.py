import os
from pathlib import Path

import pytest

from model.common.atomic_file import atomic_folder, atomic_write


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


def test_content_is_on_the_disk_before_the_name_when_it_shall_be_durable(tmp_path, monkeypatch):
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


def test_a_folders_files_are_on_the_disk_before_its_name_when_it_shall_be_durable(tmp_path, monkeypatch):
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
