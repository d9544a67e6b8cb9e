"""The script that runs for every page: it finds the visitor's state, shows the menu, and runs the chosen page.

It lies beside the pages: a folder `pages` beside the script itself would be taken for Streamlit's older kind of app.
"""

from pathlib import Path

import streamlit as st

from ui import state
from ui.common import page_tools
from ui.server import lost, no_room
from ui.state import presentation

ICON = Path(__file__).parents[1] / "ui" / "common" / "icon.png"
PAGES = [
    st.Page("home.py", title="Home", icon=":material/home:", default=True),
    st.Page("draw.py", title="Draw", icon=":material/draw:", url_path="draw"),
    st.Page("train.py", title="Train", icon=":material/model_training:", url_path="train"),
    st.Page("evaluate.py", title="Evaluate", icon=":material/fact_check:", url_path="evaluate"),
    st.Page("inside.py", title="Inside", icon=":material/hub:", url_path="inside"),
    st.Page("experiments.py", title="Experiments", icon=":material/science:", url_path="experiments"),
]
page = st.navigation(PAGES, position="top")
st.set_page_config(page_title=f"{page.title} · Inkling", page_icon=ICON, layout="wide")
if not state.has_room():
    no_room.show()
    st.stop()
state.begin()
presentation.begin()
with st.container(key="tab_bar", horizontal=True, gap=None):  # the menu of a narrow window, see style.css
    for each in PAGES:
        st.page_link(each)
page_tools.show(
    presentation.COMPONENT_KEY,
    page.title,
    presenting=presentation.is_on(),
    window_height=state.tab().window_height,
    on_change=presentation.follow_browser,
)
lost.show()
page.run()
