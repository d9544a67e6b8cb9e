"""One image, large: the ten probabilities that the network gives it, and the way to Draw."""

from __future__ import annotations

import streamlit as st

from model.common.constants import IMAGE_SIDE
from model.ink.photo import DigitPhoto
from ui import state
from ui.charts import digit_images
from ui.charts.probability_rows import probability_rows
from ui.common import formatting
from ui.evaluate import examples
from ui.evaluate.results import Results

IMAGE_WIDTH = 168  # pixels: six to each of the image's


def choose(choice: str) -> None:
    """Have the image with this index opened in this run."""
    state.tab().opened_image = int(choice) if choice.isascii() and choice.isdecimal() else None


def open_chosen(results: Results) -> None:
    """Open the image that was chosen, if there is one; call it after what lets the visitor choose."""
    tab = state.tab()
    index, tab.opened_image = tab.opened_image, None
    if index is not None and index < results.count:
        title = f"Image no. {examples.number_of(index):,} of {results.count:,}"
        st.dialog(title)(_show)(results, index)


def _show(results: Results, index: int) -> None:
    shown = examples.captioned(results, index)
    confidence = formatting.percent(float(results.evaluation.confidence[index]))
    with st.container(key="sample", horizontal=True, gap="medium"):
        with st.container(width=IMAGE_WIDTH, gap="small"):
            st.html(digit_images.enlarged_image(shown.image, shown.caption))
            st.markdown(f"**{shown.caption}**  \nconfidence {confidence}")
        with st.container(key="answer"):
            st.html(probability_rows(results.evaluation.probabilities[index], int(results.samples.labels[index])))
    if st.button("Put it on Draw", key="to_draw", icon=":material/draw:", help="Shows it to other networks, too."):
        visitor = state.visitor()
        visitor.photo = DigitPhoto.of_image(results.samples.images[index].reshape(IMAGE_SIDE, IMAGE_SIDE).copy())
        visitor.photo_problem = None
        st.switch_page("draw.py")
