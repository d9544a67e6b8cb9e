"""Pictures on a page are the very pixels, and their captions nothing but text."""

import base64
import re
from io import BytesIO

import numpy as np
from PIL import Image

from ui.charts import digit_images


def digit(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, 784, dtype=np.uint8)


def pixels(address: str) -> np.ndarray:
    kind, _, content = address.partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(BytesIO(base64.b64decode(content))))


def test_the_picture_is_the_image_pixel_for_pixel() -> None:
    assert (pixels(digit_images.data_url(digit(0).reshape(28, 28))) == digit(0).reshape(28, 28)).all()


def test_a_grid_shows_every_picture_in_order_with_its_caption() -> None:
    shown = [
        digit_images.CaptionedImage(digit(number), f"caption {number}", ("a", "b"), "#123456") for number in range(3)
    ]
    html = digit_images.gallery(shown)
    found = [pixels(address) for address in re.findall(r'src="([^"]+)"', html)]
    assert [(image == digit(number).reshape(28, 28)).all() for number, image in enumerate(found)] == [True] * 3
    assert re.findall(r">(caption \d)<", html) == ["caption 0", "caption 1", "caption 2"]


def test_captions_are_no_html() -> None:
    html = digit_images.gallery([digit_images.CaptionedImage(digit(0), '"><script>', ("<b>",), '"><i>')])
    assert not re.findall("<script|<b>|<i>", html)


def test_an_image_with_a_choice_is_a_button_and_another_is_not() -> None:
    image = digit_images.CaptionedImage(digit(0), "7", (), "#123456")
    assert "<button" not in digit_images.gallery([image])
    html = digit_images.gallery([image._replace(choice="41"), image._replace(choice="42")])
    assert re.findall(r'<button[^>]*data-choice="([^"]*)"', html) == ["41", "42"]


def test_no_pictures_are_an_empty_grid() -> None:
    assert "<img" not in digit_images.gallery([])
