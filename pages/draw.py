"""Draw: draw a digit with mouse, pen or finger, and see what the network predicts."""

import streamlit as st

from model import ink
from model.inference.classification import classify_images
from model.nn.classifier import DigitClassifier
from ui import state
from ui.common import errors
from ui.draw import canvas, comparison, drawing_strip, live_reading, paper, photo_upload, prediction
from ui.pickers import network_export, networks


@st.fragment
def draw_and_predict(name: str, network: DigitClassifier, upload: photo_upload.Shown) -> None:
    """All that a stroke changes, so that an answer does not wait for the rest of the page.

    Args:
        name: of the network in the menus.
        network: the one that predicts.
        upload: what the rest of the page shows of a photo.
    """
    with st.container(key="paper_and_tools"):
        sheet = st.container(key="canvas")
        with sheet:
            drawing = canvas.drawing_canvas()
            photos = photo_upload.photos()
            found = classify_images(network, [photo.image for photo in photos])
            answers = [prediction.in_short(each) for each in found]
            has_erased = paper.connect(answers)
        paper.tools(drawing)
    if has_erased or photo_upload.shown() != upload:
        st.rerun()

    photo, is_unread = photo_upload.photo(), photo_upload.is_unread()
    drawn = ink.render(drawing) if drawing.strokes and not is_unread else None
    image, caption = (photo.image, "Network input, from the picture") if photo else (drawn, "Network input")
    (reading,) = classify_images(network, [image])
    with st.container(key="answer_side"):
        photo_upload.choose(answers)
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            with st.container(key="answer", gap="xsmall"):
                st.container(key="prediction").html(prediction.headline_html(reading, is_unread))
                st.html(prediction.detail_html(reading))
                st.html(prediction.digit_likelihood_html(reading))
            st.container(key="seen", width="content").html(prediction.network_input_html(image, caption))
        st.container(key="probabilities").html(prediction.probability_bars_html(reading))
    with sheet:
        live_reading.connect(name)
    if not photo and not is_unread:
        drawing_strip.keep(drawing, image, reading)
    drawing_strip.show()
    comparison.show(image)
    state.visitor().content = state.tab().sheet.content


if state.enter_page("draw"):
    canvas.restore_drawing()

with st.container(key="draw"):
    st.title("Draw a digit")
    desk = st.container(key="desk")
    with st.container(key="choices"):
        with errors.stop_on_error("The network can't be opened"):
            name, checkpoint = networks.select_network()
        with st.container(key="onward", horizontal=True, gap="small"):
            if st.button("Look inside this answer", key="look_inside", icon=":material/hub:", type="tertiary"):
                st.switch_page("inside.py")
            network_export.show("Export this network", lambda: checkpoint, name)
        photo_upload.uploader()
    with desk:
        draw_and_predict(name, checkpoint.network, photo_upload.shown())
