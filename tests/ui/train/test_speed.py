"""The speed: as long as none was chosen, a run that would be over in a moment is slowed down to be watched."""

import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from tests.ui.screens import SECONDS
from ui.state.session import VISITOR_KEY
from ui.train import speed


@pytest.mark.parametrize(
    ("settings", "steps"),
    [({}, 570), ({"batch_size": 0}, 10), ({"epochs": 3, "validation_size": 0}, 189), ({"training_size": 100}, 20)],
)
def test_steps_are_counted_as_the_trainer_takes_them(settings: dict[str, float], steps: int) -> None:
    assert speed.num_steps(TrainingConfig(**settings), "mnist-5k") == steps


@pytest.mark.parametrize("steps", [1, 10, 57, 114, 570, 1140, 5000, 10_000])
def test_a_run_that_is_slowed_down_lasts_8_to_20_seconds(steps: int) -> None:
    chosen = speed.watchable(steps)
    assert steps / chosen <= 20
    slower = [other for other in speed.SPEEDS if 0 < other < chosen]
    assert not slower or steps / max(slower) > 20


def test_a_long_run_goes_at_full_speed() -> None:
    assert speed.watchable(10_001) == speed.FULL_SPEED


def script() -> None:
    from ui import state
    from ui.train import speed

    state.begin()
    speed.choose()


def test_the_chosen_speed_stays_and_full_speed_is_one_click(shared_cache: object) -> None:
    screen = AppTest.from_function(script, default_timeout=SECONDS).run()
    assert screen.select_slider(key="pace_0").value == 50
    screen.select_slider(key="pace_0").set_value(5).run()
    assert screen.session_state[VISITOR_KEY].speed == 5
    screen.button(key="full_speed").click().run()
    assert screen.session_state[VISITOR_KEY].speed == speed.FULL_SPEED
    assert screen.select_slider(key="pace_1").value == speed.FULL_SPEED
    assert screen.button(key="full_speed").disabled
    screen.run()
    assert screen.select_slider(key="pace_1").value == speed.FULL_SPEED
