"""The script that runs for every page: it finds the visitor's state, shows the menu, and runs the chosen page.

It lies beside the pages: a folder `pages` beside the script itself would be taken for Streamlit's older kind of app.
"""

from pathlib import Path

import streamlit as st

from ui import state

ICON = Path(__file__).parents[1] / "ui" / "common" / "icon.png"
st.set_page_config(page_title="Inkling", page_icon=ICON, layout="wide")
state.begin()

PAGES = [
    st.Page("home.py", title="Home", icon=":material/home:", default=True),
    st.Page("draw.py", title="Draw", icon=":material/draw:", url_path="draw"),
    st.Page("train.py", title="Train", icon=":material/model_training:", url_path="train"),
    st.Page("evaluate.py", title="Evaluate", icon=":material/fact_check:", url_path="evaluate"),
]
st.navigation(PAGES, position="top").run()
