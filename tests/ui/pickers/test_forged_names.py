"""A browser may send any name as the one chosen in a menu: it opens nothing but what the menu has."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from model.training.checkpoint import DEFAULT_WEIGHTS
from tests.paths import ROOT
from tests.ui.screens import SECONDS, sound
from ui.train import url_state

FORGED = ("/etc/passwd", "../../app.py", f"../{ROOT.name}/weights/starter", str(DEFAULT_WEIGHTS.with_suffix("")))


def script(names: tuple[str, ...]) -> None:
    from collections.abc import Callable

    import streamlit as st

    from ui import state
    from ui.pickers import datasets, networks

    state.begin()
    openers: dict[str, Callable[[str], object]] = {
        "network": networks.find,
        "data set": datasets.open_dataset,
        "folder": datasets.folder,
    }
    for kind, opener in openers.items():
        for name in names:
            try:
                opener(name)
                st.text(f"{kind} {name}")
            except ValueError as error:
                st.caption(str(error))


def test_no_name_of_a_file_opens_it(tmp_path) -> None:
    network = tmp_path / "own.safetensors"
    shutil.copy(DEFAULT_WEIGHTS, network)
    names = (*FORGED, str(network.with_suffix("")))
    screen = sound(AppTest.from_function(script, args=(names,), default_timeout=SECONDS).run())
    assert [text.value for text in screen.text] == []
    assert len(screen.caption) == 3 * len(names)


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("field", ["data", "ink", "teacher", "start_from"])
def test_no_address_names_a_file(field: str, name: str) -> None:
    config, problems = url_state.parse({field: name})
    assert problems
    assert getattr(config, field) == getattr(url_state.DEFAULT, field)
