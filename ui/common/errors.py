"""A message tells what went wrong. What it quotes, a file's name say, is shown as it is, never taken for Markdown."""

import re

import streamlit as st


def show_error(text: str) -> None:
    """Say what went wrong, and what to do about it."""
    st.error(escape_markdown(text), icon=":material/error:")


def escape_markdown(text: str) -> str:
    """The text with every sign escaped that Markdown could take for its own."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
