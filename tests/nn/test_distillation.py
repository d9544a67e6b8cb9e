"""The loss on a teacher's softened answers, and its gradient."""

import math

import numpy as np
import pytest
from scipy import special

from model.nn.activations import ACTIVATIONS
from model.nn.distillation import SoftTargets, distillation_losses, soften
from model.nn.gradient_check import check
from model.nn.losses import losses
from model.nn.mlp import MLP
from model.nn.optimizers import OPTIMIZERS
from model.nn.workspace import Workspace
from tests.nn.networks import batch, random_network


def test_one_step_worked_by_hand():
    mlp = MLP((1, 2), dtype=np.float64)
    mlp.layers[0].weights[:] = [[2 * math.log(3), 0]]
    workspace = Workspace(mlp, 1)
    # Logits 2 ln 3 and 0. At temperature 1 they are the probabilities 9/10 and 1/10, and at temperature 2 3/4 and 1/4.
    # The label is the second answer, and the teacher gives 1/2 to both; each has half of the loss.
    soft = SoftTargets(np.array([[0.5, 0.5]]), 2.0, 0.5)
    loss = mlp.loss_and_gradient(np.array([[1.0]]), np.array([1]), workspace, soft=soft)
    assert loss == pytest.approx(0.5 * math.log(10) + 0.5 * 4 * -(math.log(3 / 4) + math.log(1 / 4)) / 2)
    # Half of (9/10, 1/10) - (0, 1), and half of twice (3/4, 1/4) - (1/2, 1/2).
    slope = 0.5 * 0.9 + 0.5 * 2 * 0.25
    np.testing.assert_allclose(workspace.gradient, [slope, -slope, slope, -slope])
    OPTIMIZERS["sgd"](mlp.parameters.size, dtype=np.float64).step(mlp.parameters, workspace.gradient, 0.1)
    np.testing.assert_allclose(mlp.parameters, [2 * math.log(3) - 0.07, 0.07, -0.07, 0.07])


def test_several_teachers_say_the_mean_of_their_softened_probabilities():
    one, other = np.array([[2 * math.log(3), 0.0]]), np.array([[0.0, 0.0]])
    np.testing.assert_allclose(soften([one], 2), [[0.75, 0.25]])
    np.testing.assert_allclose(soften([one, other], 2), [[0.625, 0.375]])
    np.testing.assert_allclose(soften([one], 1), [[0.9, 0.1]])
    np.testing.assert_array_equal(one, [[2 * math.log(3), 0]])


def teacher_of(labels, temperature=3.0, weight=0.7):
    logits = np.random.default_rng(5).normal(0, 3, (len(labels), 10))
    return SoftTargets(soften([logits], temperature), temperature, weight)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_agrees_with_the_loss_itself(activation, batch_normalization, smoothing):
    network = random_network((12, 7, 5, 10), activation, batch_normalization=batch_normalization)
    images, labels = batch(20, 12)
    rng = np.random.default_rng(2)
    result = check(network, images, labels, smoothing=smoothing, soft=teacher_of(labels), rng=rng)
    assert len(result.rows) > 20
    assert result.worst < 1e-3


def test_the_gradient_check_sees_a_teacher_that_backpropagation_does_not(monkeypatch):
    sound = MLP.backward

    def deaf(self, images, targets, workspace, masks=None, soft=None):
        sound(self, images, targets, workspace, masks)

    monkeypatch.setattr(MLP, "backward", deaf)
    images, labels = batch(20, 12)
    network, rng = random_network((12, 7, 10), "tanh"), np.random.default_rng(2)
    assert check(network, images, labels, soft=teacher_of(labels), rng=rng).worst > 1e-2


def test_the_loss_is_that_of_its_definition():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, 5, (30, 10)), rng.integers(0, 10, 30)
    soft = teacher_of(labels)
    expected = 0.3 * losses(logits, labels, 0.1) - 0.7 * 9 * (
        soft.probabilities * special.log_softmax(logits / 3, axis=1)
    ).sum(axis=1)
    np.testing.assert_allclose(distillation_losses(logits, labels, 0.1, soft), expected)
    np.testing.assert_array_equal(distillation_losses(logits, labels, 0.1, None), losses(logits, labels, 0.1))


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_the_weight_leaves_the_labels_or_the_teacher_alone(weight):
    images, labels = batch(20, 12)
    network = random_network((12, 7, 10), "tanh")
    found, expected = Workspace(network, 20), Workspace(network, 20)
    network.loss_and_gradient(images, labels, found, soft=teacher_of(labels, 1.0, weight))
    if weight:
        network.forward(images, expected)
        network.backward(images, teacher_of(labels, 1.0).probabilities, expected)
    else:
        network.loss_and_gradient(images, labels, expected)
    np.testing.assert_allclose(found.gradient, expected.gradient, rtol=1e-9, atol=1e-15)


def test_large_logits_do_not_overflow():
    soft = SoftTargets(np.array([[1.0, 0.0]]), 0.5, 1.0)
    assert distillation_losses(np.array([[900.0, -900.0]]), np.array([0]), 0.0, soft)[0] == 0
