"""Inkling: watch a neural network learn to read handwriting, tune it while it learns, test it with your own pen."""

from pathlib import Path

import streamlit as st

from ui.state import session

st.set_page_config(page_title="Inkling", page_icon=Path(__file__).parent / "ui" / "common" / "icon.png", layout="wide")
session.begin()

PAGES = [
    st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("pages/draw.py", title="Draw", icon=":material/draw:", url_path="draw"),
    st.Page("pages/train.py", title="Train", icon=":material/model_training:", url_path="train"),
    st.Page("pages/evaluate.py", title="Evaluate", icon=":material/fact_check:", url_path="evaluate"),
]
st.navigation(PAGES, position="top").run()
