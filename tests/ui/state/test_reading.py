"""Files that a visitor brings are read in another process, and those that the server has let go of change nothing."""

import os

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.screens import SECONDS, sound


def script() -> None:
    import os

    import streamlit as st
    from streamlit.runtime.uploaded_file_manager import DeletedFile

    from model.ink.photo import find_digit
    from ui import state
    from ui.state import reading

    state.begin()
    st.session_state["nothing"] = None
    st.session_state["let go"] = DeletedFile("a file")
    st.session_state["all let go"] = [DeletedFile("a file"), DeletedFile("another")]
    for key in ("nothing", "let go", "all let go"):
        st.session_state[f"new {key}"] = str(reading.new_files(key))
    st.session_state["pid"] = reading.read_upload("it", 0, os.getpid)
    try:
        reading.read_upload("the picture", 2, find_digit, b"no")
    except ValueError as error:
        st.session_state["problem"] = str(error)


@pytest.fixture(scope="module")
def screen() -> AppTest:
    screen = sound(AppTest.from_function(script, default_timeout=SECONDS).run())
    return screen


def test_a_reader_runs_in_another_process_and_its_error_comes_back(screen: AppTest) -> None:
    assert screen.session_state["pid"] != os.getpid()
    assert "a picture must be a PNG" in screen.session_state["problem"]


def test_an_empty_uploader_has_no_files_and_deleted_files_are_not_new(screen: AppTest) -> None:
    assert screen.session_state["new nothing"] == "[]"
    assert screen.session_state["new let go"] == screen.session_state["new all let go"] == "None"
