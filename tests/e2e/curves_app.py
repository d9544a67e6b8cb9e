"""The smallest app with live figures: at every look there are more points, and after some looks a mark."""

import math

import numpy as np
import streamlit as st

from model.training.diagnostics import Diagnostics
from model.training.history import ConfigChange, HistoryPoint
from ui.charts import learning_curves
from ui.charts.curve_lines import Curve
from ui.charts.layer_norms_chart import layer_norms_chart
from ui.charts.learning_curves import Look
from ui.charts.probe_chart import probe_chart

EPOCHS, SHARE = 10, 0.02  # of an epoch, that a point stands for
SECONDS_BETWEEN_LOOKS = 1  # at each, the browser draws four figures


def point(place: int, rate: float) -> HistoryPoint:
    epoch = place * SHARE
    loss = 0.1 + math.exp(-rate * epoch)
    validation = (loss, 1 - loss / 2) if place % 5 == 0 else (None, None)
    return HistoryPoint(epoch, place, loss, 1 - loss / 2, loss, 1 - loss / 2, *validation, 0.001)


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def watch() -> None:
    looks = st.session_state.looks = st.session_state.get("looks", 0) + 1
    count = min(25 * looks, 100 + looks)  # soon so slowly that the end of the axis stays free
    points = [point(place, 0.5) for place in range(count)]
    marks = [ConfigChange(epoch, 0, {"learning_rate": 0.01}) for epoch in (0.5, 1.0) if epoch <= points[-1].epoch]
    shown = [
        Curve("the other", [point(place, 0.2) for place in range(501)]),
        Curve("mine", points, marks, current=True),
    ]
    seen = [Diagnostics(it.epoch, it.step, (1,), (it.loss,), (it.loss,), (), np.zeros(0, np.uint8)) for it in points]
    history = [(it.epoch, [0.1] * 10) for it in points]
    figures = {
        "loss_chart": learning_curves.loss_curve(shown, EPOCHS, Look(smoothing=0.5)),
        "accuracy_chart": learning_curves.accuracy_curve(shown, EPOCHS, Look(log=True, log_epochs=True)),
        "layers_view": layer_norms_chart(seen, (784, 10), EPOCHS),
        "followed_digit": probe_chart(history, EPOCHS),
    }
    for key, figure in figures.items():
        with st.container(key=key):
            st.vega_lite_chart(figure.chart(), key=f"{key}_figure")
    st.text(f"{len(points)} points, {len(marks)} marks")


watch()
