"""Error messages. What they quote, such as a file's name, is shown literally and never read as Markdown."""

import re

import streamlit as st


def show_error(text: str) -> None:
    """Show what went wrong, and what to do about it."""
    st.error(escape_markdown(text), icon=":material/error:")


def escape_markdown(text: str) -> str:
    """Escape every character that has a meaning in Markdown."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
