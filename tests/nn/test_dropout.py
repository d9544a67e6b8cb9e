import numpy as np
import pytest

from model.nn.dropout import dropout_masks
from model.nn.mlp import MLP
from model.nn.workspace import Workspace
from tests.nn.networks import batch, random_network


def test_dropout_keeps_the_sum_on_average():
    network = MLP((784, 400, 10))
    (mask,) = dropout_masks(network, 500, 0.3, np.random.default_rng(0))
    assert set(np.unique(mask)) == {0, np.float32(1 / 0.7)}
    assert mask.mean() == pytest.approx(1, abs=0.01)
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert mask.dtype == np.float32


def test_dropped_units_change_nothing():
    network = random_network((12, 6, 10))
    images, labels = batch(5, 12)
    mask = np.ones((5, 6))
    mask[:, 2] = 0
    workspace = Workspace(network, 5)
    before = network.loss_and_gradient(images, labels, workspace, masks=[mask])
    network.layers[1].weights[2] += 7
    assert network.loss_and_gradient(images, labels, workspace, masks=[mask]) == before
    assert not workspace.gradients[0].weights[:, 2].any()
    assert not workspace.gradients[1].weights[2].any()
