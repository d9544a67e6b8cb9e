"""Draw: draw a digit with mouse or finger, and see what the network predicts."""

import streamlit as st

from model import ink
from model.inference.classification import classify_images
from model.nn.classifier import DigitClassifier
from ui import state
from ui.common import errors, layout, style
from ui.draw import canvas, photo_upload, prediction
from ui.pickers import networks


@st.fragment
def write_and_read(network: DigitClassifier, problem: str | None) -> None:
    """The canvas and the answer: all that a stroke changes, so that an answer does not wait for the rest of the page.

    Args:
        problem: what the rest of the page says about an uploaded photo.
    """
    desk = st.container(horizontal=True, gap="medium")
    with desk.container(width=canvas.SIZE):
        try:
            drawing = canvas.drawing_canvas()
        except ValueError as error:
            errors.show_error(f"The drawing can't be read: {error}. Clear it and draw again.")
            drawing = ink.Drawing(())
        with st.container(horizontal=True, gap="small"):
            st.button("Clear", key="clear", icon=":material/ink_eraser:", on_click=canvas.clear)
            st.download_button(
                "Save drawing",
                lambda: drawing.to_json() + "\n",
                "drawing.jsonl",
                "application/jsonl",
                key="download_ink",
                on_click="ignore",
                icon=":material/download:",
                disabled=not drawing.strokes,
            )
    if photo_upload.error() != problem:
        st.rerun()

    image, caption = photo_upload.image(), "Network input, from your photo"
    if image is None:
        image, caption = ink.render(drawing) if drawing.strokes else None, "Network input"
    (reading,) = classify_images(network, [image])
    with desk.container(width=layout.PAGE_WIDTH - canvas.SIZE - layout.GAP):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            with st.container(key="answer", gap="xsmall"):
                st.container(key="prediction").html(prediction.headline_html(reading))
                st.html(prediction.detail_html(reading))
                st.html(prediction.digit_likelihood_html(reading))
            st.container(key="seen", width="content").html(prediction.network_input_html(image, caption))
        st.container(key="probabilities").html(prediction.probability_bars_html(reading))


if state.enter_page("draw"):
    canvas.restore_drawing()

style.apply()
page = layout.centered_page()
page.title("Draw a digit")
top = page.container()
with page.container(horizontal=True, gap="medium"):
    with st.container(width=layout.HALF_PAGE_WIDTH):
        photo_upload.uploader()
    with st.container(width=layout.HALF_PAGE_WIDTH):
        try:
            _, checkpoint = networks.select_network()
        except (OSError, ValueError) as error:
            errors.show_error(f"The network can't be opened: {error}")
            st.stop()

with top:
    write_and_read(checkpoint.network, photo_upload.error())
