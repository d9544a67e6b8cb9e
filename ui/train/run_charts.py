"""The charts of the Train page: loss and accuracy of the selected run and of those that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from model.jobs import Job
from ui import state
from ui.charts import curve_lines, curve_table, vega
from ui.charts.curve_charts import CurveCharts, identity
from ui.charts.curve_lines import Curve
from ui.charts.learning_curves import Look
from ui.charts.vega import Figure
from ui.common import glossary
from ui.state import jobs, presentation
from ui.train import chart_options, controls, legend, picture, snapshots
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
        options.hidden,
    )
    charts = state.tab().charts.get((end, look, *map(identity, curves)), lambda: CurveCharts.of(curves, end, look))
    may_choose = "compare" not in controls.hidden()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="charts_head"):
        legend.show(curve_lines.lines(curves), options, charts.summary)
        with st.container(horizontal=True, width="content", gap="small", key="charts_menus"):
            _data(job)
            _picture(job, charts.figures)
            if may_choose:
                chart_options.show()
    suggests_log = may_choose and not options.log and charts.suggests_log
    for column, (title, figure) in zip(st.columns(2), charts.figures.items(), strict=True):
        name = title.lower()
        with column, st.container(key=f"{name}_chart", gap=None):
            with st.container(horizontal=True, vertical_alignment="center", key=f"{name}_title"):
                st.markdown(f"**{title}**", help=glossary.explain(name), width="content")
                if suggests_log and name == "loss":
                    _suggest_log()
            st.vega_lite_chart(presentation.fit(figure).chart(), key=f"{name}_curve")


def curves_of(job: Job | None, options: ChartOptions) -> tuple[list[Curve], float]:
    """The curves of all runs, and where their x axis ends; those that are hidden or yet to come have no points."""
    curves, epochs, reached = [], job.config.epochs if job else state.visitor().config.epochs, 0.0
    shown = jobs.shown_jobs()
    for other in shown:
        is_baseline = other is not job and other.label == options.baseline
        if other is job or is_baseline or other.label in options.compared:
            view = other.state()
            curves.append(Curve(other.label, view.points, view.changes, current=other is job, baseline=is_baseline))
            epochs, reached = max(epochs, view.epochs), max(reached, view.points[-1].epoch if view.points else 0.0)
        else:
            curves.append(Curve(other.label, ()))
    if job not in shown:
        curves.append(Curve("", (), current=True))  # so that the chart is the same one when a run begins
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


def _data(job: Job | None) -> None:
    """The selected run's curves as a table."""
    menu = _menu("Show data", ":material/table_chart:", "curves_data", job)
    if job and menu.open:
        menu.html(curve_table.curve_table(job.state().points))


def _picture(job: Job | None, figures: Mapping[str, Figure]) -> None:
    """The charts as a file."""
    menu = _menu("Picture", ":material/image:", "curves_picture", job)
    if job and menu.open:
        with menu:
            picture.show(figures, job.label)


def _menu(label: str, icon: str, key: str, job: Job | None) -> PopoverContainer:
    return st.popover(label, icon=icon, type="tertiary", key=key, disabled=job is None, on_change="rerun")
