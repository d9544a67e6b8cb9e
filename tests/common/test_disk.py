"""Messages about a full disk name it, say how much room it has, and what to do."""

import errno
import sys
from pathlib import Path

import numpy as np
import pytest

from model.common import disk


@pytest.mark.parametrize("number", sorted(disk.FULL))
def test_a_full_disk_is_named_with_its_room_and_what_to_do(tmp_path: Path, number: int) -> None:
    told = disk.describe(tmp_path, OSError(number, "no"))
    assert told.startswith(f"The disk with {tmp_path} is full (")
    assert "MB are free): make room on it, or set TMPDIR" in told


def test_other_problems_are_told_as_they_are(tmp_path: Path) -> None:
    assert disk.describe(tmp_path, PermissionError(errno.EACCES, "Permission denied")) == "[Errno 13] Permission denied"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_what_numpy_says_of_a_full_disk_is_understood(tmp_path: Path) -> None:
    from tests.full_disk import no_room

    with no_room(), pytest.raises(OSError, match=r"written|too large") as caught:
        np.save(tmp_path / "array.npy", np.zeros(100_000))
    assert disk.is_full(caught.value)
