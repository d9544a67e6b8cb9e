"""What the tests of data share."""

from collections.abc import Iterator

import pytest

from model.data import cache


@pytest.fixture
def no_temporary_home() -> Iterator[None]:
    """The process has no temporary folder for data before the test, and none after it."""
    cache._temporary.cache_clear()
    yield
    cache._temporary.cache_clear()
