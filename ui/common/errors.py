"""Error messages. What they quote, such as a file's name, is shown literally and never read as Markdown."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st


def show_error(text: str) -> None:
    """Show what went wrong, and what to do about it."""
    st.error(escape_markdown(text), icon=":material/error:")


@contextmanager
def stop_on_error(what: str) -> Iterator[None]:
    """Show an error and end the page there, if a file can't be read or makes no sense.

    Args:
        what: what has failed, for the message.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        show_error(f"{what}: {error}")
        st.stop()


def escape_markdown(text: str) -> str:
    """Escape every character that has a meaning in Markdown."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
