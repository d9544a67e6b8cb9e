"""The look of the HTML that Inkling writes itself: the packages' style sheets, with the colors of the theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from model import browser
from ui.common import theme


@cache
def style_sheet() -> str:
    """The theme's colors as custom properties, the look of an answer, and the style.css of each package of ui."""
    own = [sheet.read_text(encoding="utf-8") for sheet in sorted(Path(__file__).parents[1].glob("*/style.css"))]
    return "\n".join([colors() + browser.style_sheet("answer", "visually_hidden", "pill"), *own])


def colors() -> str:
    """The theme's colors alone, for a component that has its own style sheet."""
    return theme.css_properties()
