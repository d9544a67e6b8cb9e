"""Claims about picture files: paper, light and file format make no difference to the digit that is read."""

import os
import subprocess
import sys
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from model.ink import BlankDrawing, read_ink, render
from model.ink.mnist_layout import center_of_mass, longer_side, stroke_width
from model.ink.photo import find_digit, read_photo
from model.reading.readers import ONE_THREAD
from tests.paths import INK, ROOT
from tests.pictures import image_file

DIGITS = [render(drawing) for drawing in read_ink(INK)]


def page(image: np.ndarray, size: int = 320, corner: tuple[int, int] = (70, 40)) -> np.ndarray:
    """How much ink a page of `size` pixels has, 0..1, with the digit 8 times as large at the corner."""
    large = Image.fromarray(image).resize((224, 224), Image.Resampling.BICUBIC)
    ink = np.zeros((size, size))
    part = np.clip((np.asarray(large, float) / 255 - 0.5) * 4 + 0.5, 0, 1)
    top, left = corner
    ink[top : top + 224, left : left + 224] = part
    return ink


def gray(values: np.ndarray) -> np.ndarray:
    return np.rint(values).clip(0, 255).astype(np.uint8)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two images, one moved by up to a pixel, since a center of mass near a half may round
    either way: 1 for the same image."""
    shifted = [np.roll(one, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(float(np.corrcoef(image.ravel(), other.ravel())[0, 1]) for image in shifted)


def photo(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pen on paper with texture, under light that falls off, with a hard shadow, seen by a noisy camera."""
    y, x = np.mgrid[-1 : 1 : ink.shape[0] * 1j, -1 : 1 : ink.shape[1] * 1j]
    light = (0.85 + 0.15 * x) * np.where(x + 0.5 * y > 0.2, 0.65, 1.0)
    texture = ndimage.gaussian_filter(rng.normal(0, 10, ink.shape), 1.5)
    seen = (210 - 150 * ink + texture) * ndimage.gaussian_filter(light, 4)
    return gray(ndimage.gaussian_filter(seen, 0.8) + rng.normal(0, 4, ink.shape))


@pytest.mark.parametrize("format", ["PNG", "BMP", "GIF", "TIFF"])
def test_an_image_in_mnist_s_layout_comes_out_as_itself(format):
    for image in DIGITS[::3]:
        np.testing.assert_array_equal(read_photo(image_file(image, format)), image)
        np.testing.assert_array_equal(read_photo(image_file(255 - image, format)), image)


@pytest.mark.parametrize("index", range(0, 30, 2))
def test_a_photo_with_shadow_and_noise_reads_like_the_digit(index):
    image = read_photo(image_file(photo(page(DIGITS[index]), np.random.default_rng(index)), "JPEG", quality=70))
    assert longer_side(image) == 20
    assert np.rint(center_of_mass(image)).tolist() == [14, 14]
    assert likeness(image, DIGITS[index]) > 0.85


def test_dark_on_light_and_light_on_dark_read_alike():
    ink = page(DIGITS[6])
    dark, light = gray(250 - 230 * ink), gray(5 + 230 * ink)
    assert likeness(read_photo(image_file(dark)), DIGITS[6]) > 0.9
    assert likeness(read_photo(image_file(light)), DIGITS[6]) > 0.9


def test_place_on_the_page_does_not_matter():
    one, other = (read_photo(image_file(gray(250 - 230 * page(DIGITS[9], 400, at)))) for at in ((0, 0), (160, 120)))
    assert likeness(one, other) > 0.98


@pytest.mark.parametrize("color", [0, 255, 120])
def test_ink_of_one_color_on_a_transparent_background_is_read(color):
    ink = page(DIGITS[12])
    pixels = np.full((*ink.shape, 4), color, np.uint8)
    pixels[..., 3] = gray(255 * ink)
    for format in ("PNG", "WEBP"):
        assert likeness(read_photo(image_file(pixels, format, lossless=True)), DIGITS[12]) > 0.9


def test_paper_cut_out_on_a_transparent_background_is_still_paper():
    pixels = np.repeat(gray(240 - 220 * page(DIGITS[12]))[..., None], 4, axis=2)
    pixels[..., 3] = 255
    pixels[:20, :, 3] = 0
    assert likeness(read_photo(image_file(pixels)), DIGITS[12]) > 0.9


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_read(mode):
    shades = gray(250 - 230 * page(DIGITS[24]))
    if mode == "I;16":
        data = image_file(shades.astype(np.uint16) * 257)
    else:
        data = image_file(Image.fromarray(shades).convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    assert likeness(read_photo(data), DIGITS[24]) > 0.9


def test_a_camera_held_sideways_is_turned_upright():
    sideways = Image.fromarray(gray(250 - 230 * page(DIGITS[21]))).rotate(90)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to show
    assert likeness(read_photo(image_file(sideways, "JPEG", exif=exif)), DIGITS[21]) > 0.9


def test_specks_beside_the_digit_are_left_out():
    ink = page(DIGITS[15])
    ink[5:9, 5:9] = ink[300:304, 290:295] = 1
    assert likeness(read_photo(image_file(gray(250 - 230 * ink))), DIGITS[15]) > 0.9


@pytest.mark.parametrize("width", [4, 60])
def test_thin_pens_and_fat_markers_are_brought_to_mnist_s_width(width):
    ink = np.zeros((600, 600))
    angle = np.linspace(0, 2 * np.pi, 2000)
    ink[(300 + 180 * np.sin(angle)).astype(int), (300 + 130 * np.cos(angle)).astype(int)] = 1
    ink = ndimage.distance_transform_edt(ink == 0) <= width / 2
    assert 2.1 <= stroke_width(read_photo(image_file(gray(240 - 200 * ink)))) <= 4.3


def test_a_file_on_disk_is_read(tmp_path):
    (tmp_path / "digit.png").write_bytes(image_file(DIGITS[0]))
    np.testing.assert_array_equal(read_photo(tmp_path / "digit.png"), DIGITS[0])


def blank_pages() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    nothing = np.zeros((300, 300))
    speck = nothing.copy()
    speck[100:104, 100:104] = 1
    return {
        "white": np.full((100, 100), 255, np.uint8),
        "black": np.zeros((28, 28), np.uint8),
        "one pixel": np.zeros((1, 1), np.uint8),
        "paper with a shadow": photo(nothing, rng),
        "noise": gray(rng.normal(200, 20, (300, 300))),
        "gradient": np.tile(np.linspace(90, 250, 300), (200, 1)).astype(np.uint8),
        "speck": gray(240 - 200 * speck),
        "transparent": np.zeros((50, 50, 4), np.uint8),
    }


@pytest.mark.parametrize("name", blank_pages())
def test_blank_paper_is_nothing_drawn(name):
    with pytest.raises(BlankDrawing):
        read_photo(image_file(blank_pages()[name]))


def enormous_png() -> bytes:
    """A PNG whose header promises 30,000 x 30,000 pixels, in a hundred bytes."""
    header = b"IHDR" + (30_000).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    chunk = (13).to_bytes(4, "big") + header + zlib.crc32(header).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk + bytes(60)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"\x89PNG\r\n\x1a\n",
        image_file(page(DIGITS[0]) > 0)[:200],
        image_file(photo(page(DIGITS[0]), np.random.default_rng(0)), "JPEG")[:3000],
        image_file(DIGITS[0], "PPM"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        enormous_png(),
        image_file(Image.new("1", (8000, 7000))),
        image_file(Image.new("L", (3000, 2))),
        bytes(20_000_001),
    ],
    ids=[
        "empty", "text", "signature", "cut PNG", "cut JPEG", "PPM", "EPS", "bomb", "56 MP", "strip", "21 MB",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_line(data):
    with pytest.raises(ValueError, match="picture") as caught:
        read_photo(data)
    assert not isinstance(caught.value, BlankDrawing)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("file_format", ["PNG", "HEIF"])
def test_the_digit_is_found_where_it_stands_in_the_picture(file_format):
    pillow_heif.register_heif_opener()
    paper = Image.new("RGB", (1600, 1200), (230, 225, 210))
    ImageDraw.Draw(paper).line([(1200, 300), (1200, 900)], fill=(40, 40, 60), width=60)
    content = image_file(paper, file_format)
    found = find_digit(content)
    assert found.picture.shape == (450, 600, 3)
    np.testing.assert_allclose(found.box, (1170 / 1600, 300 / 1200, 1230 / 1600, 900 / 1200), atol=0.01)
    np.testing.assert_array_equal(found.image, read_photo(content))


def test_an_image_in_mnists_layout_fills_its_own_box():
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = 255
    found = find_digit(image_file(image))
    np.testing.assert_array_equal(found.image, image)
    assert found.box == (12 / 28, 4 / 28, 16 / 28, 24 / 28)


LARGE_MODES = ["I;16", "RGBA", "P", "1"]
READ_ALL = """
import resource, sys
from pathlib import Path
from model.ink import BlankDrawing
from model.ink.photo import read_photo
resource.setrlimit(resource.RLIMIT_DATA, (512 * 2**20, resource.RLIM_INFINITY))
for path in map(Path, sys.argv[1:]):
    try:
        read_photo(path)
    except BlankDrawing as blank:
        print(f"{path.name}: {blank}")
    except (MemoryError, ValueError) as error:
        print(f"{path.name}: {error!r}")
"""


@pytest.fixture(scope="module")
def read_with_little_memory(tmp_path_factory):
    """What a process with little memory says of white pictures of 49 million pixels, by their modes."""
    folder, said = tmp_path_factory.mktemp("large"), {}
    for mode in LARGE_MODES:
        shades = np.full((7000, 7000), 255, np.uint16 if mode == "I;16" else np.uint8)
        Image.fromarray(shades).convert(mode).save(folder / f"{mode}.png", compress_level=1)
    command = [sys.executable, "-c", READ_ALL, *sorted(folder.iterdir())]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | ONE_THREAD, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        name, _, words = line.partition(": ")
        said[name.removesuffix(".png")] = words
    return said


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system may not limit it")
@pytest.mark.parametrize("mode", LARGE_MODES)
def test_a_small_file_with_many_pixels_fills_the_memory_only_once(mode, read_with_little_memory):
    assert read_with_little_memory[mode].startswith("no ink found")


def test_a_jpeg_whose_scans_are_repeated_is_refused_before_it_is_decoded():
    data = image_file(gray(250 - 230 * page(DIGITS[21])), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert likeness(read_photo(data), DIGITS[21]) > 0.9
    with pytest.raises(ValueError, match="at most 100 scans"):
        read_photo(data[:-2] + data[last:-2] * 100 + data[-2:])


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA", "I;16"])
def test_a_large_picture_is_read_as_a_small_one(mode):
    shades = np.kron(gray(250 - 230 * page(DIGITS[24])), np.ones((5, 5), np.uint8))
    picture = shades.astype(np.uint16) * 257 if mode == "I;16" else Image.fromarray(shades).convert(mode)
    found = find_digit(image_file(picture))
    assert likeness(found.image, DIGITS[24]) > 0.9
    assert max(found.picture.shape[:2]) == 600
