"""The menu of networks says what each one is, and a file that can't be used is named below it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from streamlit.testing.v1 import AppTest

from model.jobs import JobState
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint
from model.training.history import HistoryPoint
from tests.ui.screens import SECONDS, sound
from ui import state
from ui.pickers import networks
from ui.state.session import VISITOR_KEY
from ui.state.visitor_state import VisitorState


def script() -> None:
    from ui import state
    from ui.pickers import networks

    state.begin()
    networks.select_network()


def menu() -> AppTest:
    screen = sound(AppTest.from_function(script, default_timeout=SECONDS).run())
    return screen


def network(**scores: float | str) -> Checkpoint:
    return Checkpoint(DigitClassifier(MLP((784, 10))), None, scores)


def test_each_network_that_comes_with_inkling_has_a_few_words() -> None:
    options = menu().selectbox(key="network").options
    assert options[0] == "handwriting (best on drawings)"
    assert {"champion (best on MNIST)", "tanh-10 (10 tanh units)"} <= set(options)
    assert all(option.endswith(")") for option in options)


def test_ones_own_networks_come_first_with_their_accuracy() -> None:
    screen = menu()
    own = {
        "old": network(test_accuracy=0.5, tested_on="mnist-5k"),
        "bare": network(),
        "new": network(test_accuracy=1),
    }
    screen.session_state[VISITOR_KEY].networks = own
    assert screen.run().selectbox(key="network").options[:3] == ["new", "bare", "old (50.0 % on mnist-5k)"]


def test_a_file_that_is_no_network_is_named_and_one_that_is_gets_chosen() -> None:
    screen = menu()
    screen.file_uploader(key="network_file").upload("broken.npz", b"1234", "").run()
    assert "broken" in screen.error[0].value
    assert screen.selectbox(key="network").value == "handwriting"
    screen.file_uploader(key="network_file").upload("mine.npz", network().to_bytes(".npz"), "").run()
    assert not screen.error
    assert screen.selectbox(key="network").value == "mine"


def test_a_network_from_a_file_is_no_larger_than_the_operator_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKLING_MAX_PARAMETERS", "7000")
    screen = menu()
    screen.file_uploader(key="network_file").upload("mine.npz", network().to_bytes(".npz"), "").run()
    assert "7,850 parameters, and here it may have 7,000" in screen.error[0].value.replace("\\", "")
    assert screen.selectbox(key="network").value == "handwriting"


def test_two_tabs_add_the_network_of_an_ended_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    here, both = VisitorState("Ada"), Barrier(2)

    class Ended:
        number, name, is_live = 1, "my run", False

        def state(self) -> JobState:
            with suppress(BrokenBarrierError):
                both.wait(0.5)  # the other tab, if it comes this far, too
            return JobState(points=[HistoryPoint(*[1] * 9)])

        def checkpoint(self) -> Checkpoint:
            return network()

    here.jobs = [Ended()]  # type: ignore[list-item]
    monkeypatch.setattr(state, "visitor", lambda: here)
    with ThreadPoolExecutor(2) as tabs:
        assert list(tabs.map(networks.of_job, here.jobs * 2)) == ["my run"] * 2
    assert list(here.networks) == ["my run"]
