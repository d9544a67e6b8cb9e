"""Claims about photographs as phones make them: what lies around the digit, is printed under it, or falls on it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from model.common.arrays import U8
from model.inference.classification import classify_images
from model.ink import BlankDrawing, read_ink
from model.ink.photo import find_digits, read_photo
from model.training import checkpoint
from tests.paths import INK
from tools.photographs import camera, surfaces
from tools.photographs.digits import Digit
from tools.photographs.kinds import KINDS
from tools.photographs.recipe import Recipe

DIGITS = [Digit(int(drawing.label or 0), drawing) for drawing in read_ink(INK)]
SHAPE = (480, 360)
NETWORK = checkpoint.load(checkpoint.DEFAULT_WEIGHTS).network


def digit(label: int) -> Digit:
    return next(digit for digit in DIGITS if digit.label == label)


def read(images: list[U8]) -> str:
    """What the network reads, a digit each; a dash stands for what it takes for none."""
    answers = classify_images(NETWORK, list(images))
    return "".join("-" if answer.verdict == "no digit" else str(answer.digit) for answer in answers)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_photograph_is_read(kind: str) -> None:
    for label in (3, 5):
        recipe = Recipe(digit(label), np.random.default_rng(label), False, SHAPE)
        assert read([read_photo(KINDS[kind](recipe))]) == str(label)


def page(*places: tuple[int, int, int, int]) -> np.ndarray:
    """White paper with digits on it, each as label, top, left and height."""
    paper = np.full((400, 600, 3), 0.95)
    for label, top, left, height in places:
        paper = surfaces.ink_on(paper, digit(label).mask(height, 7), (top, left), (0.1, 0.1, 0.3))
    return paper


def test_several_digits_are_read_by_rows_each_in_its_box() -> None:
    found = find_digits(camera.develop(255 * page((3, 30, 60, 120), (1, 45, 300, 110), (4, 240, 50, 120)), 90))
    assert read([each.image for each in found]) == "314"
    boxes = [each.box for each in found]
    assert [round(box[0] * 600) for box in boxes] == pytest.approx([60, 300, 50], abs=12)
    assert all(box[3] - box[1] == pytest.approx(120 / 400, abs=0.06) for box in boxes)


def test_small_marks_beside_a_digit_are_no_digits() -> None:
    paper = page((5, 120, 200, 220))
    paper = surfaces.small_print(paper, (0, 10, 600, 50), 20, (0.1, 0.1, 0.1), np.random.default_rng(0))
    assert read([each.image for each in find_digits(camera.develop(255 * paper, None))]) == "5"


def test_a_line_under_a_digit_is_no_digit() -> None:
    paper = surfaces.draw_lines(page((4, 60, 200, 200)), [(150, 320, 420, 318)], (0.1, 0.1, 0.3), 7)
    assert read([each.image for each in find_digits(camera.develop(255 * paper, 90))]) == "4"


def test_an_eight_of_two_rings_is_one_digit() -> None:
    picture = np.full((400, 400), 240.0)
    y, x = np.mgrid[:400, :400]
    for row, radius in ((120, 60), (262, 72)):
        picture[np.abs(np.hypot(y - row, x - 200) - radius) < 7] = 30
    buffer = io.BytesIO()
    Image.fromarray(picture.astype(np.uint8)).save(buffer, "PNG")
    (found,) = find_digits(buffer.getvalue())
    assert read([found.image]) == "8"


@pytest.mark.parametrize("bars", [1, 2])
def test_bars_of_shadow_across_a_digit_are_no_strokes(bars: int) -> None:
    paper = page((3, 60, 200, 260))
    light = camera.bars(paper.shape[:2], 0.5, 4, np.random.default_rng(bars))
    assert read([read_photo(camera.develop(255 * paper * light[..., None], 90))]) == "3"


@pytest.mark.parametrize("width", [2, 5])
def test_ink_on_a_line_stays_whole(width: int) -> None:
    clean = page((2, 100, 200, 200))
    lined = surfaces.ruled(clean * 0 + 0.95, 40, (0.5, 0.6, 0.85), width, np.random.default_rng(3))
    lined = surfaces.ink_on(lined, digit(2).mask(200, 7), (100, 200), (0.1, 0.1, 0.3))
    images = [read_photo(camera.develop(255 * each, 90)).astype(np.float64) for each in (clean, lined)]
    assert np.corrcoef(images[0].ravel(), images[1].ravel())[0, 1] > 0.9


@pytest.mark.parametrize("spacing", [25, 60])
def test_lined_paper_without_ink_is_nothing_drawn(spacing: int) -> None:
    paper = surfaces.squared(page(), spacing, (0.5, 0.6, 0.85), 2, np.random.default_rng(0))
    with pytest.raises(BlankDrawing):
        find_digits(camera.develop(255 * paper, 90))


def test_the_same_recipe_makes_the_same_picture() -> None:
    files = [KINDS["torn"](Recipe(digit(7), np.random.default_rng(4), True, SHAPE)) for _ in range(2)]
    assert files[0] == files[1]
