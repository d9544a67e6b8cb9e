import numpy as np
import pytest

from model.nn.activations import ACTIVATIONS
from model.nn.batch_norm import BATCH_NORM_EPSILON
from model.nn.dropout import dropout_masks
from model.nn.losses import cross_entropy
from model.nn.mlp import MLP, as_inputs
from model.nn.workspace import Workspace
from tests.nn.definitions import DEFINITIONS
from tests.nn.networks import batch, random_network

# ------------------------------------------------------------------------------------------------- gradient


@pytest.mark.parametrize(("dropout", "smoothing"), [(0.0, 0.0), (0.4, 0.1)])
@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("hidden", [(), (7,), (7, 5), (6, 5, 4)], ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_matches_finite_differences(activation, hidden, batch_normalization, dropout, smoothing):
    network = random_network((12, *hidden, 10), activation, batch_normalization=batch_normalization)
    images, labels = batch(9, 12)
    masks = dropout_masks(network, 9, dropout, np.random.default_rng(2)) if dropout else None
    workspace = Workspace(network, 9)

    def loss():
        return network.loss_and_gradient(images, labels, workspace, smoothing=smoothing, masks=masks)

    loss()
    analytic = workspace.gradient.copy()
    numeric = np.empty_like(analytic)
    step = 1e-5
    for index, value in enumerate(network.parameters.copy()):
        network.parameters[index] = value + step
        above = loss()
        network.parameters[index] = value - step
        numeric[index] = (above - loss()) / (2 * step)
        network.parameters[index] = value
    difference = np.linalg.norm(analytic - numeric) / max(np.linalg.norm(analytic), np.linalg.norm(numeric))
    assert difference < 1e-6
    # Every layer counts alike here, however short its part of the gradient is.
    for ours, theirs in zip(network.views(analytic), network.views(numeric), strict=True):
        for part in ("weights", "biases", "gamma"):
            a, b = getattr(ours, part), getattr(theirs, part)
            assert a is None or np.linalg.norm(a - b) < 1e-6 * max(np.linalg.norm(a), np.linalg.norm(b), 1e-3)


@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gradient_of_a_large_network_matches_the_directional_derivative(activation, batch_normalization):
    network = random_network((784, 64, 32, 10), activation, batch_normalization=batch_normalization)
    network.parameters *= 0.1
    images, labels = batch(16, 784)
    workspace = Workspace(network, 16)
    network.loss_and_gradient(images, labels, workspace)
    analytic, start = workspace.gradient.copy(), network.parameters.copy()
    direction = np.random.default_rng(3).standard_normal(start.size)
    direction /= np.linalg.norm(direction)
    step = 1e-5
    losses = []
    for sign in (1, -1):
        network.parameters[:] = start + sign * step * direction
        losses.append(network.loss_and_gradient(images, labels, workspace))
    numeric = (losses[0] - losses[1]) / (2 * step)
    assert numeric == pytest.approx(analytic @ direction, rel=1e-5, abs=1e-9)


def test_gradient_in_float32_agrees_with_float64():
    exact = random_network((784, 32, 10), "gelu", batch_normalization=True)
    exact.parameters *= 0.2
    images, labels = batch(20, 784)
    single = MLP(exact.sizes, "gelu", batch_normalization=True)
    single.parameters[:] = exact.parameters
    single.running_statistics[:] = exact.running_statistics
    workspaces = Workspace(exact, 20), Workspace(single, 32)
    exact.loss_and_gradient(images, labels, workspaces[0])
    single.loss_and_gradient(images.astype(np.float32), labels, workspaces[1])
    assert workspaces[1].gradient.dtype == np.float32
    np.testing.assert_allclose(workspaces[1].gradient, workspaces[0].gradient, rtol=1e-3, atol=1e-5)


def test_a_batch_smaller_than_the_workspace_gives_its_own_mean():
    network = random_network((12, 6, 10))
    images, labels = batch(5, 12)
    exact, roomy = Workspace(network, 5), Workspace(network, 9)
    network.loss_and_gradient(*batch(9, 12, seed=8), roomy)  # leaves its numbers in all nine rows
    assert network.loss_and_gradient(images, labels, exact) == network.loss_and_gradient(images, labels, roomy)
    np.testing.assert_array_equal(exact.gradient, roomy.gradient)


# ------------------------------------------------------------------------------------------------- forward


@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_inference_follows_the_definition(activation, batch_normalization):
    network = random_network((784, 9, 8, 10), activation, batch_normalization=batch_normalization)
    network.parameters *= 0.3
    images = np.random.default_rng(4).integers(0, 256, (6, 784), np.uint8)
    x = images / 255
    for index, layer in enumerate(network.layers):
        x = x @ layer.weights
        if layer.gamma is not None:
            mean, variance = network.running_statistics_of(index)
            x = layer.gamma * (x - mean) / np.sqrt(variance + BATCH_NORM_EPSILON)
        x = x + layer.biases
        if index < 2:
            x = DEFINITIONS[activation](x)
    np.testing.assert_allclose(network.logits(images), x, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_training_and_inference_compute_the_same_logits(activation):
    network = random_network((20, 8, 7, 10), activation)
    images, labels = batch(11, 20)
    workspace = Workspace(network, 11)
    np.testing.assert_allclose(network.logits(images), network.forward(images, workspace), rtol=1e-9)
    loss = network.loss_and_gradient(images, labels, workspace)
    assert loss == pytest.approx(cross_entropy(network.logits(images), labels))


def test_inference_does_not_change_the_images():
    network = random_network((784, 10), dtype=np.float32)
    images = np.random.default_rng(6).random((3, 784), dtype=np.float32)
    before = images.copy()
    network.logits(images)
    np.testing.assert_array_equal(images, before)


def test_bytes_become_numbers_from_0_to_1():
    images = np.array([[0, 51, 255]], np.uint8)
    np.testing.assert_allclose(as_inputs(images), [[0, 0.2, 1]], rtol=1e-6)
    assert as_inputs(images).dtype == np.float32


# ----------------------------------------------------------------------------------------- one vector, views


def test_layers_are_views_into_one_vector():
    network = MLP((784, 30, 20, 10), batch_normalization=True)
    assert network.parameters.size == 784 * 30 + 30 * 20 + 20 * 10 + (30 + 20 + 10) + (30 + 20)
    assert network.num_weights == 784 * 30 + 30 * 20 + 20 * 10
    network.parameters[:] = np.arange(network.parameters.size)
    parts = [layer.weights for layer in network.layers] + [layer.biases for layer in network.layers]
    parts += [layer.gamma for layer in network.layers[:-1]]
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in parts]), network.parameters)
    assert all(np.shares_memory(part, network.parameters) for part in parts)
    assert network.layers[-1].gamma is None


def test_a_copy_is_equal_and_independent():
    network = random_network((784, 5, 10), "tanh", batch_normalization=True, dtype=np.float32)
    twin = network.copy()
    assert (twin.sizes, twin.activation, twin.batch_normalization) == ((784, 5, 10), "tanh", True)
    for values in ("parameters", "running_statistics"):
        np.testing.assert_array_equal(getattr(twin, values), getattr(network, values))
        getattr(twin, values)[:] += 1
        assert not (getattr(twin, values) == getattr(network, values)).any()
    twin.copy_from(network)
    np.testing.assert_array_equal(twin.parameters, network.parameters)
    np.testing.assert_array_equal(twin.running_statistics, network.running_statistics)


def test_a_copy_can_have_another_precision():
    network = random_network((784, 5, 10), dtype=np.float32)
    exact = network.copy(np.float64)
    assert exact.parameters.dtype == exact.running_statistics.dtype == np.float64
    np.testing.assert_array_equal(exact.parameters, network.parameters)


def test_a_network_prints_itself():
    assert repr(MLP((784, 64, 64, 10))) == "MLP 784-64-64-10 relu, 55,050 parameters"
    assert "gelu, batch normalization" in repr(MLP((784, 4, 10), "gelu", batch_normalization=True))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: MLP((784,)), "sizes must be at least two numbers"),
        (lambda: MLP((784, 0, 10)), "sizes must be at least two numbers of 1 or more"),
        (lambda: MLP((784, 10), "swish"), "activation must be one of relu, .*; got 'swish'"),
        (lambda: MLP((784, 10)).initialize("zeros", np.random.default_rng(0)), "one of he, glorot, normal"),
        (lambda: MLP((784, 10)).logits(np.zeros((3, 783))), r"shape \(n, 784\); got \(3, 783\)"),
        (lambda: MLP((784, 10)).logits(np.zeros(784)), r"shape \(n, 784\); got \(784,\)"),
    ],
)
def test_invalid_arguments_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
