"""Train: choose a network, start it, and watch it learn; it goes on while you look at other pages."""

import streamlit as st

from ui import controls, datasets, learning, messages, session

controls.begin(arriving=session.entered("train"))

st.title("Train a network")
watching, settings = st.columns([2, 1], gap="large")

with settings:
    controls.choose_preset()
    dataset = datasets.choose()
    if problem := controls.address_problem():
        messages.problem(f"The address has a setting that can't be used: {problem}")
    try:
        config = controls.choose_config(dataset)
    except ValueError as error:
        messages.problem(str(error))
        st.stop()

with watching:
    learning.buttons(config, dataset)
    learning.show(config)
