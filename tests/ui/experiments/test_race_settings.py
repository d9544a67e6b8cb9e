"""What two runs of a race may differ in follows from the settings' own descriptions."""

import pytest

from model.config import TrainingConfig
from ui.experiments import race_settings


def test_a_race_leaves_the_first_weights_as_they_are() -> None:
    names = race_settings.may_differ()
    assert {"optimizer", "learning_rate", "dropout", "augmentation"} <= set(names)
    assert not {"hidden_sizes", "initialization", "seed", "data", "training_size"} & set(names)


@pytest.mark.parametrize("name", race_settings.may_differ())
def test_the_second_run_begins_with_another_value_that_is_valid(name: str) -> None:
    default = getattr(TrainingConfig(), name)
    other = race_settings.another_value(name, default)
    assert other != default
    assert getattr(TrainingConfig().changed(**{name: other}), name) == other
