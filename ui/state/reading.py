"""Files that a visitor has brought are read in a process of their own: a hostile one ends that, and not the app."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui.state import runtime, widget_state
from ui.state.session import visitor

T = TypeVar("T")


def read_upload(what: str, size: int, reader: Callable[..., T], *arguments: object) -> T:
    """Return `reader(*arguments)`, computed in a process with limits of memory and time.

    Args:
        what: what messages call the file.
        size: its bytes.
        reader: a function of a module, which knows no Streamlit and no session.
        arguments: they and what it returns must be picklable.

    Raises:
        ValueError: the reader has raised it, or the file takes more memory or time than there is for it.
        OSError: the reader has raised it.
    """
    return runtime.readers().read(what, size, visitor().name, reader, *arguments)


def new_files(key: str) -> list[UploadedFile] | None:
    """The files that an uploader has; None if nothing has come, but the server has let go of one that was read."""
    sent: object = widget_state.get(key, None)
    files = sent if isinstance(sent, list) else [sent] if sent else []
    here = [file for file in files if isinstance(file, UploadedFile)]
    return here if here or not files else None
