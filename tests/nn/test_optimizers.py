import json
import math

import numpy as np
import pytest

from model.nn.optimizers import BLOCK, OPTIMIZERS, clip
from tests.paths import FIXTURES

RECORDED = json.loads((FIXTURES / "optimizer_steps.json").read_text())
START, GRADIENTS = np.array(RECORDED["start"]), np.array(RECORDED["gradients"])
CASES = [
    pytest.param(
        case["optimizer"], case["settings"], np.array(case["parameters"]), id=f"{case['optimizer']}-{case['settings']}"
    )
    for case in RECORDED["cases"]
]


def test_every_optimizer_was_recorded_with_and_without_decay():
    recorded = {(case["optimizer"], case["settings"]["weight_decay"] > 0) for case in RECORDED["cases"]}
    assert recorded == {(name, decays) for name in OPTIMIZERS for decays in (False, True)}
    assert RECORDED["by"].startswith("torch ")
    assert GRADIENTS.shape == (20, START.size)


@pytest.mark.parametrize(("name", "settings", "expected"), CASES)
def test_steps_match_pytorch(name, settings, expected):
    parameters = START.copy()
    optimizer = OPTIMIZERS[name](START.size, dtype=np.float64, **settings)
    for gradient, rate, after in zip(GRADIENTS, RECORDED["learning_rates"], expected, strict=True):
        optimizer.step(parameters, gradient.copy(), rate)
        np.testing.assert_allclose(parameters, after, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("name", "settings", "expected"), CASES)
def test_steps_match_pytorch_in_float32_over_several_blocks(name, settings, expected):
    copies, num_decayed = BLOCK // 3, settings["num_decayed"]  # so that decay ends amid a block that is not the first

    def spread(values):
        return np.concatenate([np.tile(part, copies) for part in np.split(values, [num_decayed])]).astype(np.float32)

    parameters = spread(START)
    assert num_decayed * copies > BLOCK
    assert num_decayed * copies % BLOCK
    optimizer = OPTIMIZERS[name](parameters.size, **settings | {"num_decayed": num_decayed * copies})
    for gradient, rate in zip(GRADIENTS, RECORDED["learning_rates"], strict=True):
        optimizer.step(parameters, spread(gradient), rate)
    assert parameters.dtype == np.float32
    np.testing.assert_allclose(parameters, spread(expected[-1]), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_go_downhill(name):
    # f(x) = |x|^2 / 2 has its gradient x, and its lowest point at 0.
    x = np.array([3.0, -2.0])
    optimizer = OPTIMIZERS[name](2, dtype=np.float64)
    for _ in range(300):
        optimizer.step(x, x.copy(), 0.05)
    assert np.abs(x).max() < 0.1


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_parameter_without_gradient_stays_where_it_is(name):
    parameters = np.array([1.5, 2.5], np.float32)
    OPTIMIZERS[name](2).step(parameters, np.zeros(2, np.float32), 0.1)
    assert parameters.tolist() == [1.5, 2.5]


def test_clipping_shortens_long_gradients_and_keeps_their_direction():
    gradient = np.array([3.0, 4.0])
    assert clip(gradient, 1) == 5
    np.testing.assert_allclose(gradient, [0.6, 0.8])
    assert math.isclose(clip(gradient, 2), 1)
    np.testing.assert_allclose(gradient, [0.6, 0.8])


def test_an_optimizer_prints_itself():
    assert repr(OPTIMIZERS["adamw"](3, weight_decay=0.01)) == "AdamW(momentum=0.9, weight_decay=0.01)"
