"""Home: what Inkling is, a network that reads digits as they are written, and links to the other pages."""

import streamlit as st

from ui import state
from ui.common import errors, layout, style
from ui.home import handwriting_demo
from ui.pickers import networks

CARDS = {
    "draw": (
        "Draw",
        ":material/draw:",
        "Draw a digit with mouse or finger. The network predicts it when you lift the pen.",
    ),
    "train": (
        "Train",
        ":material/model_training:",
        "Configure a network, start training, and watch the loss fall and the accuracy rise.",
    ),
    "evaluate": (
        "Evaluate",
        ":material/fact_check:",
        "Test a network on thousands of digits, and look at the misclassified ones.",
    ),
}

state.enter_page("home")
style.apply()
page = layout.centered_page()
with page:
    st.title("See a neural network read handwriting", anchor=False)
    st.markdown(
        "Train a network to read digits, change its settings while it learns, then test it with your own pen. "
        "No framework: every step is NumPy code you can read."
    )
    with st.container(key="reading", border=True):
        try:
            handwriting_demo.show(networks.load_shipped(networks.DEFAULT).network)
        except (OSError, ValueError) as error:
            errors.show_error(f"The network can't be opened: {error}")
        else:
            st.caption("A real network predicts while the ink appears.")
    for column, (name, (title, icon, words)) in zip(st.columns(3, gap="small"), CARDS.items(), strict=True):
        with column.container(key=f"card_{name}", border=True, height="stretch", gap="xsmall"):
            st.page_link(f"{name}.py", label=f"**{title}**", icon=icon)
            st.caption(words)
