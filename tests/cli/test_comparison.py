"""A reproduced figure is written beside what was published, with its band."""

import pytest

from model.cli import comparison
from model.presets import PublishedFigure, at_least, within


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (within("accuracy", 0.8686, 0.015), "85.36 % to 88.36 %"),
        (at_least("f1", 0.9269), "at least 92.69 %"),
        (PublishedFigure("cost_per_output", 0.2, highest=0.25), "at most 0.250000"),
        (PublishedFigure("seconds_to_best", 882), ""),
    ],
)
def test_a_band_is_told_in_words(figure, words):
    assert comparison.band(figure) == words
