"""Train: choose a network, start it, and tune it while it learns; it goes on while you look at other pages."""

import streamlit as st

from ui import state
from ui.common import errors, style
from ui.train import actions, controls, run_view

controls.begin(arriving=state.enter_page("train"))
style.apply()

st.title("Train a network")
watching, settings = st.columns([2, 1], gap="large")

with settings:
    notice = st.container()
    controls.choose_preset()
    tuning = st.container()
    dataset = controls.choose_dataset()
    picture = st.container()
    try:
        config = controls.choose_config(dataset, running=actions.running_config(), tuning=tuning)
    except ValueError as error:
        errors.show_error(str(error))
        st.stop()
    if problem := controls.address_problem():
        with notice:
            errors.show_error(f"In the address: {problem}")
    if state.visitor().job:
        with picture:
            run_view.draw(config)

actions.apply_live_settings(config)
with watching:
    run_view.show(config, dataset)
