"""The paper at the curves: which runs read it, what the browser is told of them, and what can be pinned."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from model import data
from model.ink import render
from tests.polling import wait_for
from tests.ui.browser.test_run_networks import LARGE, a_job
from tests.ui.screens import SECONDS
from tests.ui.train.train_screen import endless, jobs, press, take_a_step, visitor
from ui.browser import run_networks
from ui.train import paper_reader, probe_image, tabs

SEVEN = [[[60.0, 60.0], [200.0, 60.0], [120.0, 240.0]]]


def script() -> None:
    """The Train page; before it is drawn, a browser has told something."""
    import runpy

    import streamlit as st

    from model.training.checkpoint import WEIGHTS
    from ui import state
    from ui.train import paper_reader

    state.begin()
    if "told" in st.session_state:
        paper_reader.pin(st.session_state.pop("told"))
    if st.session_state.pop("sampled", False):
        paper_reader.sample(state.visitor().job, None)
    runpy.run_path(str(WEIGHTS.parent / "pages" / "train.py"))
    job = state.visitor().job
    st.session_state["runs"] = [paper_reader.entry(one, is_selected=one is job) for one in paper_reader.read_by(job)]
    st.session_state["image"] = paper_reader.image(job, None)
    st.session_state["mark"] = paper_reader.pinned_mark()


@pytest.fixture
def screen(shared_cache: Path) -> Iterator[AppTest]:
    yield from endless(script)


def tell(screen: AppTest, told: Any) -> None:
    screen.session_state["told"] = told
    screen.run()
    assert not screen.exception


def test_a_run_is_read_with_while_it_trains_and_rests_and_at_a_snapshot(screen: AppTest) -> None:
    assert screen.session_state["runs"] == []
    press(screen, "start")
    press(screen, "rewind")
    job = jobs(screen)[-1]
    wait_for(lambda: job.is_paused and job.state().snapshots, "a run that rests")
    screen.run()
    (run,) = screen.session_state["runs"]
    assert run["address"] == run_networks.address(visitor(screen), job)
    assert run["version"].startswith("paused")
    take_a_step(job)
    screen.run()
    assert screen.session_state["runs"][0]["version"] not in (None, run["version"])
    screen.select_slider(key=f"snapshot_{job.number}").set_value(0).run()
    (run,) = screen.session_state["runs"]
    assert run["address"] == run_networks.address(visitor(screen), job, job.state().snapshots[0])
    screen.select_slider(key=f"snapshot_{job.number}").set_value(-1).run()
    press(screen, "pause")
    wait_for(lambda: job.state().status == "running", "a run that trains")
    screen.run()
    assert screen.session_state["runs"][0]["version"] is None


def test_both_branches_of_a_fork_read_side_by_side(screen: AppTest) -> None:
    press(screen, "start")
    parent = jobs(screen)[-1]
    wait_for(lambda: len(parent.state().points) > 2 and parent.state().snapshots, "steps and a snapshot")
    parent.stop()
    wait_for(lambda: not parent.is_live, "its end")
    screen.run()
    press(screen, "fork")
    child = jobs(screen)[-1]
    wait_for(lambda: len(child.state().points) > 2, "the branch's own steps")
    screen.run()
    assert [run["name"] for run in screen.session_state["runs"]] == [child.label, parent.label]
    screen.session_state["overlay"] = [child.label]  # the parent is hidden on the charts
    screen.run()
    assert [run["name"] for run in screen.session_state["runs"]] == [child.label]


def entry_script() -> None:
    import streamlit as st

    from ui import state
    from ui.train import paper_reader

    state.begin()
    if "job" in st.session_state:
        st.session_state["run"] = paper_reader.entry(st.session_state["job"], is_selected=False)


def test_a_network_that_is_too_large_stays_with_the_app_and_says_so(tmp_path: Path) -> None:
    screen = AppTest.from_function(entry_script, default_timeout=SECONDS)
    screen.session_state["job"] = a_job(tmp_path, config=LARGE, written=False)
    screen.run()
    assert not screen.exception
    run = screen.session_state["run"]
    assert (run["address"], run["words"]) == (None, paper_reader.TOO_LARGE)


def test_a_drawing_that_is_pinned_is_tracked(screen: AppTest) -> None:
    press(screen, "start")
    tell(screen, {"strokes": SEVEN, "mark": "a mark"})
    job = jobs(screen)[-1]
    assert visitor(screen).probe == probe_image.DRAWING
    assert screen.session_state["mark"] == "a mark"
    assert screen.session_state[tabs.KEY] == tabs.PROBE
    assert job.probe_image is not None
    wait_for(lambda: job.state().probe_predictions, "predictions")
    drawing = paper_reader.read_strokes(SEVEN)
    assert drawing is not None
    assert job.probe_image == render(drawing).tobytes()
    tell(screen, {"off": True})
    assert (visitor(screen).probe, screen.session_state["mark"], job.probe_image) == (None, "", None)


def test_a_test_image_is_put_on_the_paper_and_pinned(screen: AppTest) -> None:
    assert screen.session_state["image"] is None
    screen.session_state["sampled"] = True
    screen.run()
    image = screen.session_state["image"]
    tests = data.load("mnist-5k")
    np.testing.assert_array_equal(
        np.frombuffer(base64.b64decode(image["pixels"]), np.uint8), tests.test_images[image["number"] - 1]
    )
    assert image["caption"] == f"Test image {image['number']}: {tests.test_labels[image['number'] - 1]}"
    press(screen, "start")
    tell(screen, {"number": image["number"]})
    assert visitor(screen).probe == probe_image.TEST_IMAGE
    assert screen.session_state["mark"] == image["mark"]
    assert screen.number_input(key="follow_image").value == image["number"]


@pytest.mark.parametrize(
    "told",
    [
        None,
        7,
        {"strokes": None},
        {"strokes": [[["x", "y"]]]},
        {"strokes": [[[float("nan"), 0]]]},
        {"strokes": []},
        {"strokes": [[[-50, -50]]]},
        {"strokes": {"a": 1}},
        {"strokes": [[[0, 0]]] * 2000},
    ],
    ids=repr,
)
def test_an_invalid_drawing_is_not_pinned(screen: AppTest, told: object) -> None:
    tell(screen, told)
    assert visitor(screen).probe is None
