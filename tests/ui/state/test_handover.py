"""What an app leaves of its visitors when it ends, another one takes up, once, and whole."""

import dataclasses
import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from benchmarks.studies import a_plan
from model import data
from model.config import TrainingConfig
from model.experiments.supervisor import Supervisor
from model.ink import Drawing
from model.jobs import Pool, TrainingRequest
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint
from tests.polling import wait_for, wait_for_points, wait_until
from tests.toy_data import patterns
from ui.state import handover
from ui.state.drawing_log import DrawingLog, LoggedDrawing
from ui.state.sheet import Content
from ui.state.visitor_state import Pinned, Race, UploadedDataset, VisitorState

NAME = "0123456789abcdef" * 2
CONFIG = TrainingConfig(hidden_sizes=(16,), batch_size=32, epochs=10_000)
OFF = Supervisor(Path("nowhere"), 0)  # where there are no searches
DRAWING = Drawing((np.array([[1.0, 2.0], [3.0, 4.5]]),), label="7", pen=2.0)


@pytest.fixture(autouse=True)
def shared(tmp_path, monkeypatch, session_cache) -> Path:
    """The folder that the apps share."""
    monkeypatch.setenv("INKLING_CACHE", str(session_cache))
    monkeypatch.setenv("INKLING_SHARED", str(tmp_path / "shared"))
    return tmp_path / "shared" / "visitors"


@pytest.fixture
def pools():
    """The workers of two apps."""
    pools = [Pool(1, 1), Pool(1, 1)]
    yield pools
    for pool in pools:
        pool.close()


def soon() -> float:
    return time.monotonic() + 30


def drew(name: str = NAME) -> VisitorState:
    state = VisitorState(name)
    state.drawings = DrawingLog([LoggedDrawing(3, DRAWING, "data:image/png;base64,", "7")], 3)
    return state


def test_a_visitor_finds_everything_again(pools, shared):
    here, there = pools
    folder = TemporaryDirectory(dir=here.folder, ignore_cleanup_errors=True)
    data.save(patterns(400, 100), Path(folder.name) / "data")
    uploaded = UploadedDataset(data.open_folder(Path(folder.name) / "data"), folder)
    state = drew()
    network = DigitClassifier(MLP((784, 10)))
    network.mlp.parameters[:] = 0.25
    state.networks = {"mine": Checkpoint(network, None, {"test_accuracy": 0.5})}
    state.datasets, state.dataset, state.network = {"my.csv": uploaded}, "my.csv", "mine"
    state.config, state.speed, state.probe = CONFIG.changed(learning_rate=0.02), 100, "drawing"
    state.content = Content(DRAWING, 3)
    state.pinned, state.times_pinned = Pinned(DRAWING, "mark"), 2
    own = TrainingRequest("own", NAME, CONFIG, Path(folder.name) / "data", keep_alive=uploaded)
    builtin = TrainingRequest("builtin", NAME, CONFIG.changed(epochs=1, training_size=300), data.prepare("mnist-5k"))
    state.jobs = [here.submit(builtin), here.submit(own)]
    state.job = state.jobs[1]
    state.race = Race((state.jobs[1].number, state.jobs[0].number), ("A", "B"), 1, 0.9)
    wait_until(state.jobs[0], "finished")
    state.job_networks = {state.jobs[0].number: "mine"}
    wait_for_points(state.job)
    reached = state.job.state().points[-1].step

    handover.leave([state], here, OFF, soon())
    here.close()
    del folder, uploaded, state.datasets

    back = VisitorState(NAME)
    handover.take_up(back, there, OFF)
    assert (back.network, back.dataset, back.speed, back.probe, back.times_pinned) == (
        "mine",
        "my.csv",
        100,
        "drawing",
        2,
    )
    assert back.networks["mine"].network.checksum() == network.checksum()
    assert back.networks["mine"].scores == {"test_accuracy": 0.5}
    assert back.config == state.config
    for drawing in (back.content.drawing, back.pinned.drawing, back.drawings.find(3).drawing):
        assert drawing.to_json() == DRAWING.to_json()
    assert (back.pinned.mark, back.content.number, back.drawings.num_made) == ("mark", 3, 3)
    assert len(back.datasets["my.csv"].dataset.images) == 400
    assert [(job.name, job.owner) for job in back.jobs] == [("builtin", NAME), ("own", NAME)]
    assert back.job is back.jobs[1]
    assert back.job_networks == {back.jobs[0].number: "mine"}
    assert back.race == Race((back.jobs[1].number, back.jobs[0].number), ("A", "B"), 1, 0.9)
    assert back.jobs[0].state().status == "finished"
    wait_for(lambda: back.job.state().points[-1].step > reached, back.job.state)
    assert not list(shared.iterdir())


def test_searches_wait_in_the_next_app_as_they_were_with_their_trials_and_data(pools, tmp_path):
    folder = TemporaryDirectory(dir=pools[0].folder, ignore_cleanup_errors=True)
    data.save(patterns(400, 100), Path(folder.name) / "data")
    uploaded = UploadedDataset(data.open_folder(Path(folder.name) / "data"), folder)
    quick = {"command": lambda search: [sys.executable, "-c", "import time; time.sleep(1000)"]}
    here, there = (Supervisor(tmp_path / name, 1, **quick) for name in ("here", "there"))
    state = VisitorState(NAME)
    own, builtin = a_plan(30, base=CONFIG.changed(data="my.csv")), a_plan(20, name="search 2")
    state.searches = [
        here.submit(NAME, own, Path(folder.name) / "data", keep_alive=uploaded),
        here.submit(NAME, builtin, data.prepare("mnist-5k")),
    ]
    first, second = state.searches
    state.search = first
    second.tell("pause", 25)
    (first.folder / "journal.log").write_text("trials")
    (first.folder / "engines").mkdir()
    try:
        handover.leave([state], pools[0], here, soon())
        assert not first.is_at_work
        here.close()
        del uploaded, folder, state

        back = VisitorState(NAME)
        handover.take_up(back, pools[1], there)
        again, paused = back.searches
        assert back.search is again
        assert again.is_at_work
        assert (again.plan, again.trials, again.command) == (own, 30, "run")
        assert (paused.plan, paused.trials, paused.command, paused.is_waiting) == (builtin, 25, "pause", False)
        assert again.seconds > 0
        assert (again.folder / "journal.log").read_text() == "trials"
        assert not (again.folder / "engines").exists()
        assert len(data.open_folder(again.data).images) == 400
        assert paused.data == data.prepare("mnist-5k").resolve()
        handover.leave([back], pools[1], there, soon())
        late = VisitorState(NAME)
        handover.take_up(late, pools[1], OFF)  # where they are switched off, all else is there
        assert late.searches == []
    finally:
        here.close()
        there.close()


def test_only_one_app_takes_a_visitors_things_and_only_the_visitor_gets_them(pools, shared):
    handover.leave([drew()], pools[0], OFF, soon())
    assert NAME not in " ".join(os.listdir(shared))  # whoever lists the folder learns nobody's cookie
    stranger = VisitorState("f" * 32)
    handover.take_up(stranger, pools[1], OFF)
    assert not stranger.drawings.drawings
    states = [VisitorState(NAME) for _ in range(3)]
    for state in states:
        handover.take_up(state, pools[1], OFF)
    assert [len(state.drawings.drawings) for state in states] == [1, 0, 0]


def test_new_work_of_a_visitor_is_not_replaced(pools):
    handover.leave([drew()], pools[0], OFF, soon())
    state = drew()
    state.drawings.num_made = 77
    handover.take_up(state, pools[1], OFF)
    assert state.drawings.num_made == 77


def test_a_visitor_who_made_nothing_leaves_nothing(pools, shared):
    handover.leave([VisitorState(NAME)], pools[0], OFF, soon())
    assert not shared.exists() or not list(shared.iterdir())


def test_without_a_shared_folder_nothing_is_left(pools, shared, monkeypatch):
    monkeypatch.delenv("INKLING_SHARED")
    handover.leave([drew()], pools[0], OFF, soon())
    assert not pools[0].is_closed
    assert not shared.exists()
    handover.take_up(VisitorState(NAME), pools[1], OFF)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", json.dumps({"format": "another"}).encode(), b"\xff"])
def test_a_damaged_file_loses_its_visitors_work_and_the_app_goes_on(pools, shared, content, caplog):
    handover.leave([drew()], pools[0], OFF, soon())
    (file,) = shared.glob("*/visitor.json")
    file.write_bytes(content)
    state = VisitorState(NAME)
    handover.take_up(state, pools[1], OFF)
    assert "could not be taken up" in caplog.text
    assert not state.drawings.drawings
    assert not list(shared.iterdir())


def test_one_run_that_can_not_be_taken_up_does_not_keep_the_others_back(pools, shared, caplog):
    here, there = pools
    state = drew()
    paused = [
        TrainingRequest(name, NAME, CONFIG, data.prepare("mnist-5k"), paused=True)
        for name in ("first", "second", "third")
    ]
    state.jobs = [here.submit(request) for request in paused]
    state.job = state.jobs[0]
    state.race = Race((state.jobs[0].number, state.jobs[1].number), ("A", "B"), 0, None)
    handover.leave([state], here, OFF, soon())
    (file,) = shared.glob("*/run-0/run.json")
    file.write_text("{}")
    back = VisitorState(NAME)
    handover.take_up(back, there, OFF)
    assert "A run of another app could not be taken up" in caplog.text
    assert [job.name for job in back.jobs] == ["second", "third"]
    assert back.job is back.jobs[-1]
    assert back.race is None
    assert not list(shared.iterdir())


def test_work_that_cannot_be_restored_yet_is_kept(pools, shared, caplog):
    here, there = pools
    folder = TemporaryDirectory(dir=here.folder, ignore_cleanup_errors=True)
    data.save(patterns(40, 10), Path(folder.name) / "data")
    state = drew()
    state.datasets = {"my.csv": UploadedDataset(data.open_folder(Path(folder.name) / "data"), folder)}
    handover.leave([state], here, OFF, soon())
    del folder, state
    here.close()  # its folder is gone: nothing can be written there
    back = VisitorState(NAME)
    handover.take_up(back, here, OFF)
    assert "could not be taken up yet" in caplog.text
    assert not back.drawings.drawings
    handover.take_up(back, there, OFF)
    assert len(back.datasets["my.csv"].dataset.images) == 40
    assert back.drawings.drawings
    assert not list(shared.iterdir())


def test_an_error_with_one_visitors_work_does_not_affect_others(pools, caplog):
    class Unreadable:
        def to_bytes(self):
            raise RuntimeError("dictionary changed size during iteration")

    unlucky, other = drew("a" * 32), drew()
    unlucky.networks = {"mine": Unreadable()}
    handover.leave([unlucky, other], pools[0], OFF, soon())
    assert "dictionary changed size" in caplog.text
    back = VisitorState(NAME)
    handover.take_up(back, pools[1], OFF)
    assert back.drawings.drawings


def test_a_folder_that_cannot_be_written_is_named_in_the_log(pools, monkeypatch, caplog, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("INKLING_SHARED", str(tmp_path / "file"))
    handover.leave([drew()], pools[0], OFF, soon())
    assert "could not be left in" in caplog.text
    handover.take_up(VisitorState(NAME), pools[1], OFF)


def test_old_work_is_deleted(pools, shared):
    handover.leave([drew(), drew("a" * 32)], pools[0], OFF, soon())
    old, new = shared.iterdir()
    os.utime(old, (0, 0))
    handover.sweep()
    assert list(shared.iterdir()) == [new]


def test_nothing_that_belongs_to_a_visitor_is_forgotten():
    """A new field of VisitorState is either handed over or named here."""
    handed_over = {
        "networks", "datasets", "content", "drawings", "config", "pinned", "jobs", "job", "job_networks", "race",
        "searches", "search",
    }  # fmt: skip
    stays_behind = {
        "name", "token", "lock", "last_request", "last_request_at", "sent_until",  # of this process
        "photo", "photos", "photo_problem", "photo_number", "file_problems",  # of an upload that is gone with the tab
    }  # fmt: skip
    fields = {field.name for field in dataclasses.fields(VisitorState)}
    assert fields == {*handover.PLAIN, *handed_over, *stays_behind}
