"""Inside: one answer of a network explained, while one draws."""

import streamlit as st

from ui import state
from ui.common import errors
from ui.draw import canvas, live_reading, paper, photo_upload
from ui.inside import explained, explanation
from ui.inside.explained import Explained


@st.fragment
def draw_and_explain(network: Explained) -> None:
    """The paper with its tools, and the explanation."""
    with st.container(key="paper_and_tools"):
        sheet = st.container(key="canvas")
        paper.tools()
    with st.container(key="explanation_place"):
        if explanation.is_possible(network):
            explanation.show(network, photo_upload.photo())
        else:
            st.info(
                f"This network is too large to be explained in a browser: it has {network.num_parameters:,} "
                "parameters. Choose a smaller one; on the Draw page it reads all the same.",
                icon=":material/info:",
            )
    with sheet:
        keep_drawing(photo_upload.shown())
        has_erased = paper.connect()
    if has_erased:
        st.rerun()


@st.fragment
def keep_drawing(upload: photo_upload.Shown) -> None:
    """All that a stroke changes; the browser explains it by itself.

    Args:
        upload: what the explanation shows of a photo.
    """
    canvas.drawing_canvas()
    if photo_upload.shown() != upload:
        st.rerun()
    live_reading.connect()
    state.visitor().content = state.tab().sheet.content


if state.enter_page("inside"):
    canvas.restore_drawing()

with st.container(key="inside"):
    st.title("Inside a network")
    desk = st.container(key="desk")
    with st.container(key="choices"):
        with errors.stop_on_error("The network can't be opened"):
            network = explained.select()
        explained.keep_up(network)
    with desk:
        draw_and_explain(network)
