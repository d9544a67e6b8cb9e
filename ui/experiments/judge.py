"""The drawings by which a search's networks are judged: the visitor's own of this visit, or those of an ink file."""

from __future__ import annotations

import streamlit as st

from model.common import disk
from model.ink import DIGITS
from model.reading.uploads import labeled_drawings
from ui import state
from ui.common import errors
from ui.state import reading, runtime, stored_uploads
from ui.state.tab_state import InkFile

OWN, FILE = "my drawings", "an ink file"
UPLOADER = "judge_file"
MAX_MEGABYTES = 10
NONE_OWN = "Draw digits on the Draw page, and say there what each of them shows."
NONE_FILE = "Load a file with drawings, as the Draw page saves them; several can be put together."
NO_JUDGE = "accuracy on drawings needs labeled drawings"


def choose() -> bytes:
    """The widgets; returns the drawings, one a line.

    Raises:
        ValueError: there is none.
    """
    own = _own()
    judge = st.segmented_control(
        "Evaluated on",
        [OWN, FILE],
        default=OWN if own else FILE,
        key="judge",
        persist_state="session",
        required=True,
        help="Networks learn from the data set, and are evaluated on drawings that none of them has seen. "
        "The more drawings and the more writers, the more such an accuracy says.",
    )
    lines, count, problem = (own, len(own.splitlines()), NONE_OWN) if judge == OWN else _from_file()
    st.caption(f"{count:,} labeled {'drawing' if count == 1 else 'drawings'}." if count else problem)
    if not count:
        raise ValueError(NO_JUDGE)
    return lines


def _own() -> bytes:
    """The drawings of this visit of which the visitor has said what they show."""
    drawings = [logged.drawing for logged in state.visitor().drawings.drawings]
    return "".join(f"{drawing.to_json()}\n" for drawing in drawings if drawing.label in DIGITS).encode()


def _from_file() -> tuple[bytes, int, str]:
    st.file_uploader(
        "Drawings (JSON lines)",
        key=UPLOADER,
        max_upload_size=stored_uploads.max_megabytes(MAX_MEGABYTES),
        on_change=_take,
    )
    if problem := state.visitor().file_problems.get(UPLOADER):
        errors.show_error(problem)
    kept = state.tab().judge
    return (kept.content, kept.num_drawings, "") if kept else (b"", 0, NONE_FILE)


def _take() -> None:
    """Read the file that has come."""
    uploads = reading.new_files(UPLOADER)
    if not uploads:
        return
    (file,) = uploads
    problems = state.visitor().file_problems
    problems.pop(UPLOADER, None)
    state.tab().judge = None
    try:
        content, count = reading.read_upload(file.name, file.size, labeled_drawings, file.getvalue(), file.name)
        state.tab().judge = InkFile(content, count)
    except ValueError as error:
        problems[UPLOADER] = str(error)
    except OSError as error:
        problems[UPLOADER] = disk.describe(runtime.pool().folder, error)
