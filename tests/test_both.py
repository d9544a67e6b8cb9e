"""The order of all tests: what takes the longest is begun first."""

from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST, RANKS


@pytest.mark.parametrize("path", RANKS, ids=LONGEST_FIRST)
def test_a_file_that_comes_first_is_there(path: Path) -> None:
    assert path.is_file()
