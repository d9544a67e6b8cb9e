"""Where the app lies on its server: at the root, or below a path that a proxy hands on to it."""

from __future__ import annotations

import streamlit as st


def below(path: str) -> str:
    """An address of the app, such as "health", as the server gets it: with the base path in front, if it has one."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/{path}" if base else f"/{path}"
