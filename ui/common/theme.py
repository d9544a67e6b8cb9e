"""The colors, each with one meaning on every page.

They come from the palette of Okabe and Ito (2008), which color-blind readers can tell apart too; its lighter colors are
darkened, so that a line in any of them stands out from light and from dark pages (by at least 3:1). The style sheet
gets them as custom properties: `RIGHT` is `var(--right)` there.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class Shades(NamedTuple):
    """A color that is another one on a light page and on a dark one."""

    light: str
    dark: str


PAGE = Shades("#FCFBF8", "#12161D")  # as in .streamlit/config.toml
TEXT = Shades("#111720", "#E9ECF1")  # as in .streamlit/config.toml, too
CHART_TEXT = Shades("#5A6069", "#AEB4BE")
ON_PRIMARY = Shades("#FFFFFF", "#12161D")  # text on the primary color
TEXT_CONTRAST = 4.5

BLUE, SKY, GREEN = "#0072B2", "#2F93CC", "#009E73"
ORANGE, VERMILION, PINK = "#B87F00", "#D55E00", "#C06A9A"
GRAY = "#8A8F98"

RIGHT = TRAINING = BLUE  # the answer, what is right, the training images
WRONG = VALIDATION = VERMILION  # what is wrong, the validation images
OTHER = GRAY  # all the rest

PAPER = "#000000"  # black, as MNIST's images are
PEN = "#FFFFFF"

RUN_COLORS = (GREEN, PINK, ORANGE, SKY)  # of the other runs: the colors that have no other meaning
LAYER_COLORS = (BLUE, SKY, GREEN, ORANGE, VERMILION, PINK, GRAY)  # from the first layer to the last, cold to warm

TILE_POSITIVE = VERMILION  # of the first layer's weights
TILE_NEGATIVE = BLUE
TILE_NEUTRAL = "#F7F7F7"
TILE_GAP = "#C8C8C8"


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a color "#RRGGBB"."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def rgba(color: str, opacity: float) -> str:
    """A color "#RRGGBB" with an opacity from 0 to 1, as CSS and Plotly write it."""
    return f"rgba{(*rgb(color), opacity)}"


def luminance(color: str) -> float:
    """The relative luminance of a color "#RRGGBB", from 0 to 1, as WCAG 2 defines it."""
    shares = (value / 255 for value in rgb(color))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: str, other: str) -> float:
    """The contrast of two colors, from 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(color), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def text_shades(color: str) -> Shades:
    """A color in shades that can be read as text: darker on a light page, lighter on a dark one."""
    return Shades(_readable(color, PAGE.light, 0), _readable(color, PAGE.dark, 255))


def _readable(color: str, page: str, towards: int) -> str:
    """The nearest mixture of a color with black (0) or white (255) that can be read on a page."""
    mixtures = ([value + (towards - value) * share / 20 for value in rgb(color)] for share in range(21))
    shades = ("#" + "".join(f"{round(value):02X}" for value in mixture) for mixture in mixtures)
    return next(shade for shade in shades if contrast(shade, page) >= TEXT_CONTRAST)


def css_properties() -> str:
    """The colors that the style sheet uses, as custom properties of the page and of components with their own root."""
    shades = {"page": PAGE, "text": TEXT, "on-primary": ON_PRIMARY}
    shades |= {"positive": text_shades(TILE_POSITIVE), "negative": text_shades(TILE_NEGATIVE)}
    colors = {"right": RIGHT, "wrong": WRONG, "other": OTHER, "paper": PAPER, "pen": PEN}
    colors |= {name: f"light-dark({light}, {dark})" for name, (light, dark) in shades.items()}
    properties = "".join(f"  --{name}: {color};\n" for name, color in colors.items())
    return f":root, :host {{\n{properties}}}\n"
