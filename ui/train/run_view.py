"""The selected run on the page, from top to bottom: the bar, its curves, its timeline, its result, its diagnostics.

All parts have their places before the first start, so that nothing moves when a run starts, waits or ends.
"""

from __future__ import annotations

import streamlit as st

from model import data
from model.config import TrainingConfig
from model.jobs import Fork, Job, JobState
from model.training import fork_conflicts
from model.training.ancestors import data_of_ancestors
from model.training.checkpoint import TEST_IMAGES_SEEN
from ui import state
from ui.common import errors, formatting
from ui.pickers import networks
from ui.train import (
    actions,
    chart_options,
    controls,
    diagnosis,
    paper_reader,
    refresh,
    run_bar,
    run_charts,
    runs,
    snapshots,
    tabs,
)

LIVE, BACK = (
    "Move the handle to look back at an earlier state of the network.",
    "You are looking back. Settings that you change now are for a branch from here; the run keeps its own.",
)


def show(config: TrainingConfig, dataset: str | None) -> None:
    """The selected run; while there is none, its places.

    Each part asks anew which run that is: it may be drawn alone, right after another run was started.
    """
    chart_options.update_compared()
    snapshots.show_latest()
    view = refresh.current_view()
    diagnostics_seconds = refresh.diagnostics_seconds(view.phase)
    runs_seconds = refresh.runs_seconds(view.phase)
    refresh.part(view, refresh.status_seconds(view.phase), _status, config, dataset)
    refresh.part(view, runs_seconds, _below_charts, config)
    with st.container(key="outcome"):
        _outcome()
    refresh.part(view, runs_seconds if view.shows_runs else diagnostics_seconds, tabs.show)


def _status(config: TrainingConfig, dataset: str | None) -> None:
    """The bar, the curves and the paper beside them: what is redrawn most often."""
    job = state.visitor().job
    run_bar.show(job, _view(job, config), config, dataset)
    job = state.visitor().job  # another one, if the bar has just started it
    with st.container(key="curves_and_paper", horizontal=True):
        with st.container(key="charts"):
            run_charts.show(job)
        if "paper" not in controls.hidden():
            paper_reader.show(job, dataset)


def _view(job: Job | None, config: TrainingConfig) -> JobState:
    return job.state() if job else JobState(epochs=config.epochs)


def _below_charts(config: TrainingConfig) -> None:
    """The timeline, and what the curves say."""
    job = state.visitor().job
    view, hidden = _view(job, config), controls.hidden()
    if "time" not in hidden:
        _timeline(job, view, config)
    if "diagnosis" not in hidden:
        diagnosis.show(job, view)


def _timeline(job: Job | None, view: JobState, config: TrainingConfig) -> None:
    """The snapshots, and the button to branch off."""
    start = snapshots.branch_start(view)
    differing = fork_conflicts(job.config, config) if job else []
    is_at_end = start is not None and start.epoch >= config.epochs
    with st.container(key="timeline", horizontal=True, vertical_alignment="bottom", gap="medium"):
        snapshots.choose(view)
        if st.button(
            f"Branch from epoch {start.epoch:.3g}" if start else "Branch",
            key="fork",
            icon=":material/fork_right:",
            disabled=start is None or bool(differing) or is_at_end,
        ):
            assert job
            assert start
            actions.branch(Fork(job, start), config, f"{job.name} fork")
    with st.container(key="timeline_note"):
        said = BACK if snapshots.selected(view) else LIVE
        if start and differing:
            said += f" A branch can't change: {', '.join(map(TrainingConfig.title, differing))}."
        elif is_at_end:
            said += " A branch from the end needs more epochs."
        st.caption(said)


def _whether_seen(job: Job, tested_on: str) -> str:
    """Say whether a run's network, or one that it learned from, has seen the test images."""
    ancestors = data_of_ancestors(job.config, job.state().scores)
    if data.find_overlap(job.config.data, tested_on, ancestors=ancestors):
        return "which a network that it learned from has seen: not a fair test"
    if seen := job.state().scores.get(TEST_IMAGES_SEEN):
        return f"{seen:,} of which are training images too: not a fair test"
    return "none of which it has seen"


def _outcome() -> None:
    """What became of the run, and what can be done with it."""
    job = state.visitor().job
    if job is None:
        st.info("Press Start to train this network from random weights.", icon=":material/play_arrow:")
        return
    if job.is_live:
        st.caption("The result and the downloads appear here when the run is over.")
        return
    view, name = job.state(), networks.of_job(job)
    if message := view.message or job.stopped_because:
        st.warning(errors.escape_markdown(message), icon=":material/info:")
    if not name:
        return  # it ended before its first step, and the message says why
    with st.container(key="result"):
        if (test := view.scores.get("test_accuracy")) is not None:
            tested_on = str(view.scores["tested_on"])
            st.markdown(describe_result(float(test), tested_on, _whether_seen(job, tested_on), name))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link("draw.py", label="Try it on Draw", icon=":material/draw:")
            st.page_link("evaluate.py", label="See its mistakes", icon=":material/fact_check:")
            runs.downloads(job, name)


def describe_result(accuracy: float, tested_on: str, whether_seen: str, name: str) -> str:
    """What a run has come to, as Markdown; the names, which may be those of a visitor's files, are shown literally."""
    return (
        f"**Test accuracy {formatting.percent(accuracy)}** on the test images of {errors.escape_markdown(tested_on)}, "
        f"{whether_seen}. Saved as {errors.escape_markdown(name)} in the menus of Draw and Evaluate."
    )
