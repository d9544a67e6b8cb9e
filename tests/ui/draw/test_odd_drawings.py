"""What people draw besides digits has a sensible answer: what is no digit is called none, a thin line is read."""

import re

import numpy as np
import pytest

from model.inference.classification import classify_images
from model.ink import Drawing, render
from model.training import checkpoint
from ui.draw import prediction
from ui.draw.fabric import PEN_WIDTH
from ui.draw.sample_digits import sample_digit


def arc(x: float, y: float, radius: float, begin: float = 0.0, end: float = 2 * np.pi) -> np.ndarray:
    angles = np.linspace(begin, end, 40)
    return np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)


def side_by_side(left: int, right: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    pairs = (sample_digit(left, rng), 0), (sample_digit(right, rng), 150)
    return [stroke * [0.45, 0.6] + [x, 56] for digit, x in pairs for stroke in digit.strokes]


NO_DIGITS = {
    "smiley": [arc(140, 140, 100), arc(105, 110, 8), arc(175, 110, 8), arc(140, 140, 55, 0.3, np.pi - 0.3)],
    "A": [np.array([[60.0, 240], [140, 30], [220, 240]]), np.array([[95.0, 160], [185, 160]])],
    "tap": [np.array([[140.0, 140]])],
    **{f"{left} and {right}": side_by_side(left, right) for left, right in ((1, 2), (4, 7), (3, 3), (1, 1), (1, 0))},
}


def read(strokes: list[np.ndarray], pen: float = PEN_WIDTH) -> str:
    """Return what Draw says at first sight."""
    network = checkpoint.load(checkpoint.DEFAULT_WEIGHTS).network
    (reading,) = classify_images(network, [render(Drawing(tuple(strokes), pen=pen))])
    return re.sub(r"<[^>]+>", "", prediction.headline_html(reading)).strip()


@pytest.mark.parametrize("strokes", NO_DIGITS.values(), ids=list(NO_DIGITS))
def test_a_drawing_of_something_else_is_rejected(strokes: list[np.ndarray]) -> None:
    assert "look like a digit" in read(strokes)


@pytest.mark.parametrize("pen", [0.5, 1.0, PEN_WIDTH])
def test_a_line_is_a_one_however_thin(pen: float) -> None:
    assert read([np.array([[140.0, 30], [140, 250]])], pen).startswith("1")
