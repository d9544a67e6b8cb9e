"""Home: what this is, a digit being read, and the ways to the other pages."""

import streamlit as st

from ui import state
from ui.common import errors, layout, style
from ui.home import handwriting_demo
from ui.pickers import networks

CARDS = {
    "draw": (
        "Draw",
        ":material/draw:",
        "Write a digit with mouse or finger. The network reads it as you lift the pen.",
    ),
    "train": (
        "Train",
        ":material/model_training:",
        "Build a network, start it, and watch it learn, mistake by mistake.",
    ),
    "evaluate": (
        "Evaluate",
        ":material/fact_check:",
        "Test it on thousands of digits, and look at those it got wrong.",
    ),
}

state.enter_page("home")
style.apply()
page = layout.centered_page()
with page:
    st.title("See a neural network read handwriting", anchor=False)
    st.markdown(
        "Inkling learns to read digits before your eyes. Watch it learn, tune it while it learns, then test it "
        "with your own pen. All of it is plain arithmetic: a few matrices, written in NumPy alone."
    )
    with st.container(key="reading", border=True):
        try:
            handwriting_demo.show(networks.load_shipped(networks.DEFAULT).network)
        except (OSError, ValueError) as error:
            errors.show_error(f"The network can't be opened: {error}")
        else:
            st.caption("Read by a real network, again after each bit of ink. It changes its mind, as readers do.")
    for column, (name, (title, icon, words)) in zip(st.columns(3, gap="small"), CARDS.items(), strict=True):
        with column.container(key=f"card_{name}", border=True, height="stretch", gap="xsmall"):
            st.page_link(f"{name}.py", label=f"**{title}**", icon=icon)
            st.caption(words)
