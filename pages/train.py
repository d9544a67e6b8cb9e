"""Train: choose a network, start it, and tune it while it learns; it goes on while you look at other pages."""

import streamlit as st

from ui import state
from ui.common import errors
from ui.train import actions, controls, gallery, run_view, share, varying

controls.begin(arriving=state.enter_page("train"))

with st.container(key="train"):
    with st.container(key="title", horizontal=True, vertical_alignment="center"):
        st.title("Train a network")
        sharing = st.container(key="share", width="content")
    watching, settings = st.columns([2, 1], gap="medium")

with settings:
    notice = st.container()
    with st.container(key="presets"):
        controls.choose_preset()
        gallery.show()
        varying.offer()
    places = controls.places()
    dataset = controls.choose_dataset(places)
    try:
        running, live = actions.running_config(), actions.is_live()
        config = controls.choose_config(dataset, places, running=running, live=live)
    except ValueError as error:
        errors.show_error(str(error))
        st.stop()
    if problem := controls.address_problem():
        with notice:
            errors.show_error(f"In the address: {problem}")

actions.apply_live_settings(config)
with watching:
    run_view.show(config, dataset)
with sharing:
    share.show(config)
