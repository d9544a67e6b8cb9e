"""The answer's HTML says what the probabilities say, and shows the very pixels that the network gets."""

import base64
import html
import io
import re

import numpy as np
import pytest
from PIL import Image

from model.inference.classification import Classification
from ui.draw import prediction

NEARLY_EVEN = np.array([0.02, 0, 0, 0.48, 0, 0, 0, 0, 0.40, 0.10], np.float32)


def words(content: str) -> list[str]:
    return html.unescape(re.sub(r"<[^>]*>", " ", content)).split()


def certain(digit: int, probability: float) -> np.ndarray:
    probabilities = np.full(10, (1 - probability) / 9, np.float32)
    probabilities[digit] = probability
    return probabilities


@pytest.fixture(params=[None, 0.97, 0.5, 0.2], ids="is_digit {}".format)
def is_digit(request: pytest.FixtureRequest) -> float | None:
    return request.param


def test_nothing_drawn_is_no_digit() -> None:
    blank = Classification(None)
    assert words(prediction.headline_html(blank)) == ["Draw", "a", "digit"]
    assert words(prediction.detail_html(blank)) == words(prediction.digit_likelihood_html(blank)) == []
    assert words(prediction.probability_bars_html(blank)) == list("0123456789")


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.8, "80.0 %"), (0.9934, "99.3 %"), (0.9992, "99.9 %"), (0.9996, "> 99.9 %"), (1.0, "> 99.9 %")],
)
def test_the_digit_comes_with_its_probability_and_never_with_certainty(probability: float, shown: str) -> None:
    assert words(prediction.headline_html(Classification(certain(7, probability)))) == ["7", *shown.split()]


@pytest.mark.parametrize(
    ("probabilities", "is_digit", "said", "more"),
    [
        (NEARLY_EVEN, None, "perhaps a 3, or an 8", "3: 48.0 %, 8: 40.0 %"),
        (NEARLY_EVEN, 0.6, "perhaps a 3, or an 8", "3: 48.0 %, 8: 40.0 %"),
        (certain(8, 0.99), 0.6, "perhaps an 8", "8: 99.0 %, if a digit at all"),
        (certain(8, 0.99), 0.4, "That doesn't look like a digit", "closest match: 8"),
        (NEARLY_EVEN, 0.4, "That doesn't look like a digit", "closest match: 3"),
    ],
)
def test_an_unsure_answer_says_perhaps_and_a_rejected_one_that_it_is_no_digit(
    probabilities: np.ndarray, is_digit: float | None, said: str, more: str
) -> None:
    reading = Classification(probabilities, is_digit=is_digit)
    assert html.unescape(re.sub(r"<[^>]*>", "", prediction.headline_html(reading))) == said
    assert " ".join(words(prediction.detail_html(reading))) == more


def test_a_second_choice_is_named_only_where_the_first_is_unsure() -> None:
    second = np.array([0.01, 0, 0, 0.85, 0, 0, 0, 0, 0.13, 0.01], np.float32)
    assert words(prediction.detail_html(Classification(second))) == ["or", "an", "8,", "13.0", "%"]
    assert words(prediction.detail_html(Classification(certain(7, 0.95)))) == []


@pytest.mark.parametrize(
    ("is_digit", "shown"), [(0.0, "< 1 %"), (0.134, "13 %"), (0.972, "97 %"), (0.9999, "> 99 %"), (1.0, "> 99 %")]
)
def test_the_meter_says_how_much_it_looks_like_a_digit(is_digit: float, shown: str) -> None:
    content = prediction.digit_likelihood_html(Classification(certain(7, 0.95), is_digit=is_digit))
    assert words(content) == ["Is", "it", "a", "digit?", *shown.split()]
    (width,) = re.findall(r"width: ([\d.]+)%", content)
    assert float(width) / 100 == pytest.approx(is_digit, abs=1e-3)


def test_each_bar_is_as_high_as_its_probability(is_digit: float | None) -> None:
    content = prediction.probability_bars_html(Classification(NEARLY_EVEN, is_digit=is_digit))
    heights = [float(height) / 100 for height in re.findall(r"height: ([\d.]+)%", content)]
    np.testing.assert_allclose(heights, NEARLY_EVEN, atol=1e-4)
    assert content.index("bar-best") == content.index('bar-best" title="3:')
    assert content.count("bar-best") == 1
    assert ("bars-dimmed" in content) == (is_digit == 0.2)


def test_the_image_shown_is_the_image_read() -> None:
    image = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    content = prediction.answer_html(Classification(None), prediction.picture_of(image), "seen")
    (source,) = re.findall(r'src="data:image/png;base64,([^"]*)"', content)
    shown = Image.open(io.BytesIO(base64.b64decode(source)))
    np.testing.assert_array_equal(np.asarray(shown), image)


@pytest.mark.parametrize(("is_digit", "said"), [(None, "4"), (0.97, "4"), (0.6, "4?"), (0.1, "–")])
def test_an_answer_in_short(is_digit: float | None, said: str) -> None:
    assert prediction.in_short(Classification(certain(4, 0.95), None, is_digit)) == said


def test_no_answer_in_short_is_a_dash() -> None:
    assert prediction.in_short(Classification(None)) == "–"
