"""The answer's HTML says what the probabilities say, and shows the very pixels that the network gets."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from ui import answer

NEARLY_EVEN = np.array([0.02, 0, 0, 0.48, 0, 0, 0, 0, 0.40, 0.10], np.float32)


def words(html: str) -> list[str]:
    return re.sub(r"<[^>]*>", " ", html).replace("&nbsp;", " ").split()


def certain(digit: int, probability: float) -> np.ndarray:
    probabilities = np.full(10, (1 - probability) / 9, np.float32)
    probabilities[digit] = probability
    return probabilities


def test_nothing_drawn_is_no_digit() -> None:
    assert words(answer.prediction(None)) == ["Draw", "a", "digit"]
    assert words(answer.second_choice(None)) == []
    assert words(answer.bars(None)) == list("0123456789")


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.5, "50.0 %"), (0.9934, "99.3 %"), (0.9992, "99.9 %"), (0.9996, "> 99.9 %"), (1.0, "> 99.9 %")],
)
def test_the_digit_comes_with_its_probability_and_never_with_certainty(probability: float, shown: str) -> None:
    assert words(answer.prediction(certain(7, probability))) == ["7", *shown.split()]


def test_a_second_choice_is_named_only_where_the_first_is_unsure() -> None:
    assert words(answer.second_choice(NEARLY_EVEN)) == ["or", "an", "8,", "40.0", "%"]
    assert words(answer.second_choice(certain(7, 0.95))) == []


def test_each_bar_is_as_high_as_its_probability() -> None:
    html = answer.bars(NEARLY_EVEN)
    heights = [float(height) / 100 for height in re.findall(r"height: ([\d.]+)%", html)]
    np.testing.assert_allclose(heights, NEARLY_EVEN, atol=1e-4)
    assert html.index("bar-best") == html.index('bar-best" title="3:')
    assert html.count("bar-best") == 1


def test_the_image_shown_is_the_image_read() -> None:
    image = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    (source,) = re.findall(r'src="data:image/png;base64,([^"]*)"', answer.seen(image, "seen"))
    shown = Image.open(io.BytesIO(base64.b64decode(source)))
    np.testing.assert_array_equal(np.asarray(shown), image)
