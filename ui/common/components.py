"""The parts of a page that are JavaScript: beside each module lie its script, and perhaps markup and a style sheet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import streamlit as st

_IN_COMMON = Path(__file__).with_name("component.js").read_text(encoding="utf-8")


def component(module: str, *, html: str | None = None, css: str = "", scripts: Iterable[str] = ()) -> Any:
    """Register the component of a module: legend.py has legend.js, and perhaps legend.html and legend.css.

    Without a style sheet of its own it has the page's.

    Args:
        module: the module's `__file__`.
        html: its markup, if it is not the file's.
        css: rules that its style sheet follows.
        scripts: the names of files beside it whose functions its script uses, as it does those of component.js.
    """
    path = Path(module)

    def beside(suffix: str) -> str | None:
        file = path.with_suffix(suffix)
        return file.read_text(encoding="utf-8") if file.exists() else None

    sheet = beside(".css")
    others = (path.with_name(f"{name}.js").read_text(encoding="utf-8") for name in scripts)
    return st.components.v2.component(
        f"inkling_{path.stem}",
        html=beside(".html") if html is None else html,
        css=None if sheet is None else css + sheet,
        js="\n".join((_IN_COMMON, *others, beside(".js") or "")),
        isolate_styles=sheet is not None,
    )
