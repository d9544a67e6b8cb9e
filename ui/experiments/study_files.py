"""What can be downloaded of a search: its report as one HTML file, and its trials as a table."""

from __future__ import annotations

import streamlit as st

from model.experiments.supervisor import Search
from ui.experiments import searches


def show(search: Search) -> None:
    """The buttons; a file is made when it is asked for."""
    stem = search.plan.name.replace(" ", "-")
    st.download_button(
        "Report",
        lambda: report(search),
        f"{stem}.html",
        "text/html",
        key="download_report",
        icon=":material/download:",
        on_click="ignore",
        help="Figures, table, settings and versions as one HTML file.",
    )
    st.download_button(
        "Trials (CSV)",
        lambda: trials(search),
        f"{stem}.csv",
        "text/csv",
        key="download_trials",
        icon=":material/download:",
        on_click="ignore",
    )


def report(search: Search) -> bytes:
    """The report of a search as it stands."""
    from model.experiments.report.html import to_html  # what it computes with takes half a second to load
    from model.experiments.report.study import study_report

    return to_html(study_report(searches.view(search)))


def trials(search: Search) -> str:
    """The trials of a search so far, as CSV."""
    from model.experiments.report.study import trials_csv

    return trials_csv(searches.view(search))
