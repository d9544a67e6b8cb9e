"""The values of widgets, by their keys: for what is decided before a widget is drawn, or elsewhere on the page."""

from __future__ import annotations

from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def get(key: str, default: T) -> T:
    """What a widget stands at; the default as long as it was never drawn or set."""
    value: T = st.session_state.get(key, default)
    return value


def put(key: str, value: Any) -> None:
    """Give a widget a value: before it is drawn, or in a callback.

    One that it stands at already is not put anew: the browser would be told to show it, and would so undo a choice that
    a visitor makes at that moment.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
