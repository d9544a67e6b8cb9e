import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from model.nn.activations import ACTIVATIONS
from model.nn.initializers import INITIALIZERS
from model.nn.losses import cross_entropy, softmax
from model.nn.mlp import (
    BATCH_NORM_EPSILON,
    BATCH_NORM_MOMENTUM,
    INFERENCE_BATCH_SIZE,
    Network,
    Workspace,
    as_inputs,
    dropout_masks,
)

# Each activation, written down from its definition and not from the code.
DEFINITIONS = {
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "sigmoid": special.expit,
    "gelu": lambda z: 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
}


def random_network(sizes, activation="relu", *, batch_normalization=False, dtype=np.float64, seed=0):
    """Every value random, biases too: a bias of zero could put a sum exactly on ReLU's kink."""
    network = Network(sizes, activation, batch_normalization=batch_normalization, dtype=dtype)
    rng = np.random.default_rng(seed)
    network.parameters[:] = rng.normal(0, 0.5, network.parameters.size)
    network.statistics[:] = rng.uniform(0.5, 1.5, network.statistics.shape)
    return network


def batch(count, pixels, seed=1):
    rng = np.random.default_rng(seed)
    return rng.random((count, pixels)), rng.integers(0, 10, count)


# ------------------------------------------------------------------------------------------------- gradient


@pytest.mark.parametrize(("dropout", "smoothing"), [(0.0, 0.0), (0.4, 0.1)])
@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("hidden", [(), (7,), (7, 5), (6, 5, 4)], ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_matches_finite_differences(activation, hidden, batch_normalization, dropout, smoothing):
    network = random_network((12, *hidden, 10), activation, batch_normalization=batch_normalization)
    images, labels = batch(9, 12)
    masks = dropout_masks(network, 9, dropout, np.random.default_rng(2)) if dropout else None
    trace = Workspace(network, 9)

    def loss():
        return network.loss_and_gradient(images, labels, trace, smoothing=smoothing, masks=masks)

    loss()
    analytic = trace.gradient.copy()
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
        for part in ("weights", "biases", "scales"):
            a, b = getattr(ours, part), getattr(theirs, part)
            assert a is None or np.linalg.norm(a - b) < 1e-6 * max(np.linalg.norm(a), np.linalg.norm(b), 1e-3)


@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_of_a_whole_network_points_where_the_loss_grows(activation, batch_normalization):
    network = random_network((784, 64, 32, 10), activation, batch_normalization=batch_normalization)
    network.parameters *= 0.1
    images, labels = batch(16, 784)
    trace = Workspace(network, 16)
    network.loss_and_gradient(images, labels, trace)
    analytic, start = trace.gradient.copy(), network.parameters.copy()
    direction = np.random.default_rng(3).standard_normal(start.size)
    direction /= np.linalg.norm(direction)
    step = 1e-5
    losses = []
    for sign in (1, -1):
        network.parameters[:] = start + sign * step * direction
        losses.append(network.loss_and_gradient(images, labels, trace))
    numeric = (losses[0] - losses[1]) / (2 * step)
    assert numeric == pytest.approx(analytic @ direction, rel=1e-5, abs=1e-9)


def test_gradient_in_float32_agrees_with_float64():
    exact = random_network((784, 32, 10), "gelu", batch_normalization=True)
    exact.parameters *= 0.2
    images, labels = batch(20, 784)
    single = Network(exact.sizes, "gelu", batch_normalization=True)
    single.parameters[:] = exact.parameters
    single.statistics[:] = exact.statistics
    traces = Workspace(exact, 20), Workspace(single, 32)
    exact.loss_and_gradient(images, labels, traces[0])
    single.loss_and_gradient(images.astype(np.float32), labels, traces[1])
    assert traces[1].gradient.dtype == np.float32
    np.testing.assert_allclose(traces[1].gradient, traces[0].gradient, rtol=1e-3, atol=1e-5)


def test_a_batch_smaller_than_the_trace_gives_its_own_mean():
    network = random_network((12, 6, 10))
    images, labels = batch(5, 12)
    exact, roomy = Workspace(network, 5), Workspace(network, 9)
    network.loss_and_gradient(*batch(9, 12, seed=8), roomy)  # leaves its numbers in all nine rows
    assert network.loss_and_gradient(images, labels, exact) == network.loss_and_gradient(images, labels, roomy)
    np.testing.assert_array_equal(exact.gradient, roomy.gradient)


# ---------------------------------------------------------------------------------------------------- loss


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_loss_is_stable_for_huge_logits(dtype, smoothing):
    logits = np.random.default_rng(0).choice([-1e4, -1.0, 0.0, 2.0, 1e4], (200, 10)).astype(dtype)
    labels = np.random.default_rng(1).integers(0, 10, 200)
    exact = special.log_softmax(logits.astype(np.float64), axis=1)
    targets = np.full((200, 10), smoothing / 10)
    targets[np.arange(200), labels] += 1 - smoothing
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss = cross_entropy(logits, labels, smoothing)
        probabilities = softmax(logits)
    assert loss == pytest.approx(-(targets * exact).sum(axis=1).mean(), rel=1e-6)
    np.testing.assert_allclose(probabilities, np.exp(exact), rtol=1e-6, atol=1e-30)
    assert probabilities.dtype == dtype


def test_small_losses_survive_huge_logits():
    # Two logits alike: log 2, although float32 at 10,000 has no room for its digits.
    logits = np.full((1, 10), -1e4, np.float32)
    logits[0, :2] = 1e4
    assert cross_entropy(logits, np.array([0])) == pytest.approx(math.log(2), rel=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 1.0, 30.0, 1e3]))
def test_softmax_gives_probabilities(seed, spread):
    logits = np.random.default_rng(seed).normal(0, spread, (7, 10))
    probabilities = softmax(logits)
    np.testing.assert_allclose(probabilities, special.softmax(logits, axis=1), rtol=1e-9)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_a_blind_guess_costs_ln_10():
    assert cross_entropy(np.zeros((4, 10)), np.array([1, 2, 3, 4])) == pytest.approx(math.log(10))


# ------------------------------------------------------------------------------------------------- forward


@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_reading_follows_the_definition(activation, batch_normalization):
    network = random_network((784, 9, 8, 10), activation, batch_normalization=batch_normalization)
    network.parameters *= 0.3
    images = np.random.default_rng(4).integers(0, 256, (6, 784), np.uint8)
    x = images / 255
    for index, layer in enumerate(network.layers):
        x = x @ layer.weights
        if layer.scales is not None:
            mean, variance = network.statistics_of(index)
            x = layer.scales * (x - mean) / np.sqrt(variance + BATCH_NORM_EPSILON)
        x = x + layer.biases
        if index < 2:
            x = DEFINITIONS[activation](x)
    np.testing.assert_allclose(network.logits(images), x, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(network.probabilities(images), special.softmax(x, axis=1), rtol=1e-9)
    assert network.accuracy(images, x.argmax(axis=1)) == 1


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_learning_and_reading_see_the_same_network(activation):
    network = random_network((20, 8, 7, 10), activation)
    images, labels = batch(11, 20)
    trace = Workspace(network, 11)
    np.testing.assert_allclose(network.logits(images), network.forward(images, trace), rtol=1e-9)
    loss = network.loss_and_gradient(images, labels, trace)
    assert loss == pytest.approx(cross_entropy(network.logits(images), labels))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_bear_any_size_of_sum(activation):
    network = Network((1, 1, 10), activation)
    network.layers[0].weights[:] = 1
    network.layers[1].weights[:] = 1
    for size in (-1e4, -30.0, 30.0, 1e4):
        with np.errstate(over="raise", invalid="raise"):
            logits = network.logits(np.array([[size]], np.float32))
        lowest = {"relu": 0, "leaky_relu": 0.01 * size, "tanh": -1, "sigmoid": 0, "gelu": 0}[activation]
        highest = {"tanh": 1, "sigmoid": 1}.get(activation, size)
        assert logits[0] == pytest.approx(lowest if size < 0 else highest, abs=1e-6)


def test_many_images_are_read_in_parts_as_if_alone():
    network = random_network((784, 8, 10), dtype=np.float32)
    images = np.random.default_rng(5).integers(0, 256, (2 * INFERENCE_BATCH_SIZE + 3, 784), np.uint8)
    together = network.probabilities(images)
    assert together.dtype == np.float32
    assert together.shape == (2 * INFERENCE_BATCH_SIZE + 3, 10)
    for row in (0, INFERENCE_BATCH_SIZE - 1, INFERENCE_BATCH_SIZE, 2 * INFERENCE_BATCH_SIZE + 2):
        np.testing.assert_allclose(network.probabilities(images[row : row + 1])[0], together[row], rtol=1e-4)
    assert network.probabilities(images[:0]).shape == (0, 10)


def test_reading_leaves_the_images_as_they_are():
    network = random_network((784, 10), dtype=np.float32)
    images = np.random.default_rng(6).random((3, 784), dtype=np.float32)
    before = images.copy()
    network.probabilities(images)
    np.testing.assert_array_equal(images, before)


def test_bytes_become_numbers_from_0_to_1():
    images = np.array([[0, 51, 255]], np.uint8)
    np.testing.assert_allclose(as_inputs(images), [[0, 0.2, 1]], rtol=1e-6)
    assert as_inputs(images).dtype == np.float32


# ------------------------------------------------------------------------------------- batch normalization


def test_normalized_sums_have_mean_0_and_deviation_1():
    network = random_network((12, 6, 10), batch_normalization=True)
    network.layers[0].scales[:], network.layers[0].biases[:] = 1, 0
    images, labels = batch(50, 12)
    trace = Workspace(network, 50)
    network.loss_and_gradient(images, labels, trace)
    np.testing.assert_allclose(trace.sums[0].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(trace.sums[0].std(axis=0), 1, rtol=1e-3)


def test_running_statistics_follow_the_batches():
    network = random_network((12, 6, 4, 10), batch_normalization=True)
    images, labels = batch(50, 12)
    sums = images @ network.layers[0].weights
    expected = network.statistics_of(0).copy()
    trace = Workspace(network, 50)
    for _ in range(3):
        network.loss_and_gradient(images, labels, trace)
        expected = (1 - BATCH_NORM_MOMENTUM) * expected + BATCH_NORM_MOMENTUM * np.array([sums.mean(0), sums.var(0)])
    np.testing.assert_allclose(network.statistics_of(0), expected)
    assert network.statistics_of(0).shape == (2, 6)
    assert network.statistics_of(1).shape == (2, 4)


# ------------------------------------------------------------------------------------------------- dropout


def test_dropout_keeps_the_sum_on_average():
    network = Network((784, 400, 10))
    (mask,) = dropout_masks(network, 500, 0.3, np.random.default_rng(0))
    assert set(np.unique(mask)) == {0, np.float32(1 / 0.7)}
    assert mask.mean() == pytest.approx(1, abs=0.01)
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert mask.dtype == np.float32


def test_silenced_units_change_nothing():
    network = random_network((12, 6, 10))
    images, labels = batch(5, 12)
    mask = np.ones((5, 6))
    mask[:, 2] = 0
    trace = Workspace(network, 5)
    before = network.loss_and_gradient(images, labels, trace, masks=[mask])
    network.layers[1].weights[2] += 7
    assert network.loss_and_gradient(images, labels, trace, masks=[mask]) == before
    assert not trace.gradients[0].weights[:, 2].any()
    assert not trace.gradients[1].weights[2].any()


# ----------------------------------------------------------------------------------------- one vector, views


def test_layers_are_views_into_one_vector():
    network = Network((784, 30, 20, 10), batch_normalization=True)
    assert network.parameters.size == 784 * 30 + 30 * 20 + 20 * 10 + (30 + 20 + 10) + (30 + 20)
    assert network.weight_count == 784 * 30 + 30 * 20 + 20 * 10
    network.parameters[:] = np.arange(network.parameters.size)
    parts = [layer.weights for layer in network.layers] + [layer.biases for layer in network.layers]
    parts += [layer.scales for layer in network.layers[:-1]]
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in parts]), network.parameters)
    assert all(np.shares_memory(part, network.parameters) for part in parts)
    assert network.layers[-1].scales is None


def test_a_copy_goes_its_own_way():
    network = random_network((784, 5, 10), "tanh", batch_normalization=True, dtype=np.float32)
    twin = network.copy()
    assert twin.checksum() == network.checksum()
    assert (twin.sizes, twin.activation, twin.batch_normalization) == ((784, 5, 10), "tanh", True)
    twin.parameters[0] = np.nextafter(twin.parameters[0], np.float32(9))  # the smallest step there is
    assert twin.checksum() != network.checksum()
    twin.become(network)
    twin.statistics[0, 0] += 1
    assert twin.checksum() != network.checksum()


@pytest.mark.parametrize(
    ("method", "deviation"), [("he", math.sqrt(2 / 784)), ("glorot", math.sqrt(2 / (784 + 500))), ("normal", 0.03)]
)
def test_first_weights_are_spread_as_their_method_says(method, deviation):
    network = Network((784, 500, 10), batch_normalization=True)
    network.initialize(method, np.random.default_rng(0), std=0.03)
    assert network.layers[0].weights.std() == pytest.approx(deviation, rel=0.01)
    assert network.layers[0].weights.mean() == pytest.approx(0, abs=deviation / 100)
    assert not network.layers[0].biases.any()
    assert (network.layers[0].scales == 1).all()
    assert method in INITIALIZERS


def test_a_network_prints_itself():
    assert repr(Network((784, 64, 64, 10))) == "Network 784-64-64-10 relu, 55,050 parameters"
    assert "gelu, batch normalization" in repr(Network((784, 4, 10), "gelu", batch_normalization=True))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Network((784,)), "sizes must be at least two numbers"),
        (lambda: Network((784, 0, 10)), "sizes must be at least two numbers of 1 or more"),
        (lambda: Network((784, 10), "swish"), "activation must be one of relu, .*; got 'swish'"),
        (lambda: Network((784, 10)).initialize("zeros", np.random.default_rng(0)), "one of he, glorot, normal"),
        (lambda: Network((784, 10)).logits(np.zeros((3, 783))), r"shape \(n, 784\); got \(3, 783\)"),
        (lambda: Network((784, 10)).logits(np.zeros(784)), r"shape \(n, 784\); got \(784,\)"),
    ],
)
def test_what_makes_no_network_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


# ------------------------------------------------------------------------------------------- what is no digit


def test_an_output_beyond_the_digits_says_whether_it_is_one():
    network = Network((784, 11))
    network.layers[0].biases[:] = [0.0, 2.0, *[0.0] * 8, 1.0]
    image = np.zeros((1, 784), np.uint8)
    probabilities, is_digit = network.answers(image)
    others = 9 + math.exp(2)
    assert probabilities.shape == (1, 10)
    assert probabilities[0, 1] == pytest.approx(math.exp(2) / others)  # of the digits alone
    assert is_digit is not None
    assert is_digit[0] == pytest.approx(others / (others + math.e))
    assert network.accuracy(image, np.array([1])) == 1  # even where the background is the likeliest class


def test_a_network_of_ten_classes_does_not_know_what_is_no_digit():
    assert Network((784, 10)).answers(np.zeros((1, 784), np.uint8)).is_digit is None


def test_temperature_divides_the_digits_logits():
    network = Network((784, 10))
    network.layers[0].biases[3] = 6
    network.temperature = 2.0
    probabilities = network.probabilities(np.zeros((1, 784), np.uint8))
    assert probabilities[0, 3] == pytest.approx(math.exp(3) / (math.exp(3) + 9))
    assert network.copy().checksum() == network.checksum() != Network((784, 10)).checksum()
