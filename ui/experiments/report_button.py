"""The button that gives the report of an experiment, one HTML file, which is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from model.experiments.report.content import Report


def show(make: Callable[[], Report], stem: str, key: str) -> None:
    """The button.

    Args:
        make: makes the report; what that takes should be imported there, for it takes half a second to load.
        stem: the file's name, without its ending.
        key: the button's.
    """
    st.download_button(
        "Report",
        lambda: html(make),
        f"{stem}.html",
        "text/html",
        key=key,
        icon=":material/download:",
        on_click="ignore",
        help="Figures, tables, settings and versions as one HTML file.",
    )


def html(make: Callable[[], Report]) -> bytes:
    """The file's content."""
    from model.experiments.report.html import to_html

    return to_html(make())
