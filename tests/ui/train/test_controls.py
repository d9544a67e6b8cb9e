"""The controls make a config; what a running training follows at once stands apart; an address can hide some."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from model.common.fields import Group
from model.config import TrainingConfig
from model.presets import PRESETS
from tests.ui.screens import SECONDS, query, sound
from ui.state.session import TAB_KEY
from ui.train import controls, url_state

LIVE_FIELDS = TrainingConfig.live_fields()
RUNNING = TrainingConfig(hidden_sizes=(32,), learning_rate=0.01, seed=3)
OTHERS: dict[str, Any] = {
    "data": "mnist",
    "background": True,
    "training_size": 2000,
    "validation_size": 0.25,
    "hidden_sizes": (7, 300, 9),
    "activation": "gelu",
    "batch_normalization": True,
    "dropout": 0.33,
    "initialization": "normal",
    "initial_std": 0.03,
    "optimizer": "adamw",
    "learning_rate": 0.0037,
    "momentum": 0.77,
    "beta2": 0.99,
    "weight_decay": 0.0004,
    "schedule": "one_cycle",
    "warmup": 0.21,
    "step_epochs": 3,
    "step_factor": 0.25,
    "batch_size": 33,
    "epochs": 4,
    "label_smoothing": 0.125,
    "clip_norm": 1.5,
    "early_stopping": 2,
    "average_last": 3,
    "teacher": "champion,wide-512",
    "teacher_temperature": 3.5,
    "teacher_weight": 0.75,
    "start_from": "starter",
    "augmentation": "affine",
    "augmentation_strength": 0.7,
    "seed": 11,
}


def script(running=None) -> None:
    import streamlit as st

    from ui import state
    from ui.train import controls

    state.begin()
    controls.begin(arriving=state.enter_page("train"))
    st.session_state["problem"] = controls.address_problem()
    controls.choose_preset()
    places = controls.places()
    st.session_state["chosen"] = controls.choose_dataset(places)
    st.session_state["config"] = controls.choose_config("mnist-5k", places, running=running)


def page(running: TrainingConfig | None = None, **address: str) -> AppTest:
    screen = AppTest.from_function(script, default_timeout=SECONDS, kwargs={"running": running})
    screen.query_params.update(address)
    return sound(screen.run())


@pytest.fixture(autouse=True)
def _mnist_5k(shared_cache) -> None:
    """The data set that the pages open with."""


def shown(screen: AppTest) -> dict[str, Any]:
    kinds = (screen.slider, screen.select_slider, screen.selectbox, screen.number_input, screen.toggle)
    return {widget.key: widget for kind in kinds for widget in kind if widget.key}


def text(screen: AppTest) -> str:
    return "\n".join(part.value for kind in (screen.markdown, screen.caption) for part in kind)


# -------------------------------------------------------------------------------------------------- the address


def test_an_address_brings_every_setting_and_is_left_as_it_came() -> None:
    assert {*OTHERS, "ink"} == set(TrainingConfig.model_fields)
    given = {name: str(value) for name, value in OTHERS.items() if name != "data"} | {"hidden_sizes": "7-300-9"}
    screen = page(**given)
    assert screen.session_state["config"] == TrainingConfig(**OTHERS | {"data": "mnist-5k"})
    assert query(screen) == given


@pytest.mark.parametrize("name", PRESETS)
def test_the_address_of_a_preset_gives_the_preset(name: str) -> None:
    preset = PRESETS[name].config
    screen = page()
    sound(screen.selectbox(key="preset").set_value(name).run())
    assert page(**query(screen)).session_state["config"] == preset.changed(data="mnist-5k", ink="")


# ------------------------------------------------------------------------------------------------------- hiding


HIDE = "dropout, preset,hidden_sizes,inside"


def test_what_an_address_hides_is_not_shown_and_keeps_its_value() -> None:
    screen = page(hide=HIDE, dropout="0.33", hidden_sizes="9-8")
    assert not {"dropout", "preset", "hidden_layers", "hidden_1", "hidden_2"} & shown(screen).keys()
    assert {"learning_rate", "optimizer", "dataset"} <= shown(screen).keys()
    for _ in range(2):
        config = screen.session_state["config"]
        assert (config.dropout, config.hidden_sizes) == (0.33, (9, 8))
        sound(screen.number_input(key="epochs").set_value(7).run())
    assert screen.session_state["config"].epochs == 7
    assert query(screen) == {"hide": HIDE, "dropout": "0.33", "hidden_sizes": "9-8", "epochs": "7"}
    assert screen.session_state["problem"] is None


def test_what_was_hidden_stays_hidden_over_a_visit_to_another_page() -> None:
    screen = page(hide="seed")
    screen.session_state[TAB_KEY].page = "draw"
    screen.query_params.clear()
    sound(screen.run())
    assert query(screen) == {"hide": "seed"}
    assert "seed" not in shown(screen)


@pytest.mark.parametrize("title", [*controls.FOLDED, Group.REGULARIZATION])
def test_a_section_is_shown_as_long_as_one_of_its_settings_is(title: Group) -> None:
    fields = controls.GROUPS[title]
    assert title in [expander.label for expander in page(hide=",".join(fields[1:])).expander]
    assert title not in [expander.label for expander in page(hide=",".join(fields)).expander]


def test_a_group_has_no_title_without_settings() -> None:
    assert "Live settings" in text(page())
    rest = page(hide=",".join(LIVE_FIELDS))
    assert "Live settings" not in text(rest)
    assert "Model and data" in text(rest)
    assert "Model and data" not in text(page(hide="controls"))


def test_all_controls_hidden_leave_the_settings_of_the_address() -> None:
    screen = page(hide="controls", seed="5")
    assert (shown(screen), list(screen.expander)) == ({}, [])
    assert screen.session_state["config"] == TrainingConfig(seed=5)
    assert screen.session_state["chosen"] == "mnist-5k"
    sound(screen.run())
    assert screen.session_state["config"] == TrainingConfig(seed=5)


def test_a_name_that_cannot_be_hidden_is_answered_with_those_that_can_and_the_rest_is_hidden() -> None:
    screen = page(hide="seed,nonsense,ink", epochs="none")
    problem = screen.session_state["problem"]
    assert "epochs must be" in problem
    assert "hide does not know nonsense, ink. It takes preset, " in problem
    assert all(name in problem for name in ("dropout", "hidden_layers", "preset", "inside", "weights_view"))
    assert "seed" not in shown(screen)
    assert "epochs" in shown(screen)


def test_only_what_the_address_shows_is_shown() -> None:
    screen = page(show="learning_rate,batch_size", learning_rate="0.5")
    assert shown(screen).keys() == {"learning_rate", "batch_size"}
    assert screen.session_state["config"] == TrainingConfig(learning_rate=0.5)
    assert query(screen) == {"show": "learning_rate,batch_size", "learning_rate": "0.5"}


def test_every_control_can_be_hidden() -> None:
    every = set(shown(page(schedule="step")) | shown(page(schedule="one_cycle")))
    assert every - {"hidden_1"} <= set(url_state.HIDEABLE)
    assert shown(page(hide=",".join(every))) == {}


# ------------------------------------------------------------------------------------------------------- tuning


def test_live_settings_stand_together() -> None:
    together = (*controls.GROUPS[Group.LIVE], *controls.GROUPS[Group.REGULARIZATION])
    assert sorted(together) == sorted(LIVE_FIELDS)
    keys = list(shown(page()))
    screen = page()
    order = [widget.key for widget in screen.select_slider]
    assert order.index("learning_rate") < order.index("weight_decay") < order.index("hidden_1")
    assert set(LIVE_FIELDS) <= set(keys)


def test_only_settings_that_are_not_live_need_a_restart() -> None:
    config = RUNNING.changed(learning_rate=0.1, dropout=0.5, hidden_sizes=(32, 32), seed=4)
    assert controls.restart_needed(config, RUNNING) == ["Hidden layers", "Seed"]
    assert controls.restart_needed(RUNNING, RUNNING) == []


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"seed": "4"}, "Seed differs from the current run: it takes effect on restart."),
        ({"epochs": "4"}, "Epochs differ from the current run: they take effect on restart."),
        (
            {"hidden_sizes": "32-32", "seed": "4"},
            "Hidden layers and seed differ from the current run: they take effect on restart.",
        ),
        ({"learning_rate": "0.2", "dropout": "0.2"}, None),
        (
            {"activation": "tanh", "seed": "4", "epochs": "3", "schedule": "step", "early_stopping": "1"},
            "Activation, learning rate schedule, epochs and 2 more differ from the current run: they take "
            "effect on restart.",
        ),
    ],
)
def test_settings_that_need_a_restart_are_listed_in_one_line(changes: dict[str, str], line: str | None) -> None:
    screen = page(RUNNING, **{"hidden_sizes": "32", "learning_rate": "0.01", "seed": "3"} | changes)
    lines = [caption.value for caption in screen.caption if "the current run" in caption.value]
    assert [it.split(": ", 1)[1] for it in lines] == ([line] if line else [])


def test_without_a_run_no_setting_needs_a_restart() -> None:
    assert "the current run" not in text(page(seed="4"))


# ------------------------------------------------------------------------------------------------------ widgets


@pytest.mark.parametrize(
    ("name", "idle", "used"),
    [
        ("momentum", {"optimizer": "rmsprop"}, {"optimizer": "nesterov"}),
        ("augmentation_strength", {"augmentation": "none"}, {"augmentation": "elastic"}),
        ("momentum", {"optimizer": "sgd"}, {"optimizer": "adam"}),
        ("beta2", {"optimizer": "momentum"}, {"optimizer": "rmsprop"}),
        ("initial_std", {"initialization": "he"}, {"initialization": "normal"}),
        ("dropout", {"hidden_sizes": ""}, {"hidden_sizes": "1"}),
        ("activation", {"hidden_sizes": ""}, {"hidden_sizes": "5-5"}),
    ],
)
def test_a_setting_without_effect_cannot_be_moved_and_says_why(name: str, idle: dict, used: dict) -> None:
    screen = page(**used)
    assert not shown(screen)[name].disabled
    assert "no effect" not in shown(screen)[name].help
    screen = page(**idle)
    assert shown(screen)[name].disabled
    assert "no effect" in shown(screen)[name].help


def test_momentum_can_be_moved_for_the_training_that_runs() -> None:
    assert not shown(page(RUNNING, optimizer="sgd"))["momentum"].disabled
    assert shown(page(RUNNING, optimizer="sgd"))["beta2"].disabled  # of the next training alone


@pytest.mark.parametrize(
    ("address", "running", "largest"),
    [({}, None, 2048), ({"training_size": "500"}, None, 256), ({}, RUNNING.changed(training_size=500), 256)],
)
def test_no_batch_is_larger_than_the_images_left_to_learn_from(
    address: dict[str, str], running: TrainingConfig | None, largest: int
) -> None:
    screen = page(running, batch_size="4096", **address)
    slider = screen.select_slider(key="batch_size")
    assert slider.options[-2:] == [f"{largest:,}", "all"]
    assert slider.value == 0
    assert screen.session_state["config"].batch_size == 0
    sound(slider.set_value(largest).run())
    assert screen.session_state["config"].batch_size == largest
    assert query(screen) == {"batch_size": str(largest)} | address


def test_custom_can_be_seen_and_not_chosen_and_the_defaults_come_back_by_a_click() -> None:
    screen = page()
    assert screen.selectbox(key="preset").options == [controls.DEFAULTS, *PRESETS]
    assert screen.button(key="reset_settings").disabled
    sound(screen.number_input(key="epochs").set_value(7).run())
    assert screen.selectbox(key="preset").value == controls.CUSTOM
    sound(screen.button(key="reset_settings").click().run())
    assert screen.session_state["config"] == TrainingConfig()
    assert screen.selectbox(key="preset").value == controls.DEFAULTS
    assert query(screen) == {}


def test_immediately_is_said_only_of_a_run_in_progress() -> None:
    assert "immediately" not in text(page())
    assert "immediately" in text(page(RUNNING))


# ------------------------------------------------------------------------------------------------- other networks


def test_a_teacher_is_chosen_by_its_name_and_its_settings_appear_with_it() -> None:
    screen = page()
    assert not {"teacher_temperature", "teacher_weight"} & shown(screen).keys()
    teacher = shown(screen)["teacher"]
    assert teacher.options[0] == "None"
    assert {"champion", "handwriting", "starter"} <= set(teacher.options)
    sound(teacher.set_value("champion").run())
    assert {"teacher_temperature", "teacher_weight"} <= shown(screen).keys()
    assert query(screen) == {"teacher": "champion"}
    assert screen.session_state["config"].teacher == "champion"
    assert not screen.warning


def test_a_network_that_does_not_fit_is_told_of() -> None:
    screen = page(teacher="handwriting")
    assert "turn the reject class on" in screen.warning[0].value
    assert not page(teacher="handwriting", background="true").warning
    assert "784-64-10 relu" in page(start_from="starter", hidden_sizes="32").warning[0].value.replace("\\", "")
    assert not page(start_from="starter", hidden_sizes="64").warning


@pytest.mark.parametrize("name", ["teacher", "start_from"])
def test_an_address_names_no_file(name: str) -> None:
    for value in ("weights/starter.safetensors", "/etc/passwd", "starter,../x"):
        screen = page(**{name: value})
        assert f"{name} must name networks that come with Inkling" in screen.session_state["problem"]
        assert screen.session_state["config"] == TrainingConfig()
