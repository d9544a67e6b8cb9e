"""Train: choose a network, start it, and tune it while it learns; it goes on while you look at other pages."""

import streamlit as st

from ui import answer, controls, learning, messages, session, steering

controls.begin(arriving=session.entered("train"))
answer.style()

st.title("Train a network")
watching, settings = st.columns([2, 1], gap="large")

with settings:
    if problem := controls.address_problem():
        messages.problem(f"The address has a setting that can't be used: {problem}")
    controls.choose_preset()
    tuning = st.container()
    dataset = controls.choose_dataset()
    picture = st.container()
    try:
        config = controls.choose_config(dataset, running=steering.running_config(), tuning=tuning)
    except ValueError as error:
        messages.problem(str(error))
        st.stop()
    if session.job():
        with picture:
            learning.draw(config)

steering.tune(config)
with watching:
    learning.show(config, dataset)
