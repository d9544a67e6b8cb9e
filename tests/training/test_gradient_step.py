"""A step is the optimizer's update by the batch's gradient, on whichever path it is computed."""

import math

import numpy as np
import pytest

from model.config import TrainingConfig
from model.nn.losses import target_probabilities
from model.nn.mlp import MLP, as_inputs
from model.nn.optimizers import OPTIMIZERS
from model.nn.workspace import Workspace
from model.training.batches import Batch
from model.training.gradient_step import GradientStep
from tests.toy_data import patterns

TOY = patterns(300)
SMALL = TrainingConfig(hidden_sizes=(12,), batch_size=32, learning_rate=0.05)


def test_one_step_worked_by_hand():
    mlp = MLP((2, 2, 2), dtype=np.float64)
    mlp.layers[0].weights[:], mlp.layers[0].biases[:] = [[1, 0], [0, -1]], [0, 1]
    mlp.layers[1].weights[:] = [[math.log(3), 0], [5, 7]]
    workspace = Workspace(mlp, 1)
    # Sums 1 and -1 become outputs 1 and 0, logits ln 3 and 0, probabilities 3/4 and 1/4.
    loss = mlp.loss_and_gradient(np.array([[1.0, 2.0]]), np.array([1]), workspace)
    assert loss == pytest.approx(math.log(4))
    OPTIMIZERS["sgd"](mlp.parameters.size, dtype=np.float64).step(mlp.parameters, workspace.gradient, 0.5)
    change = 0.5 * 0.75 * math.log(3)  # of the first unit; the second one is silent
    np.testing.assert_allclose(mlp.layers[0].weights, [[1 - change, 0], [-2 * change, -1]])
    np.testing.assert_allclose(mlp.layers[0].biases, [-change, 1])
    np.testing.assert_allclose(mlp.layers[1].weights, [[math.log(3) - 0.375, 0.375], [5, 7]])
    np.testing.assert_allclose(mlp.layers[1].biases, [-0.375, 0.375])


def make_steps(config, *, min_weights_for_fused_update):
    """Return the parameters after some steps, and whether a gradient was written down on the way."""
    mlp = MLP(config.sizes, batch_normalization=config.batch_normalization)
    mlp.initialize("he", np.random.default_rng(0))
    step = GradientStep(
        mlp, config, 32, np.random.default_rng(1), min_weights_for_fused_update=min_weights_for_fused_update
    )
    step.workspace.gradient[:] = np.nan
    for start in range(0, 288, 32):
        images, labels = TOY.images[start : start + 32], TOY.labels[start : start + 32]
        step.take(Batch(as_inputs(images), labels, target_probabilities(labels, 10)), config.learning_rate)
    return mlp.parameters, bool(np.isfinite(step.workspace.gradient).all())


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_a_fused_update_leads_to_the_same_parameters(optimizer):
    config = SMALL.changed(optimizer=optimizer)
    plain, plain_has_gradient = make_steps(config, min_weights_for_fused_update=10**6)
    fused, fused_has_gradient = make_steps(config, min_weights_for_fused_update=0)
    assert (plain_has_gradient, fused_has_gradient) == (True, False)
    np.testing.assert_allclose(fused, plain, atol=1e-5)


@pytest.mark.parametrize(
    "setting", [{"clip_norm": 0.01}, {"weight_decay": 0.1}, {"batch_normalization": True}], ids=str
)
def test_an_update_that_needs_the_gradient_itself_is_not_fused(setting):
    config = SMALL.changed(optimizer="sgd", **setting)
    plain, _ = make_steps(config, min_weights_for_fused_update=10**6)
    wanted, has_gradient = make_steps(config, min_weights_for_fused_update=0)
    assert has_gradient
    np.testing.assert_array_equal(wanted, plain)
