"""The Experiments page without a browser: its tabs, and a race from the bet to the outcome."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from model.jobs import Job
from tests.paths import ROOT
from tests.polling import wait_for
from ui.state.session import VISITOR_KEY
from ui.state.visitor_state import VisitorState

SMALL = TrainingConfig(hidden_sizes=(4,), epochs=2, training_size=500)


@pytest.fixture
def screen(shared_cache: Path) -> Iterator[AppTest]:
    screen = AppTest.from_file(ROOT / "pages" / "navigation.py", default_timeout=60).switch_page("experiments.py")
    sound(screen.run())
    visitor(screen).config = SMALL
    yield sound(screen.run())
    for job in visitor(screen).jobs:
        job.stop()


def sound(screen: AppTest) -> AppTest:
    assert not screen.exception
    return screen


def visitor(screen: AppTest) -> VisitorState:
    state: VisitorState = screen.session_state[VISITOR_KEY]
    return state


def show(screen: AppTest, tab: str) -> AppTest:
    screen.session_state["experiments"] = tab
    return sound(screen.run())


def said(screen: AppTest) -> str:
    kinds = (screen.markdown, screen.caption, screen.success, screen.info, screen.error)
    return " ".join(element.value for kind in kinds for element in kind)


def race(screen: AppTest) -> list[Job]:
    """Bet on B, start, and return the two runs."""
    screen.radio(key="race_bet").set_value("B").run()
    sound(screen.button(key="start_race").click().run())
    return list(visitor(screen).jobs)


def test_a_race_needs_a_bet_and_a_difference_and_ends_with_an_outcome(screen: AppTest) -> None:
    show(screen, "Races")
    assert screen.button(key="start_race").disabled
    screen.radio(key="race_bet").set_value("B").run()
    assert not screen.button(key="start_race").disabled
    screen.selectbox(key="race_optimizer_b").set_value("adam").run()
    screen.selectbox(key="race_optimizer_a").set_value("adam").run()
    assert screen.button(key="start_race").disabled
    screen.selectbox(key="race_optimizer_a").set_value("sgd").run()
    first, second = race(screen)
    assert (first.initial_config.optimizer, second.initial_config.optimizer) == ("sgd", "adam")
    assert first.initial_config.changed(optimizer="adam") == second.initial_config
    assert first.speed == second.speed
    assert [first.label, second.label] == ["A: sgd", "B: adam"]
    assert "Your bet is on B\\: adam" in said(screen)
    wait_for(lambda: not first.is_live and not second.is_live, "the end of the race")
    sound(screen.run())
    assert "wins**" in said(screen)
    assert "another seed may turn it round" in said(screen)
    assert screen.radio(key="race_bet").value is None
    assert len(visitor(screen).networks) == 2


def test_a_race_is_stopped_and_the_next_one_takes_its_place(screen: AppTest) -> None:
    visitor(screen).config = SMALL.changed(epochs=1000)
    show(screen, "Races")
    before = race(screen)
    sound(screen.button(key="stop_race").click().run())
    wait_for(lambda: not any(job.is_live for job in before), "the end of both runs")
    after = race(screen)[-2:]
    assert visitor(screen).race == visitor(screen).race._replace(numbers=(after[0].number, after[1].number))


def test_a_race_that_is_more_than_the_operator_allows_does_not_begin(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKLING_MAX_RUNS", "1")
    show(screen, "Races")
    assert race(screen) == []
    assert "more are not possible at a time" in said(screen)
    assert visitor(screen).race is None
