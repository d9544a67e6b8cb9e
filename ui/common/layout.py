"""Widths in pixels that pages share, and the container that a page fills."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

PAGE_WIDTH = 900  # Home and Draw
WIDE_PAGE_WIDTH = 1120  # Evaluate


def centered_page(width: int = PAGE_WIDTH) -> DeltaGenerator:
    """A container of a width in pixels, or of the window's where that is less, in the middle of the page."""
    return st.container(horizontal_alignment="center").container(width=width, key="page_column")
