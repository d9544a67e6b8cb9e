"""The charts of the Train page: loss and accuracy of the selected run and of those that it is compared with."""

from __future__ import annotations

import streamlit as st

from model.jobs import Job
from ui import state
from ui.charts import curve_lines, curve_summary, curve_table, learning_curves, vega
from ui.charts.curve_lines import Curve
from ui.charts.learning_curves import Look
from ui.common import glossary
from ui.state import jobs, presentation
from ui.train import chart_options, controls, legend, snapshots
from ui.train.chart_options import ChartOptions


def show(job: Job | None) -> None:
    """The legend and the curves of a run; without one the axes, into which those of the next run come."""
    options = chart_options.current()
    curves, end = curves_of(job, options)
    snapshot = snapshots.selected(job.state()) if job else None
    look = Look(
        options.smoothing,
        options.log,
        options.log_epochs,
        snapshot.epoch if snapshot else None,
        options.hidden if job else frozenset(),
    )
    may_choose = "compare" not in controls.hidden()
    with st.container(horizontal=True, vertical_alignment="center", key="charts_head"):
        legend.show(curve_lines.lines(curves), options, curve_summary.summarize(curves))
        if may_choose:
            chart_options.show()
    left, right = st.columns(2)
    with left, st.container(key="loss_chart", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", key="loss_title"):
            st.markdown("**Loss**", help=glossary.explain("loss"), width="content")
            if may_choose and not options.log and learning_curves.suggests_log(curves):
                _suggest_log()
        st.vega_lite_chart(presentation.fit(learning_curves.loss_curve(curves, end, look)).chart(), key="loss_curve")
    with right, st.container(key="accuracy_chart", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", key="accuracy_title"):
            st.markdown("**Accuracy**", help=glossary.explain("accuracy"), width="content")
        accuracy = presentation.fit(learning_curves.accuracy_curve(curves, end, look))
        st.vega_lite_chart(accuracy.chart(), key="accuracy_curve")
    if job:
        _data(job)


def curves_of(job: Job | None, options: ChartOptions) -> tuple[list[Curve], float]:
    """The curves of all runs, and where their x axis ends; those that are hidden have no points."""
    curves, epochs, reached = [], job.config.epochs if job else state.visitor().config.epochs, 0.0
    for other in jobs.shown_jobs():
        is_baseline = other is not job and other.label == options.baseline
        if other is job or is_baseline or other.label in options.compared:
            view = other.state()
            curves.append(Curve(other.label, view.points, view.changes, current=other is job, baseline=is_baseline))
            epochs, reached = max(epochs, view.epochs), max(reached, view.points[-1].epoch if view.points else 0.0)
        else:
            curves.append(Curve(other.label, ()))
    return curves, vega.axis_end(reached, epochs)


def _suggest_log() -> None:
    st.button(
        "Use a log axis",
        key="suggest_log",
        type="tertiary",
        icon=":material/lightbulb:",
        help="The losses lie so far apart that a linear axis shows only the largest ones.",
        on_click=chart_options.use_log_values,
    )


def _data(job: Job) -> None:
    """The selected run's curves as a table."""
    data = st.expander("Show data", key="curves_data", on_change="rerun")
    if data.open:
        data.html(curve_table.curve_table(job.state().points))
