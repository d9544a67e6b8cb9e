import numpy as np
import pytest

from model.nn.activations import ACTIVATIONS
from model.nn.mlp import MLP
from tests.nn.definitions import DEFINITIONS

Z = np.array([[-3.0, -0.5, -1e-3, 1e-3, 0.7, 4.0]])


def applied(activation, z):
    a = np.empty_like(z)
    ACTIVATIONS[activation].function(z.copy(), a)
    return a


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_function_follows_its_definition(activation):
    np.testing.assert_allclose(applied(activation, Z), DEFINITIONS[activation](Z), rtol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_function_can_overwrite_its_argument(activation):
    z = Z.copy()
    ACTIVATIONS[activation].function(z, z)
    np.testing.assert_array_equal(z, applied(activation, Z))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_derivative_matches_central_differences(activation):
    step = 1e-6
    numeric = (applied(activation, Z + step) - applied(activation, Z - step)) / (2 * step)
    analytic = ACTIVATIONS[activation].derivative(Z, applied(activation, Z))
    np.testing.assert_allclose(analytic, numeric, atol=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_function_takes_pre_activations_of_any_size(activation):
    network = MLP((1, 1, 10), activation)
    network.layers[0].weights[:] = 1
    network.layers[1].weights[:] = 1
    for size in (-1e4, -30.0, 30.0, 1e4):
        with np.errstate(over="raise", invalid="raise"):
            logits = network.logits(np.array([[size]], np.float32))
        lowest = {"relu": 0, "leaky_relu": 0.01 * size, "tanh": -1, "sigmoid": 0, "gelu": 0}[activation]
        highest = {"tanh": 1, "sigmoid": 1}.get(activation, size)
        assert logits[0] == pytest.approx(lowest if size < 0 else highest, abs=1e-6)
