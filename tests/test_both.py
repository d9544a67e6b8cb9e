"""`tests.both`: the files that it begins with exist, and no failure of either half is lost."""

from pathlib import Path

import pytest

from tests.both import exit_code
from tests.conftest import LONGEST_FIRST, RANKS


@pytest.mark.parametrize("path", RANKS, ids=LONGEST_FIRST)
def test_a_file_that_comes_first_is_there(path: Path) -> None:
    assert path.is_file()


@pytest.mark.parametrize(
    ("codes", "expected"), [({0}, 0), ({1, 0}, 1), ({-9, 0}, 9), ({5, 0}, 0), ({5, 1}, 1), ({5}, 5)], ids=str
)
def test_the_worse_half_decides_unless_it_had_no_tests(codes: set[int], expected: int) -> None:
    assert exit_code(codes) == expected
