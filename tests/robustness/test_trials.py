"""Curves of robustness are what their trials give."""

import numpy as np

from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.robustness import trials
from model.robustness.silencing import SilenceShare
from model.training.checkpoint import WEIGHTS, load


def test_each_point_is_the_mean_of_its_trials_and_their_range(mnist_5k):
    network = load(WEIGHTS / "tiny-25k.safetensors").network
    images, labels = mnist_5k.test_images[:300], mnist_5k.test_labels[:300]
    planned, seen = trials.silencing(network.mlp, seeds=3), []
    points = {(one.series, one.amount): one for one in trials.measure(network, planned, images, labels, seen.append)}
    assert seen == list(range(1, len(planned) + 1))
    assert len(points) == 2 * len(trials.SHARES)
    half = [SilenceShare(0.5, seed=seed).applied(network).accuracy(images, labels) for seed in range(3)]
    found = points[trials.RANDOM, 0.5]
    assert (found.lowest, found.highest, found.trials) == (min(half), max(half), 3)
    assert abs(found.accuracy - np.mean(half)) < 1e-9
    unperturbed = network.accuracy(images, labels)
    assert points[trials.RANDOM, 0.0].lowest == points[trials.STRONGEST, 0.0].accuracy == unperturbed
    assert points[trials.STRONGEST, 0.5].accuracy < found.accuracy < unperturbed
    bits = trials.measure(network, trials.rounding(), images, labels)
    assert [one.amount for one in bits] == list(trials.BITS)
    assert bits[0].accuracy < bits[-1].accuracy == unperturbed


def test_a_network_without_hidden_layers_has_no_units_to_silence():
    assert trials.silencing(MLP((784, 10))) == []
    network = DigitClassifier(MLP((784, 11)))
    assert trials.predictions(network, np.zeros((3, 784), np.uint8)).tolist() == [0, 0, 0]
