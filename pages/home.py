"""Home: what Inkling is, a network that reads digits as they are written, and links to the other pages."""

import streamlit as st

from ui import state
from ui.common import errors, layout
from ui.home import cards, handwriting_demo
from ui.pickers import networks

state.enter_page("home")
page = layout.centered_page()
with page:
    st.title("See a neural network read handwriting", anchor=False)
    st.markdown(
        "Train a network to read digits, change its settings while it learns, then test it with your own pen. "
        "No framework: every step is NumPy code you can read."
    )
    with st.container(key="reading", border=True):
        try:
            handwriting_demo.show(networks.DEFAULT)
        except (OSError, ValueError) as error:
            errors.show_error(f"The network can't be opened: {error}")
    cards.show()
