"""The colors, each with one meaning on every page.

They come from the palette of Okabe and Ito (2008), which color-blind readers can tell apart too, and stand out from
light and from dark pages. The style sheet gets them as custom properties: `RIGHT` is `var(--right)` there.
"""

BLUE, SKY, GREEN = "#0072B2", "#56B4E9", "#009E73"
ORANGE, VERMILION, PINK = "#E69F00", "#D55E00", "#CC79A7"
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


def css_properties() -> str:
    """The colors that the style sheet uses, as custom properties of the page and of components with their own root."""
    colors = {"right": RIGHT, "wrong": WRONG, "other": OTHER, "paper": PAPER}
    properties = "".join(f"  --{name}: {color};\n" for name, color in colors.items())
    return f":root, :host {{\n{properties}}}\n"
