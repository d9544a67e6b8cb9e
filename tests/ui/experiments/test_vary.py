"""What a search may vary follows from the settings' own descriptions, and what is offered at first is possible."""

import pytest

from model.config import TrainingConfig
from model.experiments.space import FIXED, SearchSpace
from ui.experiments import vary
from ui.pickers import varied

NAMES = [name for names in varied.groups().values() for name in names]
NUMBERS = [name for name in NAMES if name != varied.LAYERS and not vary.values_of(name)]


def test_every_setting_can_vary_but_for_those_that_a_search_keeps() -> None:
    in_address = {name for name in TrainingConfig.model_fields if TrainingConfig.setting(name).in_address}
    assert set(NAMES) == in_address - set(FIXED)
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("name", NUMBERS)
def test_the_suggested_range_around_the_default_is_valid(name: str) -> None:
    low, high = vary.suggested_range(name, getattr(TrainingConfig(), name))
    log = "log:" if vary.suggests_log(low, high) else ""
    assert SearchSpace.parse(f"{name}={log}{vary.shown(low)}..{vary.shown(high)}").dimensions.keys() == {name}


@pytest.mark.parametrize("name", NUMBERS)
def test_the_suggested_range_is_valid_at_the_limits_of_a_setting(name: str) -> None:
    limits = TrainingConfig.limits(name)
    kind = type(getattr(TrainingConfig(), name))
    for end in ("ge", "le"):
        if end in limits:
            low, high = vary.suggested_range(name, kind(limits[end]))
            assert SearchSpace.parse(f"{name}={low}..{high}")


def test_a_range_around_the_learning_rate_of_train_is_logarithmic() -> None:
    low, high = vary.suggested_range("learning_rate", 0.01)
    assert (low, high) == pytest.approx((0.001, 0.1))
    assert vary.suggests_log(low, high)
    assert not vary.suggests_log(0, 0.5)
    assert not vary.suggests_log(2, 8)


def test_values_are_written_as_people_read_them() -> None:
    assert [vary.shown(value) for value in (True, (128, 64), (), 0.001, 64, "adam")] == [
        "on", "128-64", "none", "0.001", "64", "adam"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "texts",
    [
        {"hidden_sizes": "[32],teacher=[/etc/passwd]"},
        {"learning_rate": "0.1..1,teacher=[/etc/passwd]"},
        {"teacher": "[starter;/etc/passwd]"},
        {"start_from": "[../weights/starter.safetensors]"},
    ],
)
def test_what_a_visitor_writes_names_no_file_and_no_other_setting(texts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"hidden_sizes|learning_rate|teacher|start_from"):
        vary.space_of(texts)


def test_networks_that_come_with_inkling_can_vary() -> None:
    assert vary.space_of({"teacher": "[;starter]"}).dimensions["teacher"].values == ("", "starter")
