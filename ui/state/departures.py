"""What is given back when visitors leave: their runs end, and later their memory and their files are free again."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from streamlit import runtime

from ui.state import limits
from ui.state.stored_uploads import stored_uploads
from ui.state.visitor_state import VisitorState
from ui.state.visitors import Visitors

# Streamlit keeps the session of a closed tab for two minutes. What is left of it then are objects that refer to one
# another in circles, with all that the tab has shown: a garbage collection frees them.
SESSION_SECONDS = 125.0


class GarbageCollector:
    """Collects garbage when tabs have been closed for so long that their sessions are over, once for all of them."""

    def __init__(self, collect: Callable[[], object] = gc.collect, clock: Callable[[], float] = time.monotonic) -> None:
        self._collect, self._clock = collect, clock
        self._oldest: float | None = None  # when the first tab was closed whose session is not collected yet

    def note_closed_tab(self) -> None:
        """To be called when a tab was closed."""
        if self._oldest is None:
            self._oldest = self._clock()

    def collect_if_due(self) -> None:
        """To be called now and then."""
        if self._oldest is not None and self._clock() - self._oldest > SESSION_SECONDS:
            self._oldest = None
            self._collect()


garbage = GarbageCollector()


def sweep(everyone: Visitors[VisitorState]) -> None:
    """End runs that take too long, and those of visitors who do not come back; after a while forget what they left."""
    for state in everyone.gone():
        for job in list(state.jobs):
            job.stop()
    for state in everyone.all():
        limits.stop_long_runs(list(state.jobs))
    for state in everyone.evict():
        forget(state)
    if runtime.exists():
        stored_uploads().let_go_of_gone(runtime.get_instance().is_active_session)
    garbage.collect_if_due()


def forget(state: VisitorState) -> None:
    """Delete a visitor's runs, networks and data sets, whatever still refers to the visitor."""
    for job in list(state.jobs):
        job.discard()
    datasets, state.datasets = state.datasets, {}
    for uploaded in datasets.values():
        uploaded.folder.cleanup()
    state.jobs, state.job, state.networks, state.photo, state.photos = [], None, {}, None, ()
