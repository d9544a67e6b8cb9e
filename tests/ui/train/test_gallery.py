"""The gallery of examples on the Train page: one click sets the controls and starts the runs, a pair side by side."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.polling import wait_for
from tests.ui.train.train_screen import end_runs, jobs, page, press, visitor
from ui.train import speed
from ui.train.examples import EXAMPLES, Example


@pytest.fixture
def screen(shared_cache: Path) -> Iterator[AppTest]:
    screen = page()
    yield screen
    end_runs(screen)


def named(name: str) -> Example:
    return next(example for example in EXAMPLES if example.name == name)


def start(screen: AppTest, name: str) -> None:
    screen.session_state["gallery_open"] = True
    screen.run()
    press(screen, f"start_{name}")


def test_an_example_sets_the_controls_and_starts(screen: AppTest) -> None:
    start(screen, "too_small")
    (config,) = named("too_small").configs
    assert [job.config for job in jobs(screen)] == [config]
    assert visitor(screen).config == config
    assert screen.selectbox(key="optimizer").value == "sgd"
    assert not [button for button in screen.button if str(button.key).startswith("start_")]  # the cards are closed


def test_a_pair_runs_side_by_side_and_is_compared(screen: AppTest) -> None:
    start(screen, "batch_size")
    first, second = jobs(screen)
    assert (first.config.batch_size, second.config.batch_size) == (512, 1)
    assert visitor(screen).job is second
    assert (first.name, second.name) == ("my batch 512", "my batch 1")
    assert first.is_live  # the second one has not stopped it
    assert set(screen.session_state["overlay"]) == {first.label, second.label}


def test_the_diagnosis_stands_under_the_curves_of_a_run_that_is_over(screen: AppTest) -> None:
    visitor(screen).speed = 0
    start(screen, "dead_relus")
    (job,) = jobs(screen)
    wait_for(lambda: not job.is_live, "its end")
    screen.run()
    (line,) = [element.value for element in screen.markdown if "No better than guessing" in element.value]
    assert "of layer 2 is dead" in line
    assert any("A binomial test" in element.value for element in screen.markdown)


@pytest.mark.parametrize(("steps", "pace"), [(24, 2), (1140, 100), (10_800, speed.FULL_SPEED)])
def test_the_runs_of_a_pair_last_about_as_long_if_they_can(steps: int, pace: int) -> None:
    assert speed.lasting(steps, 15) == pace
