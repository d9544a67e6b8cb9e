"""The page begins with a network that did not learn from the images, and warns of one that did."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint
from tests.ui.evaluate.test_results import dataset
from tests.ui.screens import SECONDS
from ui.evaluate import fairness, results
from ui.pickers import networks
from ui.state.session import VISITOR_KEY


@pytest.fixture(autouse=True)
def _no_data_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With MNIST in the cache the images themselves would tell, and not the names of data sets."""
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))
    st.cache_data.clear()


def checkpoint(trained_on: str) -> Checkpoint:
    return Checkpoint(DigitClassifier(MLP((784, 10))), TrainingConfig(data=trained_on))


def test_training_images_are_mentioned() -> None:
    with_test, without = results.evaluation_set(dataset(7, 3)), results.evaluation_set(dataset(7, 0))
    assert fairness.warnings(checkpoint("mnist"), "mnist", with_test) == []
    assert "60,000" in fairness.warnings(checkpoint("mnist"), "mnist-5k", with_test)[0]
    assert len(fairness.warnings(checkpoint("mnist"), "mine.csv", without)) == 1
    assert "trained on these" in fairness.warnings(checkpoint("mine.csv"), "mine.csv", without)[1]
    assert fairness.warnings(Checkpoint(DigitClassifier(MLP((784, 10)))), "mnist-5k", with_test) == []


def test_what_a_teacher_has_seen_is_mentioned() -> None:
    with_test, network = results.evaluation_set(dataset(7, 3)), DigitClassifier(MLP((784, 10)))
    for config, scores in (
        (TrainingConfig(teacher="champion"), {}),  # known by its name
        (TrainingConfig(start_from="mine.npz"), {"ancestors_trained_on": "mnist"}),  # noted when it was trained
    ):
        (warning,) = fairness.warnings(Checkpoint(network, config, scores), "mnist-5k", with_test)
        assert "a network that this one learned from" in warning
        assert fairness.warnings(Checkpoint(network, config, scores), "mnist", with_test) == []
    (warning,) = fairness.warnings(Checkpoint(network, TrainingConfig(teacher="mine.npz")), "mnist-5k", with_test)
    assert warning.startswith("Perhaps not a fair test")


def script() -> None:
    import streamlit as st

    from ui import state
    from ui.evaluate import fairness

    state.begin()
    st.text(fairness.network_to_begin_with("mnist-5k"))


def test_the_network_that_comes_with_inkling_for_this_page_is_fair() -> None:
    shipped = networks.load_shipped(fairness.STARTER)
    assert fairness.overlap(shipped, "mnist-5k", results.evaluation_set(dataset(7, 3))) is None


@pytest.mark.parametrize(
    ("own", "chosen", "chosen_on", "expected"),
    [
        ([], "", "", "starter"),
        ([], "handwriting", "draw", "starter"),
        ([], "handwriting", "evaluate", "handwriting"),
        (["mnist-5k", "mnist-5k"], "own 1", "", "own 1"),
        (["mnist-5k", "mnist-5k"], "own 0", "draw", "own 0"),
        (["mnist-5k", "mnist-5k", "mnist"], "own 2", "", "own 1"),
        (["mnist-5k"], "champion", "draw", "own 0"),
        (["mnist"], "own 0", "", "starter"),
        ([], "forgotten", "evaluate", "starter"),
    ],
)
def test_the_page_begins_with_a_fair_network_unless_the_visitor_chose_another_here(
    own: list[str], chosen: str, chosen_on: str, expected: str, shared_cache: object
) -> None:
    screen = AppTest.from_function(script, default_timeout=SECONDS).run()
    visitor = screen.session_state[VISITOR_KEY]
    visitor.networks = {f"own {number}": checkpoint(data) for number, data in enumerate(own)}
    visitor.network, visitor.network_chosen_on = chosen, chosen_on
    assert screen.run().text[0].value == expected
