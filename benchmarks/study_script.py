"""The page of study_app: the charts, and which trials were clicked."""

from pathlib import Path

import streamlit as st

from ui.common import style
from ui.experiments import study_charts

SHEET = Path(study_charts.__file__).with_name("style.css").read_text(encoding="utf-8")

st.set_page_config(layout="wide")
st.html(f"<style>{style.colors()}{SHEET}</style>")
clicked: list[int] = st.session_state.setdefault("clicked", [])
study_charts.show("told", "finished", 0, clicked.append)
st.text(f"Clicked: {clicked}")
