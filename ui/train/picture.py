"""The charts as a picture to save, PNG or SVG; the browser makes it from what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from ui.charts import vega
from ui.charts.vega import Figure
from ui.common.components import component

_component = component(__file__)


def show(figures: Mapping[str, Figure], run: str) -> None:
    """The figures by their titles, drawn as they will be saved, and the buttons that save them in one picture.

    Args:
        run: the name of the run that they are about.
    """
    _component(key="picture", data={"name": file_name(run)})
    with st.container(key="picture_charts", width=640, gap=None):
        for title, figure in figures.items():
            chart = vega.as_svg(figure, f"{title}: {run}").chart()
            st.vega_lite_chart(chart, key=f"picture_{title.lower()}")


def file_name(run: str) -> str:
    """A name for the picture of a run, without its ending."""
    return re.sub(r"[^\w.]+", "-", run).strip("-.") or "run"
