"""The parts of a page that are JavaScript: beside each module lie its script, and perhaps markup and a style sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(module: str, *, html: str | None = None) -> Any:
    """Register the component of a module: legend.py has legend.js, and perhaps legend.html and legend.css.

    Without a style sheet of its own it has the page's.

    Args:
        module: the module's `__file__`.
        html: its markup, if it is not the file's.
    """
    path = Path(module)

    def beside(suffix: str) -> str | None:
        file = path.with_suffix(suffix)
        return file.read_text(encoding="utf-8") if file.exists() else None

    css = beside(".css")
    return st.components.v2.component(
        f"inkling_{path.stem}",
        html=beside(".html") if html is None else html,
        css=css,
        js=beside(".js"),
        isolate_styles=css is not None,
    )
