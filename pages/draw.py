"""Draw: draw a digit with mouse, pen or finger, and see what the network predicts."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model import ink
from model.inference.classification import classify_images
from model.nn.classifier import DigitClassifier
from ui import state
from ui.browser import networks as browser_networks
from ui.common import errors
from ui.draw import canvas, comparison, drawing_strip, live_reading, paper, photo_upload, prediction
from ui.pickers import network_export, networks


@st.fragment
def draw_and_predict(name: str, network: DigitClassifier, upload: photo_upload.Shown) -> None:
    """The paper with its tools, the answer and the strip; the rest of the page does not wait for them.

    Args:
        name: of the network in the menus.
        network: the one that predicts.
        upload: what the rest of the page shows of a photo.
    """
    photos = photo_upload.photos()
    answers = [prediction.in_short(each) for each in classify_images(network, [photo.image for photo in photos])]
    with st.container(key="paper_and_tools"):
        sheet = st.container(key="canvas")
        paper.tools()
    answer_side = st.container(key="answer_side")
    with answer_side:
        photo_upload.choose(answers)
    drawing_strip.show()
    others = comparison.box()
    with sheet:
        predict(network, browser_networks.address(name), upload, answer_side, others)
        has_erased = paper.connect(answers)
    if has_erased:
        st.rerun()


@st.fragment
def predict(
    network: DigitClassifier,
    address: str | None,
    upload: photo_upload.Shown,
    answer_side: DeltaGenerator,
    others: DeltaGenerator | None,
) -> None:
    """All that a stroke changes: as little as can be, for each part takes the time of all visitors.

    Args:
        network: the one that predicts.
        address: where the browser gets it.
        upload: what the rest of the page shows of a photo.
        answer_side: where the answer goes.
        others: where other networks' answers go, if they are wanted.
    """
    drawing = canvas.drawing_canvas()
    if photo_upload.shown() != upload:
        st.rerun()
    photo, is_unread = photo_upload.photo(), photo_upload.is_unread()
    drawn = ink.render(drawing) if drawing.strokes and not is_unread else None
    image, caption = (photo.image, "Network input, from the picture") if photo else (drawn, "Network input")
    (reading,) = classify_images(network, [image])
    picture = prediction.picture_of(image)
    answer_side.html(prediction.answer_html(reading, picture, caption, is_unread))
    if not photo and not is_unread:
        drawing_strip.keep(drawing, "" if image is None else picture, reading)
    live_reading.connect(address, drawing_strip.content())
    if others:
        comparison.show(others, image)
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
