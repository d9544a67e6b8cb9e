"""What visitors have brought and made is given back when they do not come back."""

import time
import weakref
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.studies import a_plan
from model.data import Dataset
from model.experiments.search import Search
from tests.figures import report
from ui.state import departures
from ui.state.visitor_state import UploadedDataset, VisitorState
from ui.state.visitors import FORGET_SECONDS, Visitors


def visitor_with_upload(parent: Path) -> VisitorState:
    image, label = np.zeros((1, 784), np.uint8), np.zeros(1, np.uint8)
    dataset = Dataset("mine", image, label, image, label)
    folder = TemporaryDirectory(dir=parent)
    return VisitorState("a name", datasets={"mine": UploadedDataset(dataset, folder)}, dataset="mine")


def test_after_a_while_nothing_is_left_of_a_visitor_without_a_garbage_collection(tmp_path: Path) -> None:
    everyone: Visitors[VisitorState] = Visitors()
    state = visitor_with_upload(tmp_path)
    dataset, gone = weakref.ref(state.datasets["mine"].dataset), weakref.ref(state)
    everyone.connect(state.name, state)
    everyone.disconnect(state.name, time.monotonic() - FORGET_SECONDS / 2)
    departures.sweep(everyone)
    assert len(list(tmp_path.iterdir())) == 1  # for one who comes back
    everyone.disconnect(state.name, time.monotonic() - FORGET_SECONDS - 1)
    del state
    departures.sweep(everyone)
    left = [*tmp_path.iterdir(), *filter(None, (dataset(), gone()))]
    report("files, data sets and states that are left of a visitor", len(left), "")
    assert not left


def test_an_upload_is_deleted_although_something_still_refers_to_the_visitor(tmp_path: Path) -> None:
    state = visitor_with_upload(tmp_path)
    departures.forget(state)
    assert not list(tmp_path.iterdir())
    assert state.datasets == {}


def test_a_visitor_whose_search_goes_on_is_not_forgotten(tmp_path: Path) -> None:
    everyone: Visitors[VisitorState] = Visitors()
    state = visitor_with_upload(tmp_path)
    search = Search("name", state.name, a_plan(), tmp_path / "search", 20)
    state.searches.append(search)
    everyone.connect(state.name, state)
    everyone.disconnect(state.name, time.monotonic() - FORGET_SECONDS - 1)
    departures.sweep(everyone)
    assert everyone.find(state.name) is state
    state.searches.remove(search)
    departures.sweep(everyone)
    assert everyone.find(state.name) is None
