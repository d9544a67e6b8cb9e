import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from model.nn.losses import cross_entropy, losses, softmax, target_probabilities


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


def test_the_target_is_one_hot_and_smoothing_spreads_it():
    np.testing.assert_array_equal(target_probabilities(np.array([2, 0]), 3), [[0, 0, 1], [1, 0, 0]])
    smoothed = target_probabilities(np.array([2]), 4, 0.2, dtype=np.float64)
    np.testing.assert_allclose(smoothed, [[0.05, 0.05, 0.85, 0.05]])


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_losses_are_the_cross_entropy_with_the_target(smoothing):
    rng = np.random.default_rng(2)
    logits, labels = rng.normal(0, 3, (20, 10)), rng.integers(0, 10, 20)
    target = target_probabilities(labels, 10, smoothing, dtype=np.float64)
    expected = -(target * special.log_softmax(logits, axis=1)).sum(axis=1)
    np.testing.assert_allclose(losses(logits, labels, smoothing), expected)
