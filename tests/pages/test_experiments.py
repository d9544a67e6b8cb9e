"""The Experiments page without a browser: a race from the bet to the outcome, a search from its plan to its end."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from model.experiments.search import Search
from model.experiments.space import FIXED
from model.experiments.supervisor import Supervisor
from model.ink import Drawing
from model.jobs import Job
from model.jobs.protocol import SetSpeed
from tests.paths import ROOT
from tests.polling import wait_for
from tests.ui.screens import SECONDS, sound
from tests.ui.train.train_screen import end_runs, visitor
from ui.experiments import race_files, routes, searches, study_files
from ui.state import runtime
from ui.state.drawing_log import DrawingLog, LoggedDrawing

SMALL = TrainingConfig(hidden_sizes=(4,), epochs=2, training_size=500)


@pytest.fixture
def screen(shared_cache: Path) -> Iterator[AppTest]:
    screen = AppTest.from_file(ROOT / "pages" / "navigation.py", default_timeout=SECONDS).switch_page("experiments.py")
    sound(screen.run())
    visitor(screen).config = SMALL
    yield sound(screen.run())
    end_runs(screen)


def show(screen: AppTest, tab: str) -> AppTest:
    screen.session_state["experiments"] = tab
    return sound(screen.run())


def said(screen: AppTest) -> str:
    kinds = (screen.markdown, screen.caption, screen.success, screen.info, screen.error)
    return " ".join(element.value for kind in kinds for element in kind).replace("\\", "")


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
    assert "Your bet is on B: adam" in said(screen)
    for job in (first, second):  # they are to be watched for half a minute
        job.send(SetSpeed(0))
    wait_for(lambda: not first.is_live and not second.is_live, "the end of the race")
    sound(screen.run())
    assert "wins**" in said(screen)
    assert "another seed may turn it round" in said(screen)
    assert screen.radio(key="race_bet").value is None
    outcome = visitor(screen).race
    assert outcome
    assert "wins, " in race_files.report(outcome, [first, second]).answers[0]
    assert {line.split(",")[0] for line in race_files.curves(outcome, [first, second]).splitlines()[1:]} == {
        "A: sgd", "B: adam"
    }  # fmt: skip
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


# -- Search -------------------------------------------------------------------------------------------------


def start(screen: AppTest, key: str = "start_search") -> Search:
    sound(screen.button(key=key).click().run())
    (search,) = visitor(screen).searches
    return search


def test_a_plan_that_cannot_be_is_named_and_cannot_be_started(screen: AppTest) -> None:
    show(screen, "Search")
    assert not screen.button(key="start_search").disabled
    screen.text_input(key="to_learning_rate").set_value("11").run()
    assert "learning_rate must be above 0 and at most 10" in said(screen)
    assert screen.button(key="start_search").disabled
    screen.text_input(key="to_learning_rate").set_value("0.1").run()
    screen.text_input(key="values_hidden_sizes").set_value("8; many").run()
    assert "hidden_sizes must be" in said(screen)
    screen.toggle(key="vary_hidden_sizes").set_value(False).run()
    assert not screen.button(key="start_search").disabled
    screen.toggle(key="vary_learning_rate").set_value(False).run()
    assert "no setting varies" in said(screen)


def test_a_search_tries_its_first_trials_goes_on_and_its_best_trial_is_used(screen: AppTest) -> None:
    visitor(screen).config = SMALL.changed(epochs=1, training_size=300)
    show(screen, "Search")
    screen.text_input(key="values_hidden_sizes").set_value("4; 8,4").run()
    screen.number_input(key="trials").set_value(6).run()
    screen.multiselect(key="objectives").set_value(["validation_accuracy", "ink_accuracy"]).run()
    assert "accuracy on drawings needs labeled drawings" in said(screen)
    assert screen.button(key="start_search").disabled
    strokes = (np.array([[10.0, 10.0], [60.0, 10.0], [30.0, 80.0]]),)
    labels = ("7", "1", None, "7")
    visitor(screen).drawings = DrawingLog(
        [LoggedDrawing(number, Drawing(strokes, label=label), "", "7") for number, label in enumerate(labels)]
    )
    screen.segmented_control(key="judge").set_value("my drawings").run()
    assert "3 labeled drawings" in said(screen)
    search = start(screen, "first_trials")
    wait_for(lambda: search.command == "pause" and not search.is_at_work, "the first trials")
    assert not search.problem
    wait_for(lambda: searches.view(search).ended, "the first trials to be read")
    sound(screen.run())
    assert "the rest takes about" in said(screen)
    assert searches.view(search).ended < 6
    sound(screen.button(key="pause_search").click().run())
    wait_for(lambda: search.is_complete or search.problem, "the end of the search")
    assert not search.problem
    wait_for(lambda: searches.view(search).ended == 6, "all trials")
    answer = routes.changes_since(visitor(screen), search.name, 0)
    assert answer
    assert answer["status"] == "Finished: 6 of 6 trials."
    assert not answer["goes_on"]
    assert routes.changes_since(visitor(screen), "another", 0) is None
    assert routes.changes_since(None, search.name, 0) is None

    assert search.plan.name in study_files.report(search).title
    assert study_files.trials(search).count("finished") == 6
    reached = [trial.values[1] for trial in searches.view(search).trials if trial.values]
    assert {round(3 * share, 3) for share in reached} <= {0, 1, 2, 3}  # of three drawings
    visitor(screen).searches.clear()
    search.discard()
    assert not search.folder.exists()


def test_where_searches_are_switched_off_the_page_says_so(monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> None:
    monkeypatch.setattr(runtime, "supervisor", lambda: Supervisor(Path("nowhere"), 0))
    screen = AppTest.from_file(ROOT / "pages" / "navigation.py", default_timeout=SECONDS).switch_page("experiments.py")
    show(screen, "Search")
    assert "switched off here" in said(screen)
    assert not any(button.key == "start_search" for button in screen.button)


def test_what_varies_is_chosen_on_train_and_planned_here(screen: AppTest) -> None:
    sound(screen.switch_page("train.py").run())
    assert not any(toggle.key.startswith("vary_") for toggle in screen.toggle)  # until somebody wants it
    sound(screen.toggle(key="varying").set_value(True).run())
    switches = {toggle.key for toggle in screen.toggle if toggle.key.startswith("vary_")}
    assert {"vary_learning_rate", "vary_hidden_sizes", "vary_dropout"} <= switches
    assert not switches & {f"vary_{name}" for name in FIXED}
    assert "Varies: Hidden layers, learning rate" in said(screen) or "Varies: Learning rate" in said(screen)
    screen.toggle(key="vary_hidden_sizes").set_value(False).run()
    sound(screen.toggle(key="vary_learning_rate").set_value(False).run())
    assert screen.button(key="plan_search").disabled
    sound(screen.toggle(key="vary_dropout").set_value(True).run())
    sound(screen.button(key="plan_search").click().run())
    assert [toggle.key for toggle in screen.toggle if toggle.value] == ["vary_dropout"]
    assert not screen.button(key="start_search").disabled
