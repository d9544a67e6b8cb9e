"""The smallest app with a canvas. It says which strokes reached the script, and can fail on purpose."""

import json

import streamlit as st
from streamlit_drawable_canvas import st_canvas

with st.container(key="canvas"):
    result = st_canvas(
        stroke_width=18,
        stroke_color="#ffffff",
        background_color="#000000",
        width=280,
        height=280,
        drawing_mode="freedraw",
        key="paper",
    )
paths = [drawn["path"] for drawn in (result.json_data or {}).get("objects", [])]
st.code(json.dumps(paths), language="json")
if st.button("Fail in the browser"):
    st.html("<script>throw new Error('on purpose')</script>", unsafe_allow_javascript=True)
