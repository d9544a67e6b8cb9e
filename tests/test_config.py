import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.nn.activations import ACTIVATIONS
from model.nn.initializers import INITIALIZERS
from model.nn.optimizers import OPTIMIZERS
from model.nn.schedules import SCHEDULES

FIELDS = TrainingConfig.model_fields


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"learning_rate": -1}, "learning_rate must be above 0 and at most 10; got -1"),
        ({"learning_rate": 1000}, "learning_rate must be above 0 and at most 10; got 1000"),
        ({"learning_rate": "nan"}, "learning_rate must be above 0 and at most 10; got 'nan'"),
        ({"learning_rate": float("inf")}, "learning_rate must be above 0 and at most 10; got inf"),
        ({"momentum": 1}, "momentum must be at least 0 and below 1; got 1"),
        ({"batch_size": 2.5}, "batch_size must be a whole number, at least 0 and at most 1,000,000; got 2.5"),
        ({"epochs": "many"}, "epochs must be a whole number, at least 1 and at most 10000; got 'many'"),
        ({"seed": 2**32}, "seed must be a whole number, at least 0 and at most 4,294,967,295; got 4294967296"),
        ({"optimizer": "adagrad"}, "optimizer must be one of sgd, .*, adamw; got 'adagrad'"),
        ({"batch_normalization": "perhaps"}, "batch_normalization must be true or false; got 'perhaps'"),
        ({"hidden_sizes": (10,) * 7}, "hidden_sizes must be at most 6 whole numbers from 1 to 4096, .*; got "),
        ({"hidden_sizes": (10, 5000)}, "hidden_sizes must be whole .* 1 to 4096 each; got 5000 in layer 2"),
        ({"hidden_sizes": (0,)}, "hidden_sizes must be whole .* 1 to 4096 each; got 0 in layer 1"),
        ({"hidden_sizes": None}, "hidden_sizes must be at most 6 whole numbers"),
        ({"data": ""}, "data must be a text of 1 to 4096 characters; got ''"),
        ({"ink": "i" * 4097}, "ink must be a text of 0 to 4096 characters; got 'ii"),
        ({"background": "letters"}, "background must be true or false; got 'letters'"),
        ({"speed": 3}, "speed is not a setting; the settings are data, "),
        ({"dropout": 1, "epochs": 0}, "dropout must be .*; got 1; epochs must be .*; got 0"),
    ],
)
def test_bad_values_are_refused_in_one_line(values, message):
    with pytest.raises(ValueError, match=f"^{message}") as refusal:
        TrainingConfig.of(values)
    assert "\n" not in str(refusal.value)
    with pytest.raises(ValueError, match=f"^{message}"):
        TrainingConfig().changed(**values)


NAMES = st.sampled_from(sorted(FIELDS)) | st.text()
VALUES = st.none() | st.text() | st.floats() | st.integers() | st.lists(st.integers())


@given(st.dictionaries(NAMES, VALUES))
def test_any_values_make_a_config_or_a_message(values):
    config = refusal = None
    try:
        config = TrainingConfig.of(values)
    except ValueError as error:
        refusal = error
    if config:
        assert TrainingConfig.of(config.model_dump()) == config
    else:
        assert type(refusal) is ValueError  # and not pydantic's own
        assert len(str(refusal)) < 600 * sum(
            len(value) + 1 if isinstance(value, list) else 1 for value in values.values()
        )


def test_texts_do_as_well_as_numbers():
    texts = {"learning_rate": "0.01", "epochs": "3", "batch_normalization": "true", "hidden_sizes": ["64", "32"]}
    config = TrainingConfig.of(texts)
    assert (config.learning_rate, config.epochs, config.batch_normalization) == (0.01, 3, True)
    assert config.sizes == (784, 64, 32, 10)


def test_what_is_no_digit_is_a_class_of_its_own():
    assert TrainingConfig(background=True, hidden_sizes=(64,)).sizes == (784, 64, 11)
    assert TrainingConfig(background=False, hidden_sizes=(64,), ink="mine.jsonl").sizes == (784, 64, 10)


def test_a_config_comes_back_from_json_as_it_was():
    config = TrainingConfig(hidden_sizes=(5, 6), learning_rate=0.1 + 0.2, schedule="one_cycle", seed=2**32 - 1)
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config


def test_a_config_never_changes():
    config = TrainingConfig()
    with pytest.raises(ValueError, match="frozen"):
        config.epochs = 3
    assert config.changed(epochs=3).epochs == 3
    assert config == TrainingConfig()
    assert hash(config) == hash(TrainingConfig())


def test_options_are_what_is_there_to_choose():
    assert set(TrainingConfig.options("activation")) == set(ACTIVATIONS)
    assert set(TrainingConfig.options("optimizer")) == set(OPTIMIZERS)
    assert set(TrainingConfig.options("initialization")) == set(INITIALIZERS)
    assert set(TrainingConfig.options("schedule")) == set(SCHEDULES)
    assert TrainingConfig.options("learning_rate") == ()


def test_limits_hold_exactly():
    for name in FIELDS:
        bounds = TrainingConfig.limits(name)
        for key, inside in (("ge", True), ("le", True), ("gt", False), ("lt", False)):
            if key in bounds and inside:
                TrainingConfig.of({name: bounds[key]})
            elif key in bounds:
                with pytest.raises(ValueError, match=name):
                    TrainingConfig.of({name: bounds[key]})


def test_every_field_explains_itself():
    for name, field in FIELDS.items():
        assert field.title, name
        assert (field.description or "").endswith("."), name


@pytest.mark.parametrize(
    ("text", "sizes"), [("64,32", (64, 32)), ("64-32", (64, 32)), ("64, 32,", (64, 32)), ("10", (10,)), ("", ())]
)
def test_hidden_sizes_are_read_from_a_text(text, sizes):
    assert TrainingConfig.of({"hidden_sizes": text}).hidden_sizes == sizes


@pytest.mark.parametrize("text", ["64,-32", "-5", "64--32", "64;32", "wide"])
def test_a_text_that_is_not_a_list_of_sizes_is_refused(text):
    with pytest.raises(ValueError, match=r"^hidden_sizes must be whole numbers from 1 to 4096 each; got '"):
        TrainingConfig.of({"hidden_sizes": text})


def test_the_valid_values_hold_beside_bad_ones():
    config, messages = TrainingConfig.of_valid({"epochs": "60", "dropout": "2", "speed": 3, "hidden_sizes": "64,32"})
    assert config == TrainingConfig(epochs=60, hidden_sizes=(64, 32))
    assert [message.split(" ")[0] for message in messages] == ["dropout", "speed"]
    assert TrainingConfig.of_valid({"epochs": 3}) == (TrainingConfig(epochs=3), [])


def test_a_setting_knows_whether_it_has_an_effect():
    assert TrainingConfig(optimizer="nesterov").uses("momentum")
    assert not TrainingConfig(optimizer="rmsprop").uses("momentum")
    assert TrainingConfig().uses("dropout")
    assert not TrainingConfig(hidden_sizes=()).uses("dropout")
    assert TrainingConfig().uses("learning_rate")


def test_settings_that_depend_on_another_name_a_field_and_its_options():
    for name in FIELDS:
        for other, values in TrainingConfig.setting(name).used_with.items():
            assert set(values) <= set(TrainingConfig.options(other)), name


def test_every_choice_is_named_and_has_its_formula():
    for name in FIELDS:
        choices = TrainingConfig.setting(name).choices
        assert tuple(choices) == TrainingConfig.options(name)
        assert all(choice.label and "$" in choice.formula for choice in choices.values())


@pytest.mark.parametrize("name", [name for name in FIELDS if TrainingConfig.setting(name).stops])
def test_a_sliders_stops_are_within_its_settings_limits(name):
    stops, limits = TrainingConfig.setting(name).stops, TrainingConfig.limits(name)
    if name == "hidden_sizes":
        assert TrainingConfig(hidden_sizes=stops[:6]).hidden_sizes == stops[:6]
        assert TrainingConfig(hidden_sizes=stops[-6:]).hidden_sizes == stops[-6:]
        return
    for value in stops:
        TrainingConfig.of({name: value})
    assert FIELDS[name].default in stops
    for key, edge in (("ge", min), ("le", max)):
        if key in limits and stops[-1] != 0:  # a last 0 stands for all, and larger numbers are typed
            assert edge(stops) == limits[key]
