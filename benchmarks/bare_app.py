"""The least that a page with a canvas can be: the same canvas as Draw's, and a count of what it has sent."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

with st.container(key="canvas"):
    st_canvas(stroke_width=16, stroke_color="#FFFFFF", background_color="#000000", width=280, height=280, key="paper")
st.session_state["count"] = st.session_state.get("count", -1) + 1
st.container(key="prediction").html(f"<div>{st.session_state['count']}</div>")
