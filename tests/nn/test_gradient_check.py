import math

import numpy as np
import pytest
from scipy import special

from model.nn.activations import ACTIVATIONS
from model.nn.gradient_check import MAX_IMAGES, MIN_IMAGES, SMALLEST_GRADIENT, check, relative_error
from model.nn.mlp import MLP
from tests.nn import networks

SOUND, BROKEN = 1e-3, 1e-2  # what `worst` is below of a right gradient, and above of a wrong one


def random_network(sizes=(12, 7, 5, 10), activation="tanh", **options):
    """Every value random, in float32 as a training has it."""
    return networks.random_network(sizes, activation, dtype=np.float32, **options)


def batch(count=20, pixels=12):
    return networks.batch(count, pixels, dtype=np.float32)


def checked(network, images, labels, seed=2, **options):
    return check(network, images, labels, rng=np.random.default_rng(seed), **options)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_agrees_with_the_loss_itself(activation, batch_normalization, smoothing):
    network = random_network(activation=activation, batch_normalization=batch_normalization)
    result = checked(network, *batch(), smoothing=smoothing)
    assert result.worst < 1e-4
    kinds = {"weight", "bias", "gamma"} if batch_normalization else {"weight", "bias"}
    assert {(row.layer, row.kind) for row in result.rows} == {
        (layer, kind) for layer in range(3) for kind in kinds if layer < 2 or kind != "gamma"
    }
    assert result.images == 20


def test_numeric_gradients_are_those_of_softmax_regression():
    # Without a hidden layer the gradient is x (p - y), averaged: here by SciPy, and not by backpropagation.
    network, (images, labels) = random_network((12, 10)), batch()
    layer = network.layers[0]
    scores = images.astype(float) @ layer.weights.astype(float) + layer.biases
    difference = special.softmax(scores, axis=1) - np.eye(10)[labels]
    exact = {"weight": images.astype(float).T @ difference / 20, "bias": difference.mean(axis=0)}
    rows = checked(network, images, labels).rows
    assert len(rows) == 12
    assert len({(row.kind, row.index) for row in rows}) == 12
    for row in rows:
        assert row.numeric == pytest.approx(exact[row.kind][row.index], abs=1e-9)
        assert row.analytic == pytest.approx(exact[row.kind][row.index], abs=1e-12)


@pytest.mark.parametrize("kind", ["weights", "biases", "gamma"])
@pytest.mark.parametrize("layer", [0, 1])
def test_a_wrong_part_of_the_gradient_is_found(monkeypatch, layer, kind):
    sound = MLP.backward

    def broken(self, images, targets, workspace, *arguments, **options):
        sound(self, images, targets, workspace, *arguments, **options)
        getattr(workspace.gradients[layer], kind)[:] *= 1.1

    network = random_network(batch_normalization=True)
    assert checked(network, *batch()).worst < SOUND
    monkeypatch.setattr(MLP, "backward", broken)
    result = checked(network, *batch())
    assert result.worst > BROKEN
    assert {row.layer for row in result.rows if row.relative_error > BROKEN} == {layer}


def test_a_gradient_that_is_wrongly_zero_is_found(monkeypatch):
    sound = MLP.backward

    def broken(self, images, targets, workspace, *arguments, **options):
        sound(self, images, targets, workspace, *arguments, **options)
        workspace.gradient[: 12 * 3] = 0  # of 84 weights of the first layer

    monkeypatch.setattr(MLP, "backward", broken)
    assert checked(random_network(), *batch(), per_layer=60).worst > BROKEN


def test_most_weights_are_drawn_where_there_is_a_gradient_but_not_all():
    # Only 3 of 100 pixels are ever inked, and no other has a gradient.
    images, labels = batch(pixels=100)
    images[:, 3:] = 0
    rows = [row for row in checked(random_network((100, 40, 10)), images, labels).rows if row.kind == "weight"]
    inked = [row for row in rows if row.layer == 0 and row.index[0] < 3]
    paper = [row for row in rows if row.layer == 0 and row.index[0] >= 3]
    assert len(inked) > len(paper) > 0
    assert all(row.analytic != 0 for row in inked)
    assert all(row.analytic == row.numeric == row.relative_error == 0 for row in paper)


@pytest.mark.parametrize("batch_normalization", [False, True])
def test_the_network_does_not_change(batch_normalization):
    network, (images, labels) = random_network(batch_normalization=batch_normalization), batch()
    before, pixels = network.copy(), images.copy()
    checked(network, images, labels)
    np.testing.assert_array_equal(network.parameters, before.parameters)
    np.testing.assert_array_equal(network.running_statistics, before.running_statistics)
    np.testing.assert_array_equal(images, pixels)


def test_the_same_generator_draws_the_same_parameters():
    network = random_network()
    first, again, other = (checked(network, *batch(), seed=seed) for seed in (2, 2, 3))
    assert first == again
    assert [row.index for row in first.rows] != [row.index for row in other.rows]


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_parameters_at_a_kink_are_left_out(activation):
    # A blank image and no bias: each sum is 0 exactly, on the kink, and a bias moves it to either side.
    network, (images, labels) = random_network(activation=activation), batch()
    for layer in network.layers:
        layer.biases[:] = 0
    images[:10] = 0
    result = checked(network, images, labels)
    assert result.kinks >= 6
    assert not [row for row in result.rows if row.layer == 0 and row.kind == "bias"]
    assert [row for row in result.rows if row.layer == 2 and row.kind == "bias"]  # no activation comes after these
    assert result.worst < SOUND


def test_smooth_activations_have_no_kinks():
    network, (images, labels) = random_network(activation="gelu"), batch()
    for layer in network.layers:
        layer.biases[:] = 0
    images[:10] = 0
    result = checked(network, images, labels)
    assert result.kinks == 0
    assert result.worst < SOUND
    assert len(result.rows) == 36


def test_the_error_is_relative_but_for_tiny_gradients():
    assert relative_error(0.1, 0.2) == pytest.approx(0.5)
    assert relative_error(-0.1, 0.1) == pytest.approx(2)
    assert relative_error(0.0, 0.0) == 0
    assert relative_error(1e-12, -3e-11) < SOUND
    assert relative_error(2 * SMALLEST_GRADIENT, SMALLEST_GRADIENT) == pytest.approx(0.5)
    assert relative_error(math.nan, 0.1) == math.inf


def test_a_diverged_network_has_an_infinite_error():
    network = random_network()
    network.parameters[:] = math.nan
    assert checked(network, *batch()).worst == math.inf


@pytest.mark.parametrize(("limit", "images"), [(1e12, MAX_IMAGES), (2e6, 164), (1e6, 82)])
def test_large_networks_get_fewer_images(monkeypatch, limit, images):
    forward, done = MLP.forward, []

    def counted(self, batch, *arguments):
        done.append(len(batch) * self.num_weights)
        return forward(self, batch, *arguments)

    monkeypatch.setattr(MLP, "forward", counted)
    network = random_network()  # 12 * 7 + 7 * 5 + 5 * 10 = 169 products; 2 losses for each of 36 parameters
    result = checked(network, *batch(400), max_products=limit)
    assert result.images == images
    assert len(result.rows) == 36
    assert sum(done[1:]) <= limit


def test_the_largest_networks_get_fewer_parameters_too():
    result = checked(random_network(batch_normalization=True), *batch(400), max_products=1.0)
    assert result.images == MIN_IMAGES
    assert len(result.rows) == 3 + 3 + 3  # of the last layer two weights, since it has no gamma
    assert result.worst < SOUND


@pytest.mark.parametrize(
    ("images", "labels"), [((5, 11), (5,)), ((5, 12), (4,)), ((0, 12), (0,)), ((12,), (12,))], ids=str
)
def test_a_batch_for_another_network_is_refused(images, labels):
    with pytest.raises(ValueError, match=r"expected images \(n, 12\) with labels \(n,\)"):
        checked(random_network(), np.zeros(images), np.zeros(labels, int))
