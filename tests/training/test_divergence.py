"""A network that no longer gives a finite loss is replaced by the last that did."""

import numpy as np

from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.divergence import DivergenceGuard, divergence_message


def test_a_finite_loss_proves_the_network_before_it():
    network = DigitClassifier(MLP((784, 10)))
    guard = DivergenceGuard(network)
    for value in (1.0, 2.0):
        network.mlp.parameters[:] = value
        guard.remember(network)
        assert guard.first_diverged(np.array([0.5, 0.4])) is None
        assert guard.last_finite.mlp.parameters[0] == value


def test_the_first_step_without_a_finite_loss_is_named():
    network = DigitClassifier(MLP((784, 10)))
    guard = DivergenceGuard(network)
    network.mlp.parameters[:] = 1
    guard.remember(network)
    assert guard.first_diverged(np.array([0.5, 0.4, np.nan, np.inf])) == 2
    assert guard.last_finite.mlp.parameters[0] == 1  # its own loss was the first, which is finite
    network.mlp.parameters[:] = 2
    guard.remember(network)
    assert guard.first_diverged(np.array([np.inf])) == 0
    assert guard.last_finite.mlp.parameters[0] == 1


def test_running_statistics_must_be_finite_too():
    network = DigitClassifier(MLP((784, 3, 10), batch_normalization=True))
    guard = DivergenceGuard(network)
    network.mlp.running_statistics[:] = np.inf
    guard.remember(network)
    assert guard.first_diverged(np.array([0.5])) is None
    assert np.isfinite(guard.last_finite.mlp.running_statistics).all()


def test_the_message_says_what_to_try():
    assert "a smaller learning rate than 0.5 (say 0.05)" in divergence_message(7, 0.5)
    assert "after step 7" in divergence_message(7, 0.5)
