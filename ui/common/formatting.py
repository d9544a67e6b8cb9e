"""Numbers as text, in the same way on every page."""

import math


def percent(share: float, decimals: int = 1) -> str:
    """A share as a percentage; only a share of exactly 1 shows as 100 %, and only one of exactly 0 as 0 %."""
    if not math.isfinite(share):
        return "–"
    smallest = 10.0**-decimals
    if 0 < share < smallest / 200:
        return f"< {smallest:g} %"
    if 1 - smallest / 200 <= share < 1:
        return f"> {100 - smallest:.{decimals}f} %"
    return f"{100 * share:.{decimals}f} %"


def image_count(count: int) -> str:
    """A number of images: "1 image", "1,234 images"."""
    return "1 image" if count == 1 else f"{count:,} images"
