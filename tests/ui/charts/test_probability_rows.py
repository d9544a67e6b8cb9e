"""The bars are the probabilities, and their colors tell right from wrong."""

import re

import numpy as np
import pytest

from ui.charts.probability_rows import probability_rows


def rows(probabilities: np.ndarray, label: int) -> list[tuple[str, float, str]]:
    """Each digit's kind, width and number."""
    found = re.findall(
        r'probability-fill probability-(\w+)" style="width: ([\d.]+)%"></span></span>'
        r'<span class="probability-percent">([^<]*)<',
        probability_rows(probabilities, label),
    )
    return [(kind, float(width), text) for kind, width, text in found]


def test_each_digit_has_its_bar() -> None:
    probabilities = np.full(10, 0.01, np.float32)
    probabilities[[3, 8]] = 0.62, 0.3
    found = rows(probabilities, label=8)
    assert [width / 100 for _, width, _ in found] == pytest.approx(probabilities.tolist(), abs=1e-4)
    assert [kind for kind, _, _ in found] == ["other"] * 3 + ["wrong"] + ["other"] * 4 + ["right", "other"]
    assert (found[3][2], found[0][2]) == ("62.0 %", "1.0 %")
    assert "wrong" not in {kind for kind, _, _ in rows(probabilities, label=3)}


def test_a_broken_network_s_probabilities_are_still_rows() -> None:
    assert [width for _, width, _ in rows(np.full(10, np.nan, np.float32), label=1)] == [0] * 10
