"""Looking at a network while it learns changes nothing, and what is seen agrees with sums made by hand."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.nn.mlp import MLP, as_inputs
from model.nn.workspace import Workspace
from model.training import Trainer
from model.training.diagnostics import ForgettingTracker, inspect_network, layer_norms
from tests.toy_data import patterns

TOY = patterns(300)
SMALL = TrainingConfig(hidden_sizes=(12, 8), batch_size=32, epochs=3)
SETTINGS = [
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "hidden_sizes": (260,)},  # wide enough for the products to add into the parameters
    {"optimizer": "momentum", "hidden_sizes": (260,), "dropout": 0.2},
    {"optimizer": "adamw", "weight_decay": 0.1, "batch_normalization": True, "dropout": 0.3, "clip_norm": 1},
]


def trained(config, *, observed):
    training = Trainer(config, TOY)
    seen = []
    while training.status == "running":
        training.measure_next_step = observed
        before = training.network.mlp.parameters.copy()
        training.advance(1)
        seen.append((training.gradient_step.norms, before, training.network.mlp.parameters.copy()))
    return training, seen


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_network_learns_the_same_whether_or_not_it_is_looked_at(settings):
    config = SMALL.changed(**settings)
    watched, seen = trained(config, observed=True)
    assert watched.network.checksum() == trained(config, observed=False)[0].network.checksum()
    for (_, updates), before, after in seen:
        moved = watched.network.mlp.views(after - before)
        expected = [np.linalg.norm(np.concatenate([layer.weights.ravel(), layer.biases,
                    *([] if layer.gamma is None else [layer.gamma])])) for layer in moved]  # fmt: skip
        np.testing.assert_allclose(updates, expected, rtol=1e-4)


def test_the_gradients_norms_are_those_of_the_batch():
    training = Trainer(SMALL.changed(optimizer="sgd", learning_rate=0.1), TOY)
    training.measure_next_step = True
    begun = training.network.mlp.copy()
    training.advance(1)
    trace = Workspace(begun, 32)
    begun.loss_and_gradient(training.batch.images, training.batch.labels, trace)
    gradients, updates = training.gradient_step.norms
    np.testing.assert_allclose(gradients, layer_norms(begun.views(trace.gradient)), rtol=1e-5)
    np.testing.assert_allclose(
        np.array(updates) / 0.1, gradients, rtol=1e-3
    )  # plain SGD: a step is rate times gradient
    training.advance(1)
    assert training.gradient_step.norms == (gradients, updates)  # until it is asked for again


def test_dead_units_are_those_that_no_image_wakes():
    mlp = MLP((784, 4, 2, 10)).initialize("he", np.random.default_rng(0))
    mlp.layers[0].biases[:] = [-1e6, 1, -1e6, -1e6]
    mlp.layers[1].biases[:] = [1, 1]
    mlp.layers[1].weights[:] = 0
    dead, predictions = inspect_network(mlp, TOY.images[:50])
    assert dead == (0.75, 0.0)
    np.testing.assert_array_equal(predictions, mlp.logits(TOY.images[:50]).argmax(axis=1))
    assert inspect_network(MLP((784, 4, 10), "tanh"), TOY.images[:50])[0] == ()


def test_a_network_that_knows_what_is_no_digit_still_names_the_digit():
    mlp = MLP((784, 11))
    mlp.layers[0].biases[:] = [0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 9]
    assert set(inspect_network(mlp, TOY.images[:9])[1]) == {3}


def test_outputs_are_what_each_layer_says():
    mlp = MLP((784, 6, 10), "sigmoid").initialize("he", np.random.default_rng(1))
    images = as_inputs(TOY.images[:5])
    hidden, logits = mlp.activations(images)
    layer = mlp.layers[0]
    np.testing.assert_allclose(hidden, 1 / (1 + np.exp(-(images @ layer.weights + layer.biases))), rtol=1e-5)
    np.testing.assert_array_equal(logits, mlp.logits(TOY.images[:5]))


def test_what_was_learned_and_forgotten_is_remembered():
    memory = ForgettingTracker(np.array([0, 0, 1, 1], np.uint8))
    for step, predictions in [(0, [9, 0, 9, 9]), (5, [0, 0, 9, 1]), (9, [0, 7, 9, 1]), (12, [0, 0, 9, 9])]:
        memory.update(np.array(predictions, np.uint8), step)
    assert memory.last_flip_step.tolist() == [5, 12, 0, 12]
    assert memory.best.tolist() == [1, 0.5, *[0] * 8]
