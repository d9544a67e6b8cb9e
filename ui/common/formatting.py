"""Numbers in words, alike on every page."""

import math


def percent(share: float, decimals: int = 1) -> str:
    """A share as a percentage that is 100 only where nothing is missing, and 0 only where there is nothing."""
    if not math.isfinite(share):
        return "–"
    smallest = 10.0**-decimals
    if 0 < share < smallest / 200:
        return f"< {smallest:g} %"
    if 1 - smallest / 200 <= share < 1:
        return f"> {100 - smallest:.{decimals}f} %"
    return f"{100 * share:.{decimals}f} %"


def image_count(count: int) -> str:
    """A number of images, in words."""
    return "1 image" if count == 1 else f"{count:,} images"
