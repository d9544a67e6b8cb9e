import numpy as np

from model.nn import batch_norm
from model.nn.batch_norm import BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM
from model.nn.workspace import Workspace
from tests.nn.networks import batch, random_network


def test_normalized_pre_activations_have_mean_0_and_std_1():
    network = random_network((12, 6, 10), batch_normalization=True)
    network.layers[0].gamma[:], network.layers[0].biases[:] = 1, 0
    images, labels = batch(50, 12)
    workspace = Workspace(network, 50)
    network.loss_and_gradient(images, labels, workspace)
    np.testing.assert_allclose(workspace.pre_activations[0].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(workspace.pre_activations[0].std(axis=0), 1, rtol=1e-3)


def test_running_statistics_follow_the_batches():
    network = random_network((12, 6, 4, 10), batch_normalization=True)
    images, labels = batch(50, 12)
    sums = images @ network.layers[0].weights
    expected = network.running_statistics_of(0).copy()
    workspace = Workspace(network, 50)
    for _ in range(3):
        network.loss_and_gradient(images, labels, workspace)
        expected = (1 - BATCH_NORM_MOMENTUM) * expected + BATCH_NORM_MOMENTUM * np.array([sums.mean(0), sums.var(0)])
    np.testing.assert_allclose(network.running_statistics_of(0), expected)
    assert network.running_statistics_of(0).shape == (2, 6)
    assert network.running_statistics_of(1).shape == (2, 4)


def test_the_gradient_matches_central_differences():
    rng = np.random.default_rng(0)
    z, gamma, direction = rng.normal(2, 3, (8, 4)), rng.uniform(0.5, 2, 4), rng.normal(size=(8, 4))
    normalized, gamma_gradient = np.empty_like(z), np.empty(4)

    def loss(z, gamma):
        out = z.copy()
        batch_norm.normalize(out, gamma, np.zeros((2, 4)), np.empty_like(z))
        return (out * direction).sum()

    std = batch_norm.normalize(z.copy(), gamma, np.zeros((2, 4)), normalized)
    delta = direction.copy()
    batch_norm.normalize_backward(delta, gamma, gamma_gradient, normalized, std)
    step = 1e-5
    for index in np.ndindex(z.shape):
        move = np.zeros_like(z)
        move[index] = step
        numeric = (loss(z + move, gamma) - loss(z - move, gamma)) / (2 * step)
        np.testing.assert_allclose(delta[index], numeric, rtol=1e-5, atol=1e-8)
    for unit in range(4):
        move = step * np.eye(4)[unit]
        numeric = (loss(z, gamma + move) - loss(z, gamma - move)) / (2 * step)
        np.testing.assert_allclose(gamma_gradient[unit], numeric, rtol=1e-5, atol=1e-8)


def test_inference_uses_the_running_statistics():
    z, gamma, running = np.array([[3.0, 5.0]]), np.array([2.0, 1.0]), np.array([[1.0, 5.0], [4.0, 9.0]])
    batch_norm.normalize_by_running(z, gamma, running)
    np.testing.assert_allclose(z, [[2 * (3 - 1) / np.sqrt(4 + BATCH_NORM_EPSILON), 0]])
