"""Inside without a browser: what the browser gets to explain, and what is said of a network that is too large."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from model.ink import read_ink
from model.jobs import JobStatus
from model.jobs.protocol import ProgressReport, RunProgress, SnapshotRef
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint
from model.training.history import HistoryPoint
from tests.paths import INK
from tests.ui.browser.test_run_networks import a_job
from tests.ui.screens import SECONDS, sound
from ui.browser import run_networks
from ui.draw.fabric import fabric_from_drawing
from ui.inside import explained
from ui.state.session import VISITOR_KEY


def inside_page() -> None:
    import runpy

    from model.training.checkpoint import WEIGHTS
    from ui import state

    state.begin()
    runpy.run_path(str(WEIGHTS.parent / "pages" / "inside.py"))


def inside() -> AppTest:
    return sound(AppTest.from_function(inside_page, default_timeout=SECONDS).run())


def told(screen: AppTest) -> dict[str, Any]:
    """Return what the page tells the browser's part of the explanation."""
    (component,) = [it for it in screen.get("bidi_component") if it.proto.component_name == "inkling_explanation"]
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


def test_the_browser_gets_the_network_and_its_layers() -> None:
    data = told(inside())
    assert data["sizes"] == [784, 1024, 1024, 11]
    assert data["network"].startswith("browser/networks/")
    assert data["modules"].endswith("/inside/index.js")
    assert data["photo"] is None


def test_a_network_of_ones_own_comes_with_its_layers() -> None:
    screen = inside()
    network = DigitClassifier(MLP((784, 5, 10)).initialize("he", np.random.default_rng(0)))
    screen.session_state[VISITOR_KEY].networks = {"mine": Checkpoint(network)}
    screen.run()
    screen.selectbox(key="network").select("mine").run()
    assert told(screen)["sizes"] == [784, 5, 10]


def test_a_network_that_is_too_large_is_named_so_and_the_paper_stays() -> None:
    screen = inside()
    network = DigitClassifier(MLP((784, 4096, 1200, 10)))
    screen.session_state[VISITOR_KEY].networks = {"huge": Checkpoint(network)}
    screen.run()
    screen.selectbox(key="network").select("huge").run()
    assert not screen.exception
    assert "too large" in screen.info[0].value
    assert f"{network.mlp.parameters.size:,}" in screen.info[0].value


def test_a_drawing_that_cannot_be_read_gets_a_message() -> None:
    screen = inside()
    screen.session_state["sheet_of_paper"] = {"drawing": {"raw": {"objects": [{"type": "Image"}]}, "data": None}}
    screen.run()
    assert "be read" in screen.error[0].value


def test_what_was_drawn_stays_with_the_visitor() -> None:
    screen = inside()
    drawing = next(iter(read_ink(INK)))
    screen.session_state["sheet_of_paper"] = {"drawing": {"raw": fabric_from_drawing(drawing), "data": None}}
    screen.run()
    assert len(screen.session_state[VISITOR_KEY].content.drawing.strokes) == len(drawing.strokes)


def test_a_run_is_explained_while_it_trains_and_then_the_network_that_came_of_it(tmp_path: Path) -> None:
    screen = inside()
    visitor, job = screen.session_state[VISITOR_KEY], a_job(tmp_path)
    job.name = "my 784-8-10"
    visitor.jobs.append(job)
    visitor.job = job
    menu = screen.run().selectbox(key="network")
    assert (menu.options[0], menu.value) == ("my 784-8-10 (in training)", "handwriting")
    assert not told(screen)["isInTraining"]
    menu.select("my 784-8-10 (in training)").run()
    data = told(screen)
    assert data["network"] == run_networks.address(visitor, job)
    assert (data["isInTraining"], data["version"], data["snapshots"]) == (True, None, [])
    assert data["sizes"] == list(job.initial_config.sizes)

    snapshots = [SnapshotRef(step / 10, step, f"{step}.npz") for step in range(1, 30)]
    point = HistoryPoint(2.9, 29, 0.1, 0.9, 0.1, 0.9, None, None, 0.1)
    job.apply(ProgressReport(RunProgress(JobStatus.FINISHED), points=[point], snapshots=snapshots))
    data = told(screen.run())
    assert screen.selectbox(key="network").value == "my 784-8-10"
    assert not data["isInTraining"]
    assert "/runs/" not in data["network"]
    steps = [one["step"] for one in data["snapshots"]]
    assert (len(steps), steps[0], steps[-1]) == (explained.MAX_SNAPSHOTS, 1, 29)
    assert max(np.diff(steps)) <= min(np.diff(steps)) + 1
    assert data["snapshots"][-1]["address"] == run_networks.address(visitor, job, snapshots[-1])
