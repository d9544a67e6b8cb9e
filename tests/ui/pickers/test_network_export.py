"""A network can be taken along in every format that this machine writes; as a web page only if it fits a browser."""

import sys

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.screens import SECONDS


def script(*hidden: int) -> None:
    from model.nn.classifier import DigitClassifier
    from model.nn.mlp import MLP
    from model.training.checkpoint import Checkpoint
    from ui import state
    from ui.pickers import network_export

    state.begin()
    trained = Checkpoint(DigitClassifier(MLP((784, *hidden, 10))))
    network_export.show("Export it", lambda: trained, "mine", leave_out=(".zip",))


def labels(*hidden: int, is_open: bool = True) -> list[str]:
    """Return what the menu offers for a network with these hidden layers."""
    screen = AppTest.from_function(script, default_timeout=SECONDS, args=hidden)
    screen.session_state["export_network"] = is_open
    screen.run()
    assert not screen.exception
    return [button.label for button in screen.get("download_button")]


def test_the_menu_offers_every_format_that_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = ["NumPy arrays (.npz)", "Model file (.safetensors)"]
    assert labels(8) == ["Web page (.html)", "ONNX (.onnx)", *arrays]
    assert labels(8, is_open=False) == []
    assert labels(4096, 1200) == ["ONNX (.onnx)", *arrays]  # too large for a browser
    monkeypatch.delitem(sys.modules, "onnx", raising=False)
    monkeypatch.setattr(sys, "path", [])  # nothing more can be imported
    assert labels(8) == ["Web page (.html)", *arrays]
