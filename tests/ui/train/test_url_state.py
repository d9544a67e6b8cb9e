"""An address is read as the command line reads its options, one setting at a time, and stays until one is changed."""

import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
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


# -- On the page --------------------------------------------------------------------------------------------


def script() -> None:
    import runpy

    from ui import state

    state.begin()
    runpy.run_path("pages/train.py")


def page(**address: str) -> AppTest:
    screen = AppTest.from_function(script, default_timeout=60)
    screen.query_params.update(address)
    screen.run()
    assert not screen.exception
    return screen


def address(screen: AppTest) -> dict[str, str]:
    return {
        name: values if isinstance(values, str) else ",".join(values) for name, values in screen.query_params.items()
    }


@pytest.fixture(autouse=True)
def _mnist_5k(shared_cache, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The data set that the page opens with."""
    monkeypatch.chdir(request.config.rootpath)


TYPED = {"hidden_sizes": "64,32", "epochs": "60", "learning_rate": "1000", "lr": "0.5"}


def test_an_address_stays_as_it_was_typed_until_a_setting_is_changed() -> None:
    screen = page(**TYPED)
    said = screen.error[0].value.replace("\\", "")
    assert "learning_rate must be above 0 and at most 10; got '1000'" in said
    assert "lr is not the name of a setting" in said
    assert (screen.number_input(key="epochs").value, screen.slider(key="hidden_layers").value) == (60, 2)
    screen.run()
    assert address(screen) == TYPED
    assert screen.error
    screen.number_input(key="epochs").set_value(61).run()
    assert address(screen) == {"hidden_sizes": "64-32", "epochs": "61", "lr": "0.5"}
    assert not screen.error


def test_an_address_without_settings_shows_those_of_the_visitor() -> None:
    screen = page(epochs="60")
    screen.number_input(key="epochs").set_value(33).run()
    screen.query_params.clear()
    screen.session_state["inkling_tab_state"].page = "draw"
    screen.run()
    assert address(screen) == {"epochs": "33"}
