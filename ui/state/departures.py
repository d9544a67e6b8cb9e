"""What is given back when visitors leave: their runs end, and later their files are deleted and their memory is free.

The memory of a tab is given back before that (see ui/state/session_watch).
"""

from __future__ import annotations

from streamlit import runtime

from ui.state import freed_memory, limits
from ui.state.stored_uploads import stored_uploads
from ui.state.visitor_state import VisitorState
from ui.state.visitors import Visitors


def sweep(everyone: Visitors[VisitorState]) -> None:
    """End runs that take too long, and those of visitors who do not come back; after a while forget what they left."""
    for state in everyone.gone():
        for job in list(state.jobs):
            job.stop()
    for state in everyone.all():
        limits.stop_long_runs(list(state.jobs))
    evicted = everyone.evict(is_kept=_searches)
    for state in evicted:
        forget(state)
    are_files_gone = runtime.exists() and stored_uploads().let_go_of_gone(runtime.get_instance().is_active_session)
    if evicted or are_files_gone:
        freed_memory.give_back()


def _searches(state: VisitorState) -> bool:
    """Whether a search of a visitor goes on: it may take a night."""
    return any(search.is_at_work or search.is_waiting for search in state.searches)


def forget(state: VisitorState) -> None:
    """Delete a visitor's runs, networks and data sets, whatever still refers to the visitor."""
    for job in list(state.jobs):
        job.discard()
    for search in list(state.searches):
        search.discard()
    state.searches, state.search = [], None
    datasets, state.datasets = state.datasets, {}
    for uploaded in datasets.values():
        uploaded.folder.cleanup()
    state.jobs, state.job, state.race, state.networks, state.photo, state.photos = [], None, None, {}, None, ()
