"""A menu, and beside it a button to bring files of one's own: the shape of every picker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model.common import disk
from ui import state
from ui.common import errors
from ui.state import reading, runtime, stored_uploads, widget_state


class Files(NamedTuple):
    """What a picker takes from the visitor's disk."""

    label: str  # of the button
    formats: str  # which files, in a few words
    key: str  # of the uploader
    take: Callable[[Sequence[UploadedFile]], None]  # raises ValueError for files that can't be used
    multiple: bool = False
    max_megabytes: int | None = None


def choose(
    label: str,
    names: Sequence[str],
    selected: str,
    *,
    key: str,
    on_change: Callable[[str], None],
    files: Files,
    describe: Callable[[str], str] = str,
    explanation: str = "",
    more: Callable[[], None] | None = None,
) -> str:
    """Show a menu with the button for files beside it; returns the chosen name.

    Files that can't be used get a message below, and the selection stays.

    Args:
        selected: the name that the menu stands at.
        key: of the menu.
        on_change: is called with the name that the visitor has chosen.
        describe: what the menu says for a name.
        explanation: the menu's help.
        more: shows other ways to get something into the menu, below the place for files.
    """
    widget_state.put(key, selected)
    described = {name: describe(name) for name in names}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key=f"{key}_menu"):
        name = st.selectbox(
            label,
            names,
            key=key,
            format_func=lambda name: described.get(name, name),
            on_change=lambda: on_change(widget_state.get(key, selected)),
            help=explanation,
        )
        with st.popover(files.label, icon=":material/upload_file:", type="tertiary", key=f"load_{files.key}"):
            st.file_uploader(
                files.formats,
                accept_multiple_files=files.multiple,
                key=files.key,
                max_upload_size=stored_uploads.max_megabytes(files.max_megabytes),
                on_change=_take,
                args=(files,),
            )
            if more:
                more()
    if problem := state.visitor().file_problems.get(files.key):
        errors.show_error(problem)
    return name


def _take(files: Files) -> None:
    uploads = reading.new_files(files.key)
    if uploads is None:
        return
    with noting_problem(files.key):
        if uploads:
            files.take(uploads)


@contextmanager
def noting_problem(key: str) -> Iterator[None]:
    """Note why the files of an uploader can't be used, or what is made of them can't be written, to be shown below."""
    problems = state.visitor().file_problems
    problems.pop(key, None)
    try:
        yield
    except ValueError as error:
        problems[key] = str(error)
    except OSError as error:
        problems[key] = disk.describe(runtime.pool().folder, error)
