from pathlib import Path

import numpy as np
import pytest

from model.data import cache
from tests.full_disk import small_disk


def test_saved_arrays_come_back_mapped_and_read_only(tmp_path):
    arrays = {"some": np.arange(12).reshape(3, 4), "none": np.empty((0, 784), np.uint8)}
    cache.save_arrays(tmp_path / "new" / "folder", arrays)
    opened = cache.open_arrays(tmp_path / "new" / "folder", ["some", "none"])
    for array, expected in zip(opened, arrays.values(), strict=True):
        assert np.array_equal(array, expected)
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    with pytest.raises(ValueError, match="pickle"):
        cache.save_arrays(tmp_path / "folder", {"good": np.zeros(3), "bad": np.array([{}])})
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there_is_not_written_over(tmp_path):
    cache.save_arrays(tmp_path / "folder", {"array": np.zeros(3)})
    with pytest.raises(ValueError, match=r"expected a new folder .*; make room, or set INKLING_CACHE"):
        cache.save_arrays(tmp_path / "folder", {"array": np.ones(3)})
    assert not cache.open_arrays(tmp_path / "folder", ["array"])[0].any()
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY", b"\x93NUMPY\1\0\2\0((", b"text"])
def test_a_damaged_array_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "array.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"array\.npy: expected an array saved before; it cannot"):
        cache.open_arrays(tmp_path, ["array"])


@pytest.mark.parametrize("place", [0.1, 0.5, 0.99])
def test_a_flipped_bit_is_noticed(place, tmp_path):
    cache.save_arrays(tmp_path / "folder", {"array": np.arange(1000), "other": np.zeros(3)})
    file = tmp_path / "folder" / "array.npy"
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 4
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"array\.npy: expected an array saved before; it cannot be opened"):
        cache.open_arrays(tmp_path / "folder", ["array"])
    assert not cache.open_arrays(tmp_path / "folder", ["other"])[0].any()


def test_a_folder_from_before_there_were_checksums_is_not_trusted(tmp_path):
    cache.save_arrays(tmp_path / "folder", {"array": np.zeros(3)})
    (tmp_path / "folder" / cache.CHECKSUMS).unlink()
    with pytest.raises(ValueError, match=r"array\.npy: expected an array saved before"):
        cache.open_arrays(tmp_path / "folder", ["array"])


def test_a_full_disk_is_named_and_nothing_is_left_on_it(tmp_path):
    with small_disk(tmp_path, "100k"):
        with pytest.raises(cache.NotWrittenError, match=r"The disk with .* is full .*make room on it"):
            cache.save_arrays(tmp_path / "arrays", {"images": np.ones(10**6)})
        assert not list(tmp_path.iterdir())


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "mine"))
    assert cache.home() == tmp_path / "mine"
    assert cache.writable_home() == tmp_path / "mine"
    monkeypatch.delenv("INKLING_CACHE")
    assert cache.home().name == "inkling"


def test_a_temporary_folder_serves_where_nothing_can_be_written(no_temporary_home, monkeypatch):
    monkeypatch.setenv("INKLING_CACHE", "/dev/null/inkling")
    assert cache.home() == Path("/dev/null/inkling")
    assert cache.writable_home().is_dir()
    assert cache.writable_home() == cache.writable_home()
