"""Draw: draw a digit with mouse, pen or finger, and see what the network predicts."""

import streamlit as st

from model import ink
from model.inference.classification import classify_images
from ui import state
from ui.common import errors
from ui.draw import canvas, comparison, drawing_strip, paper, photo_upload, prediction
from ui.pickers import networks


@st.fragment
def draw_and_predict() -> None:
    """Everything below the title: a stroke changes most of it, and none of the page around it."""
    desk = st.container(key="desk")
    with desk.container(key="paper_and_tools"):
        with st.container(key="canvas"):
            try:
                drawing = canvas.drawing_canvas()
            except ValueError as error:
                errors.show_error(f"The drawing can't be read: {error}. Clear it and draw again.")
                drawing = ink.Drawing(())
            paper.connect()
        paper.tools(drawing)

    with desk.container(key="answer_side"):
        answer = st.container(key="answer_and_input", horizontal=True, horizontal_alignment="distribute", gap="small")
        bars = st.container(key="probabilities")
        try:
            _, checkpoint = networks.select_network()
        except (OSError, ValueError) as error:
            errors.show_error(f"The network can't be opened: {error}")
            st.stop()
        photo_upload.uploader()

    photo = photo_upload.photo()
    drawn = ink.render(drawing) if drawing.strokes else None
    image, caption = (photo.image, "Network input, from the picture") if photo else (drawn, "Network input")
    (reading,) = classify_images(checkpoint.network, [image])
    if not photo:
        drawing_strip.keep(drawing, image, reading)
    with answer:
        with st.container(key="answer", gap="xsmall"):
            st.container(key="prediction").html(prediction.headline_html(reading))
            st.html(prediction.detail_html(reading))
            st.html(prediction.digit_likelihood_html(reading))
        st.container(key="seen", width="content").html(prediction.network_input_html(image, caption))
    bars.html(prediction.probability_bars_html(reading))
    drawing_strip.show()
    comparison.show(image)
    state.visitor().content = state.tab().sheet.content


if state.enter_page("draw"):
    canvas.restore_drawing()

with st.container(key="draw"):
    st.title("Draw a digit")
    draw_and_predict()
