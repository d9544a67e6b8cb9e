"""An address is read as the command line reads its options, one setting at a time, and stays until one is changed."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from model.jobs import JobStatus
from tests.polling import wait_until
from tests.ui.screens import SECONDS, query, sound
from tests.ui.train.train_screen import jobs, page, page_in_app, press, runs_end, script
from ui.state.session import TAB_KEY, VISITOR_KEY
from ui.state.tab_state import TabState
from ui.train import url_state

DEFAULT = TrainingConfig()


@pytest.mark.parametrize("text", ["64,32", "64-32", "64, 32"])
def test_layers_are_separated_by_commas_or_hyphens(text: str) -> None:
    config, problems = url_state.parse({"hidden_sizes": text})
    assert (config.hidden_sizes, problems) == ((64, 32), [])


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("1", True), ("false", False)])
def test_a_switch_is_true_or_false(text: str, value: bool) -> None:
    config, problems = url_state.parse({"batch_normalization": text})
    assert (config.batch_normalization, problems) == (value, [])


def test_a_bad_setting_is_named_and_the_others_hold() -> None:
    config, problems = url_state.parse({"epochs": "60", "learning_rate": "1000", "hidden_sizes": "64,x", "seed": "3"})
    assert config == DEFAULT.changed(epochs=60, seed=3)
    assert sorted(problem.split()[0] for problem in problems) == ["hidden_sizes", "learning_rate"]
    assert "learning_rate must be above 0 and at most 10; got '1000'" in problems


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("lr", "0.5", "lr is not the name of a setting"),
        ("data", "/etc/passwd", "data must be one of mnist-5k, mnist; got '/etc/passwd'"),
        ("ink", "mine.jsonl", "ink can't be given in an address"),
    ],
)
def test_what_an_address_cannot_give_is_named(name: str, text: str, problem: str) -> None:
    config, problems = url_state.parse({name: text, "epochs": "60"})
    assert config == DEFAULT.changed(epochs=60)
    assert len(problems) == 1
    assert problems[0].startswith(problem)


@pytest.mark.parametrize("text", ["x" * 10_000, "1" * 10_000, "64," * 3000])
def test_no_address_makes_the_page_say_all_that_it_holds(text: str) -> None:
    for name in [*url_state.ADDRESS_NAMES, "x" * 10_000]:
        _, problems = url_state.parse({name: text})
        assert len(problems) == 1, name
        assert len(problems[0]) < 400, name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("lr", "learning_rate"),
        ("learning-rate", "learning_rate"),
        ("Learning_Rate", "learning_rate"),
        ("rate", "learning_rate"),
        ("bs", "batch_size"),
        ("epoch", "epochs"),
        ("hidden_layers", "hidden_sizes"),
        ("layers", "hidden_sizes"),
        ("dataset", "data"),
        ("regularisation", None),
        ("x", None),
    ],
)
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(name: str, meant: str | None) -> None:
    _, (problem,) = url_state.parse({name: "1"})
    question = f" (did you mean {meant}?)" if meant else ""
    assert problem == f"{name} is not the name of a setting{question}"


ALL = set(url_state.HIDEABLE)


@pytest.mark.parametrize(
    ("hide", "show", "left"),
    [
        ("", "", ALL),
        ("seed, data", "", ALL - {"seed", "dataset"}),
        ("", "learning_rate,batch_size", {"learning_rate", "batch_size", "controls"}),
        ("batch_size", "learning_rate,batch_size", {"learning_rate", "controls"}),
        ("", "runs", {"runs"}),
        ("", "controls", url_state.CONTROLS | {"controls"}),
        ("", "data,hidden_sizes", {"dataset", "hidden_layers", "controls"}),
        ("", "nonsense", ALL),
        ("controls", "", ALL - {"controls"}),
    ],
)
def test_show_is_the_counterpart_of_hide(hide: str, show: str, left: set[str]) -> None:
    assert ALL - url_state.hidden_parts([hide], [show]) == left


# -- On the page --------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _mnist_5k(shared_cache: Path) -> None:
    """The data set that the page opens with."""


def named_in_the_address(screen: AppTest) -> str:
    """Return the message that names what is wrong with the address."""
    (error,) = screen.error
    return error.value.replace("\\", "")


TYPED = {"hidden_sizes": "64,32", "epochs": "60", "learning_rate": "1000", "lr": "0.5"}


def test_an_address_stays_as_it_was_typed_until_a_setting_is_changed() -> None:
    screen = page(**TYPED)
    problem = named_in_the_address(screen)
    assert "learning_rate must be above 0 and at most 10; got '1000'" in problem
    assert "lr is not the name of a setting (did you mean learning_rate?)" in problem
    assert (screen.number_input(key="epochs").value, screen.slider(key="hidden_layers").value) == (60, 2)
    assert [screen.select_slider(key=f"hidden_{layer}").value for layer in (1, 2)] == [64, 32]
    screen.run()
    assert query(screen) == TYPED
    assert screen.error
    screen.number_input(key="epochs").set_value(61).run()
    assert query(screen) == {"hidden_sizes": "64-32", "epochs": "61", "lr": "0.5"}
    assert not screen.error


def test_bad_settings_are_named_and_a_run_starts_with_the_good_ones() -> None:
    screen = page(data="/etc/passwd", hidden_sizes="1-2-3-4-5-6-7", seed="x", learning_rate="1000", epochs="1")
    problem = named_in_the_address(screen)
    assert "data must be one of mnist-5k, mnist; got '/etc/passwd'" in problem
    assert "hidden_sizes must be at most 6" in problem
    assert "seed must be a whole number" in problem
    assert "learning_rate must be above 0 and at most 10; got '1000'" in problem
    with runs_end(screen):
        press(screen, "start")
        assert [job.config for job in jobs(screen)] == [DEFAULT.changed(epochs=1)]


def test_hidden_settings_and_the_tabs_of_hidden_parts_are_not_on_the_page() -> None:
    screen = page_in_app(hide="dropout,follow,layers_view,runs,everything", epochs="1", hidden_sizes="4")
    assert "hide does not know everything" in named_in_the_address(screen)
    sliders = {slider.key for slider in screen.select_slider}
    assert "learning_rate" in sliders
    assert "dropout" not in {*sliders, *(slider.key for slider in screen.slider)}
    assert [tab.label for tab in screen.tabs] == ["Weights", "Digits", "Gradient check"]
    with runs_end(screen):
        press(screen, "full_speed")
        press(screen, "start")
        (job,) = jobs(screen)
        wait_until(job, JobStatus.FINISHED)
        assert [tab.label for tab in sound(screen.run()).tabs] == ["Weights", "Digits", "Gradient check"]


def test_the_menu_leads_back_to_the_settings_of_the_visitor() -> None:
    screen = page(epochs="60")
    screen.number_input(key="epochs").set_value(33).run()
    screen.query_params.clear()
    screen.session_state[TAB_KEY].page = "draw"
    screen.run()
    assert query(screen) == {"epochs": "33"}


def test_a_bare_address_that_is_opened_is_the_page_of_the_defaults() -> None:
    first = page(epochs="33", learning_rate="0.1")
    again = AppTest.from_function(script, default_timeout=SECONDS)
    again.session_state[VISITOR_KEY] = first.session_state[VISITOR_KEY]  # the same browser
    again.session_state[TAB_KEY] = TabState()  # with a page that was loaded anew
    sound(again.run())
    assert again.number_input(key="epochs").value == DEFAULT.epochs
    assert query(again) == {}


def test_what_can_be_shown_is_named_in_full_if_a_name_is_wrong() -> None:
    screen = page(show="lr,epochs,foo")
    problem = named_in_the_address(screen)
    assert "show does not know lr (did you mean learning_rate?), foo. It takes preset, dataset, " in problem
    assert all(name in problem for name in url_state.HIDEABLE)
    assert screen.number_input(key="epochs")
