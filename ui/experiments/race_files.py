"""What can be downloaded of a race: its report as one HTML file, and its curves as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from model.jobs import Job
from ui.experiments import race_outcome, report_button
from ui.experiments.race_outcome import Racer
from ui.state.visitor_state import Race

if TYPE_CHECKING:
    from model.experiments.report.content import Report
    from model.experiments.report.race import RacerReport


def show(race: Race, found: Sequence[Job]) -> None:
    """The buttons; a file is made when it is asked for, outside of the session: so the runs are given."""
    report_button.show(lambda: report(race, found), "race", "race_report")
    st.download_button(
        "Curves (CSV)",
        lambda: curves(race, found),
        "race.csv",
        "text/csv",
        key="race_curves",
        icon=":material/download:",
        on_click="ignore",
    )


def report(race: Race, found: Sequence[Job]) -> Report:
    """The report of a race as it stands."""
    from model.experiments.report.race import race_report

    return race_report(_racers(race, found), race_outcome.sentences(race, [racer(job) for job in found]))


def curves(race: Race, found: Sequence[Job]) -> str:
    """The learning curves of both runs, as CSV."""
    from model.experiments.report.race import race_csv

    return race_csv(_racers(race, found))


def racer(job: Job) -> Racer:
    """A run as one of the two that race."""
    return Racer(job.state().points, job.is_live)


def _racers(race: Race, found: Sequence[Job]) -> list[RacerReport]:
    from model.experiments.report.race import RacerReport

    return [
        RacerReport(
            name,
            job.initial_config,
            job.state().points,
            job.seconds,
            _share(job.state().scores.get("test_accuracy")),
        )
        for name, job in zip(race.names, found, strict=True)
    ]


def _share(score: object) -> float | None:
    return score if isinstance(score, float) else None
