import math

import numpy as np
import pytest

from model.nn.initializers import INITIALIZERS
from model.nn.mlp import MLP


@pytest.mark.parametrize(
    ("method", "std"), [("he", math.sqrt(2 / 784)), ("glorot", math.sqrt(2 / (784 + 500))), ("normal", 0.03)]
)
def test_initial_weights_have_the_standard_deviation_of_their_method(method, std):
    network = MLP((784, 500, 10), batch_normalization=True)
    network.initialize(method, np.random.default_rng(0), std=0.03)
    assert network.layers[0].weights.std() == pytest.approx(std, rel=0.01)
    assert network.layers[0].weights.mean() == pytest.approx(0, abs=std / 100)
    assert not network.layers[0].biases.any()
    assert (network.layers[0].gamma == 1).all()
    assert method in INITIALIZERS


def test_every_method_is_tested():
    assert set(INITIALIZERS) == {"he", "glorot", "normal"}
