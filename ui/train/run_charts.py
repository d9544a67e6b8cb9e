"""The charts of the Train page: loss and accuracy of the selected run and of those that it is compared with."""

from __future__ import annotations

import streamlit as st

from model.jobs import Job
from ui.charts import learning_curves
from ui.charts.learning_curves import Look
from ui.common import glossary
from ui.train import runs, snapshots


def show(job: Job | None) -> None:
    """The curves of a run; without one the axes, into which those of the next run come."""
    snapshot = snapshots.selected(job.state()) if job else None
    options = runs.chart_options()
    look = Look(options.smoothing, options.log, options.log_epochs, snapshot.epoch if snapshot else None)
    curves, end = runs.curves(job, options)
    left, right = st.columns(2)
    with left, st.container(key="loss_chart"):
        st.markdown("**Loss**", help=glossary.explain("loss"))
        st.vega_lite_chart(learning_curves.loss_curve(curves, end, look).chart(), key="loss_curve")
    with right, st.container(key="accuracy_chart"):
        st.markdown("**Accuracy**", help=glossary.explain("accuracy"))
        st.vega_lite_chart(learning_curves.accuracy_curve(curves, end, look).chart(), key="accuracy_curve")
