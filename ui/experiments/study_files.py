"""What can be downloaded of a search: its report as one HTML file, and its trials as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from model.experiments.search import Search
from ui.experiments import report_button, searches

if TYPE_CHECKING:
    from model.experiments.report.content import Report


def show(search: Search) -> None:
    """The buttons; a file is made when it is asked for."""
    stem = search.plan.name.replace(" ", "-")
    report_button.show(lambda: report(search), stem, "download_report")
    st.download_button(
        "Trials (CSV)",
        lambda: trials(search),
        f"{stem}.csv",
        "text/csv",
        key="download_trials",
        icon=":material/download:",
        on_click="ignore",
    )


def report(search: Search) -> Report:
    """The report of a search as it stands."""
    from model.experiments.report.study import study_report

    return study_report(searches.view(search))


def trials(search: Search) -> str:
    """The trials of a search so far, as CSV."""
    from model.experiments.report.study import trials_csv

    return trials_csv(searches.view(search))
