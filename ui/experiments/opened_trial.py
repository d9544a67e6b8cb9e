"""A trial that was clicked: its settings go to Train, its network to the menus of Draw, Evaluate and Inside."""

from __future__ import annotations

import streamlit as st

from model.experiments.search import Search
from model.experiments.study_view import TrialView
from model.training import checkpoint
from ui import state
from ui.common import errors
from ui.experiments import searches
from ui.pickers import networks
from ui.train import controls


def take(search: Search, number: int) -> None:
    """Give a trial's settings to Train, and its network, if it was kept, to the menus."""
    trial = next((one for one in searches.view(search).trials if one.number == number), None)
    if trial is None or trial.config is None:
        return
    tab = state.tab()
    controls.set_widgets(trial.config)
    state.visitor().config = trial.config
    network = _network(search, trial)
    tab.opened_trial = (search.name, number, network)


def _network(search: Search, trial: TrialView) -> str | None:
    """The name of its network in the menus; None if it was not kept."""
    name = f"{search.plan.name}, trial {trial.number}"
    if name in state.visitor().networks:
        state.visitor().network, state.visitor().network_chosen_on = name, ""
        return name
    if trial.weights is None:
        return None
    try:
        return networks.add(name, checkpoint.load(trial.weights))
    except (OSError, ValueError):  # a better one has taken its place meanwhile
        return None


def show(search: Search) -> None:
    """What was done with the trial that was clicked last."""
    opened = state.tab().opened_trial
    if opened is None or opened[0] != search.name:
        return
    _, number, network = opened
    with st.container(key="opened_trial", border=True):
        if network:
            st.markdown(
                f"**Trial {number}**: its settings are on Train now, and its network in the menus as "
                f"{errors.escape_markdown(network)}."
            )
        else:
            st.markdown(
                f"**Trial {number}**: its settings are on Train now. A search keeps its best few networks; start a run "
                "on Train to get this one again, with the same seed."
            )
        with st.container(horizontal=True, gap="small"):
            st.page_link("train.py", label="Train", icon=":material/model_training:")
            if network:
                st.page_link("draw.py", label="Draw", icon=":material/draw:")
                st.page_link("evaluate.py", label="Evaluate", icon=":material/fact_check:")
                st.page_link("inside.py", label="Inside", icon=":material/hub:")
