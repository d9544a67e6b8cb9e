import pytest

from model.common.formatting import format_duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.96, "10.0 s"), (59.4, "59.4 s"), (59.6, "1 min 0 s"), (882, "14 min 42 s")],
)
def test_a_duration_is_told_in_minutes_and_seconds(seconds, words):
    assert format_duration(seconds) == words
