"""Inside without a browser: what the browser gets to explain, and what is said of a network that is too large."""

import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from model.ink import read_ink
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint
from tests.paths import INK
from ui.draw.fabric import fabric_from_drawing
from ui.state.session import VISITOR_KEY

SECONDS = 60


def inside_page() -> None:
    import runpy

    from model.training.checkpoint import WEIGHTS
    from ui import state

    state.begin()
    runpy.run_path(str(WEIGHTS.parent / "pages" / "inside.py"))


def inside() -> AppTest:
    screen = AppTest.from_function(inside_page, default_timeout=SECONDS).run()
    assert not screen.exception
    return screen


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
