"""One image, large: the ten probabilities that the network gives it, its neighbors, and the way to Draw."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.errors import StreamlitDuplicateElementId, StreamlitInvalidLayoutContextError

from model.common.constants import IMAGE_SIDE
from model.ink.photo import DigitPhoto
from ui import state
from ui.charts import digit_images
from ui.charts.probability_rows import probability_rows
from ui.common import formatting
from ui.evaluate import examples
from ui.evaluate.results import Results

IMAGE_WIDTH = 168  # pixels: six to each of the image's


def choose(index: int, among: Sequence[int]) -> None:
    """Have an image opened in this run.

    Args:
        index: of the image in the data set.
        among: the indices of the images to step through from there; nothing is opened if it is not one of them.
    """
    if index in among:
        state.tab().opening = (among, among.index(index))


def open_chosen(results: Results) -> None:
    """Open the image that was chosen, if there is one; call it after what lets the visitor choose."""
    tab = state.tab()
    opening, tab.opening = tab.opening, None
    if opening is None:
        return
    opened, tab.opened_image = tab.opened_image, opening
    try:
        _show(results)
    except (StreamlitDuplicateElementId, StreamlitInvalidLayoutContextError):
        # A slow app heard of two clicks at once: the image of the first is open.
        tab.opened_image = opened


def _step(by: int) -> None:
    if opened := state.tab().opened_image:
        among, place = opened
        state.tab().opened_image = (among, min(max(place + by, 0), len(among) - 1))


@st.dialog("Image")
def _show(results: Results) -> None:
    opened = state.tab().opened_image
    if not opened:
        return
    among, place = opened
    index = among[place]
    shown = examples.captioned(results, index)
    confidence = formatting.percent(float(results.evaluation.confidence[index]))
    with st.container(key="sample", horizontal=True, gap="medium"):
        with st.container(width=IMAGE_WIDTH, gap="small"):
            st.html(digit_images.enlarged_image(shown.image, shown.caption))
            number = f"no. {results.samples.number_of(index):,} of {results.samples.total:,}"
            st.markdown(f"**{shown.caption}**  \nconfidence {confidence}  \n{number}")
        with st.container(key="answer"):
            st.html(probability_rows(results.evaluation.probabilities[index], int(results.samples.labels[index])))
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        with st.container(horizontal=True, gap="small", width="content"):
            for name, by, icon in (("Previous", -1, "chevron_left"), ("Next", 1, "chevron_right")):
                is_last = not 0 <= place + by < len(among)
                key, icon = f"{name.lower()}_image", f":material/{icon}:"
                st.button(name, key=key, icon=icon, disabled=is_last, on_click=_step, args=(by,))
        if st.button("Put it on Draw", key="to_draw", icon=":material/draw:", help="Shows it to other networks, too."):
            visitor = state.visitor()
            visitor.photo = DigitPhoto.of_image(results.samples.image(index).reshape(IMAGE_SIDE, IMAGE_SIDE).copy())
            visitor.photos, visitor.photo_problem = (visitor.photo,), None
            st.switch_page("draw.py")
