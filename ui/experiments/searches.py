"""A visitor's searches: begin one, look at it, tell it something, and use what it has found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from model.common.formatting import format_duration
from model.experiments.plan import ExperimentPlan
from model.experiments.search import Search
from model.experiments.search_process import JOURNAL
from model.experiments.study_view import StudyView
from ui import state
from ui.experiments import feed
from ui.experiments.feed import StudyFeed
from ui.pickers import datasets
from ui.state import runtime
from ui.state.visitor_state import VisitorState

if TYPE_CHECKING:
    from model.experiments.study_reader import StudyReader

MAX_SEARCHES = 5  # kept for each visitor; the oldest that has ended goes first

_feeds: WeakKeyDictionary[Search, StudyFeed] = WeakKeyDictionary()
_lock, _lock_of_loading = threading.Lock(), threading.Lock()
_loading: list[threading.Thread] = []  # of what studies are read with, once it was needed


def is_possible() -> bool:
    """Whether the operator allows searches."""
    return runtime.supervisor().limit > 0


def begin(plan: ExperimentPlan, *, is_first: bool = False, files: Mapping[str, bytes] | None = None) -> Search:
    """Begin a search, and select it.

    Args:
        plan: what to find out; its data are those of the visitor's menu.
        is_first: whether to pause after the first trials, to see how long they take.
        files: what the plan names as files of the search's folder.

    Raises:
        ValueError: the visitor has as many as may be.
        OSError: there is no room for its files.
    """
    here, name = state.visitor(), plan.base.data
    folder = datasets.folder(name)
    _is_loaded()  # begin with it: it will be needed in a moment
    with here.lock:
        done = [search for search in here.searches if not (search.is_at_work or search.is_waiting)]
        if len(here.searches) >= MAX_SEARCHES and not done:
            raise ValueError(f"{MAX_SEARCHES} of your searches wait or compute: stop one of them first")
        search = runtime.supervisor().submit(
            here.name, plan, folder, is_first=is_first, keep_alive=datasets.keep_alive(name), files=files
        )
        here.searches.append(search)
        here.search = search
        too_many = done[: max(0, len(here.searches) - MAX_SEARCHES)]
        here.searches = [kept for kept in here.searches if kept not in too_many]
    for old in too_many:
        old.discard()
    return search


def delete(search: Search) -> None:
    """End a search and forget it, with its files."""
    here = state.visitor()
    with here.lock:
        here.searches = [other for other in here.searches if other is not search]
        if here.search is search:
            here.search = here.searches[-1] if here.searches else None
    search.discard()


def address(owner: VisitorState, search: Search) -> str:
    """Where the owner's browser asks for what is new, relative to the page's address."""
    return f"experiments/{owner.token}/{search.name}"


def view(search: Search) -> StudyView:
    """A search as it is now."""
    return _feed(search).view()


def changes_since(search: Search, since: int) -> dict[str, Any]:
    """What has changed of a search since a version, for the browser."""
    answer = _feed(search).since(since)
    current = view(search)
    return answer | {
        "status": line(search, current),
        "outcome": feed.outcome(current),
        "signature": signature(search, current),
        "goes_on": search.is_at_work or search.is_waiting or any(thread.is_alive() for thread in _loading),
    }


def line(search: Search, current: StudyView) -> str:
    """How far a search is, in a line."""
    if search.problem:
        return search.problem
    done = f"{current.ended} of {search.trials} trials"
    if place := runtime.supervisor().place(search):
        return f"Number {place} in the queue, {done}: searches of others come first."
    if search.is_complete:
        return f"Finished: {done}."
    if search.command != "run":
        word = "Paused" if search.command == "pause" else "Stopped"
        return f"{word}: {done}." if not search.is_at_work else f"{word} as soon as its trials have ended: {done}."
    if not current.trials:
        return "Starting ..."
    left = f", about {format_duration(current.seconds_left)} left" if current.seconds_left else ""
    return f"Running: {done}, {current.workers or 1} at a time{left}. {current.message}".strip()


def signature(search: Search, current: StudyView) -> str:
    """What the buttons and sentences around the charts depend on."""
    phase = "at work" if search.is_at_work else "waits" if search.is_waiting else "rests"
    return f"{phase}, {search.command}, {current.ended > 0}, {search.is_complete}"


def _feed(search: Search) -> StudyFeed:
    with _lock:
        if search not in _feeds:
            _feeds[search] = StudyFeed(_reader(search.folder / JOURNAL, search.plan.name), search.plan)
        return _feeds[search]


def _reader(journal: Path, name: str) -> Callable[[], StudyView | None]:
    """What reads a study; None before it has begun, and while what it is read with is being loaded."""
    opened: list[StudyReader] = []

    def read() -> StudyView | None:
        if not journal.exists() or not _is_loaded():
            return None
        from model.experiments.study_reader import StudyReader

        with suppress(LookupError, ValueError, OSError):  # it is just being begun, or deleted
            if not opened:
                opened.append(StudyReader(journal, name))
            return opened[0].read()
        return None

    return read


def _is_loaded() -> bool:
    """Whether what studies are read with is there; it takes seconds on a busy machine, for which no page waits."""
    with _lock_of_loading:
        if not _loading:
            name = "model.experiments.study_reader"
            _loading.append(threading.Thread(target=import_module, args=(name,), name="loading", daemon=True))
            _loading[0].start()
    return not _loading[0].is_alive()
