"""Snapshots of the selected run: select one on the timeline to look back, or branch off from it with other settings."""

from __future__ import annotations

import streamlit as st

from model.jobs import JobState
from model.jobs.protocol import SnapshotRef
from ui import state
from ui.common import glossary
from ui.state import widget_state
from ui.train import controls

NONE = "This run has no snapshots: its network is too large for them, or the disk is nearly full."
LATEST = -1  # the stop of the timeline that is no snapshot


def is_looking_back() -> bool:
    """Whether the page shows a snapshot rather than the latest state."""
    return selected_step() != LATEST


def _key() -> str:
    """The timeline's key, another one for each run: a browser may report late where the one of the run before stood."""
    job = state.visitor().job
    return f"snapshot_{job.number if job else 0}"


def selected_step() -> int:
    """The step of the selected snapshot, or LATEST."""
    return widget_state.get(_key(), LATEST)


def selected(view: JobState) -> SnapshotRef | None:
    """The selected snapshot, None for the latest state."""
    step = selected_step()
    return next((snapshot for snapshot in view.snapshots if snapshot.step == step), None)


def show_latest() -> None:
    """Show the latest state of a run that has just been selected, not a snapshot of the one before."""
    tab, job = state.tab(), state.visitor().job
    number = job.number if job else 0
    if tab.snapshots_of != number:
        tab.snapshots_of = number
        if selected_step() != LATEST:
            widget_state.put(_key(), LATEST)


def choose(view: JobState) -> None:
    """A slider over the snapshots."""
    snapshots = {snapshot.step: snapshot for snapshot in view.snapshots}
    step = selected_step()
    if step not in (LATEST, *snapshots):  # it is no longer kept
        widget_state.put(_key(), min(snapshots, key=lambda other: abs(other - step), default=LATEST))
    has_none = not snapshots and any(point.step for point in view.points)
    with st.container(key="snapshot"):
        st.select_slider(
            "Timeline",
            [*snapshots, LATEST],
            LATEST,  # and not the first stop, for a browser that has not heard of any value yet
            # One that has a single stop is another slider: with more stops it would stand at the first of them.
            key=_key() if snapshots else f"{_key()}_empty",
            format_func=lambda step: _format_stop(step, snapshots.get(step)),
            help="\n\n".join((glossary.explain("snapshot"), glossary.explain("fork"), *([NONE] if has_none else []))),
            disabled=not snapshots,
            on_change=_restore_settings,
        )


def _format_stop(step: int, snapshot: SnapshotRef | None) -> str:
    if step == LATEST:
        return "latest"
    # Streamlit also asks for stops of an earlier run, to see which of them was selected.
    return f"epoch {snapshot.epoch:.3g}" if snapshot else f"step {step}"


def _restore_settings() -> None:
    """Back at the latest state, discard what was set for a branch that was not made."""
    job = state.visitor().job
    if selected_step() == LATEST and job:
        controls.set_widgets(job.config)


def branch_start(view: JobState) -> SnapshotRef | None:
    """Where a branch would begin: at the selected snapshot, or at the newest one."""
    return selected(view) or (view.snapshots[-1] if view.snapshots else None)
