"""The look of the HTML that Inkling writes itself: the style sheet, with the colors of the theme."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.common import theme


def style_sheet() -> str:
    """The style sheet, preceded by the theme's colors as custom properties."""
    return theme.css_properties() + Path(__file__).with_name("style.css").read_text()


def apply() -> None:
    """Add the style sheet to the page; call it once on each page that shows such HTML."""
    st.html(f"<style>{style_sheet()}</style>")
