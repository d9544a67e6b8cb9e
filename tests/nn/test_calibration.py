import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from scipy.stats import binom

from model.nn.calibration import (
    MAX_TEMPERATURE,
    MIN_SAMPLES,
    MIN_TEMPERATURE,
    Reliability,
    fit_reject_bias,
    fit_temperature,
    reliability,
)


def answers(count, temperature=1.0, spread=3.0, seed=0):
    """Logits (count, 10), and labels drawn from their softmax at a temperature: the one that they were made at."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, spread, (count, 10))
    probabilities = softmax(logits / temperature, axis=1)
    labels = (probabilities.cumsum(axis=1) < rng.random((count, 1))).sum(axis=1)
    return logits, labels


def softened_loss(logits, labels, temperature):
    """The cross-entropy from Platt's targets, written down from their definition."""
    n = len(labels)
    wanted = np.full((n, 10), 1 / (n + 2) / 9)
    wanted[np.arange(n), labels] = (n + 1) / (n + 2)
    return -(wanted * log_softmax(logits / temperature, axis=1)).sum(axis=1).mean()


# ---------------------------------------------------------------------------------------------- temperature


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_labels_were_drawn_at_is_found_again(temperature):
    assert fit_temperature(*answers(20_000, temperature)) == pytest.approx(temperature, rel=0.03)


@settings(max_examples=30)
@given(st.integers(MIN_SAMPLES, 300), st.floats(0.3, 3.5), st.floats(0.1, 30), st.integers(0, 100))
def test_no_temperature_fits_better(count, temperature, spread, seed):
    logits, labels = answers(count, temperature, spread, seed)
    grid = np.geomspace(MIN_TEMPERATURE, MAX_TEMPERATURE, 100)
    best = min(softened_loss(logits, labels, other) for other in grid)
    found = fit_temperature(logits, labels)
    assert MIN_TEMPERATURE <= found <= MAX_TEMPERATURE
    assert softened_loss(logits, labels, found) <= best * (1 + 1e-12)


def test_an_image_of_weight_two_counts_like_two_images():
    logits, labels = answers(400, 1.5)
    twice = np.concatenate((np.arange(400), np.arange(150)))
    weights = np.where(np.arange(400) < 150, 2.0, 1.0)
    # Platt's targets depend on the number of images, so the two are not the same to the last digit.
    assert fit_temperature(logits, labels, weights) == pytest.approx(
        fit_temperature(logits[twice], labels[twice]), rel=1e-2
    )
    assert fit_temperature(logits, labels, np.ones(400)) == pytest.approx(fit_temperature(logits, labels))
    with_reject = np.concatenate((logits, np.random.default_rng(1).normal(0, 3, (400, 1))), axis=1)
    found = fit_reject_bias(with_reject, 0.9, weights)
    assert found == pytest.approx(fit_reject_bias(with_reject[twice], 0.9), abs=0.1)


def test_the_temperature_is_exact():
    logits, labels = answers(500, 1.7)
    inverse = minimize_scalar(
        lambda s: softened_loss(logits, labels, 1 / s), bounds=(0.25, 4), options={"xatol": 1e-9}, method="bounded"
    )
    assert fit_temperature(logits, labels) == pytest.approx(1 / inverse.x, rel=1e-6)


@pytest.mark.parametrize("factor", [0.5, 1.5, 2.0])
def test_logits_times_k_have_k_times_the_temperature(factor):
    logits, labels = answers(1000, 1.3)
    assert fit_temperature(factor * logits, labels) == pytest.approx(factor * fit_temperature(logits, labels))


def test_a_shift_of_a_row_changes_nothing():
    logits, labels = answers(1000, 1.3)
    shifts = np.random.default_rng(0).normal(0, 100, (1000, 1))
    assert fit_temperature(logits + shifts, labels) == pytest.approx(fit_temperature(logits, labels))


def test_without_a_mistake_the_temperature_stays_within_bounds():
    labels = np.arange(200) % 10
    narrow = np.eye(10)[labels] * 2  # always right, but with little confidence
    assert MIN_TEMPERATURE < fit_temperature(narrow, labels) < 1
    # Beside a margin m, ln(9 (n + 1)) / m is the inverse temperature that gives p = (n + 1) / (n + 2).
    assert fit_temperature(narrow, labels) == pytest.approx(2 / np.log(9 * 201))
    assert fit_temperature(narrow / 10, labels) == MIN_TEMPERATURE


def test_always_wrong_and_confident_gives_the_maximum_temperature():
    labels = np.arange(200) % 10
    assert fit_temperature(np.eye(10)[(labels + 1) % 10] * 50, labels) == MAX_TEMPERATURE


@pytest.mark.parametrize("scale", [1e-30, 1e-6, 1e6, 1e30])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_any_size_have_a_temperature(scale, dtype):
    logits, labels = answers(200)
    assert MIN_TEMPERATURE <= fit_temperature((logits * scale).astype(dtype), labels) <= MAX_TEMPERATURE


@pytest.mark.parametrize("value", [0, 7.3, np.nan, np.inf])
def test_useless_logits_leave_the_temperature_at_one(value):
    assert fit_temperature(np.full((200, 10), value, np.float32), np.zeros(200, int)) == 1


def test_few_images_leave_the_temperature_at_one():
    logits, labels = answers(MIN_SAMPLES, 3)
    assert fit_temperature(logits, labels) != 1
    assert fit_temperature(logits[1:], labels[1:]) == 1
    assert fit_temperature(logits[:0], labels[:0]) == 1


@pytest.mark.parametrize("shape", [(200, 11), (199, 10), (2000,)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"logits must have the shape \(200, 10\), a row for each label; got "):
        fit_temperature(np.zeros(shape), np.zeros(200, int))


# ---------------------------------------------------------------------------------------------- reject bias


@pytest.mark.parametrize("accept_rate", [0.5, 0.9, 0.985])
def test_the_reject_bias_accepts_the_given_share_of_digits(accept_rate):
    logits = np.random.default_rng(0).normal(0, 5, (1000, 11))
    logits[:, 10] += fit_reject_bias(logits, accept_rate)
    is_digit = 1 - softmax(logits, axis=1)[:, 10]
    assert (is_digit >= 0.5).mean() == pytest.approx(accept_rate, abs=0.001)


@pytest.mark.parametrize("logits", [np.ones((MIN_SAMPLES - 1, 11)), np.full((200, 11), np.nan)], ids=["few", "broken"])
def test_useless_logits_leave_the_reject_bias_at_zero(logits):
    assert fit_reject_bias(logits) == 0


# ---------------------------------------------------------------------------------------------- reliability


def certain(confidence, right):
    """Answers of these confidences, right or not: probabilities (n, 10) and labels (n,)."""
    confidence = np.asarray(confidence, float)
    digits = np.arange(len(confidence)) % 10
    probabilities = np.repeat((1 - confidence)[:, None] / 9, 10, axis=1)
    probabilities[np.arange(len(digits)), digits] = confidence
    return probabilities, np.where(right, digits, (digits + 1) % 10)


def test_bins_worked_by_hand():
    found = reliability(*certain([0.25, 0.35, 0.4, 0.9, 1.0, 1.0], [1, 0, 1, 1, 1, 0]), bins=5)
    # Up to 0.4 there are 0.25, 0.35 and 0.4 itself, 2 of 3 right; above 0.8 there are 0.9, 1 and 1, 2 of 3 right.
    assert found.counts.tolist() == [0, 3, 0, 0, 3]
    assert found.right.tolist() == [0, 2, 0, 0, 2]
    np.testing.assert_allclose(found.confidence, [np.nan, 1 / 3, np.nan, np.nan, 2.9 / 3])
    np.testing.assert_allclose(found.accuracy, [np.nan, 2 / 3, np.nan, np.nan, 2 / 3])
    assert found.expected_calibration_error == pytest.approx(3 / 6 * (2 / 3 - 1 / 3) + 3 / 6 * (2.9 / 3 - 2 / 3))


@given(st.lists(st.tuples(st.floats(0.11, 1), st.booleans()), min_size=1, max_size=60), st.integers(1, 20))
def test_bins_follow_their_definition(pairs, bins):
    found = reliability(*certain(*zip(*pairs, strict=True)), bins)
    error = 0.0
    for index in range(bins):
        low, high = np.linspace(0, 1, bins + 1)[index : index + 2]
        here = [(confidence, right) for confidence, right in pairs if low < confidence <= high]
        assert found.counts[index] == len(here)
        assert found.right[index] == sum(right for _, right in here)
        if here:
            assert found.confidence[index] == pytest.approx(np.mean([confidence for confidence, _ in here]))
            error += abs(sum(right - confidence for confidence, right in here)) / len(pairs)
    assert found.expected_calibration_error == pytest.approx(error)


def test_every_confidence_falls_into_a_bin():
    found = reliability(np.full((3, 10), np.float32(0.1)), np.array([0, 0, 5]))
    assert found.counts.tolist() == [0, 3] + [0] * 13
    above_one = np.eye(10, dtype=np.float32)[:3] * np.nextafter(np.float32(1), np.float32(2))  # as sums may round
    assert reliability(above_one, np.arange(3)).counts.tolist() == [0] * 14 + [3]


def test_true_confidences_leave_an_error_near_zero():
    logits, labels = answers(200_000)
    assert reliability(softmax(logits, axis=1), labels).expected_calibration_error < 0.005
    assert reliability(softmax(2 * logits, axis=1), labels).expected_calibration_error > 0.05


def test_the_fitted_temperature_reduces_the_error():
    logits, labels = answers(20_000, 2.0)
    before = reliability(softmax(logits, axis=1), labels)
    after = reliability(softmax(logits / fit_temperature(logits, labels), axis=1), labels)
    assert after.expected_calibration_error < before.expected_calibration_error / 5


@pytest.mark.parametrize("count", [1, 2, 15, 10_000])
@pytest.mark.parametrize("confidence", [1e-9, 0.1, 0.5, 0.999, 1 - 1e-16, 1.0])
def test_chance_is_the_binomial_distributions(count, confidence):
    found = Reliability(np.array([0, count]), np.array([0, 0]), np.array([np.nan, confidence]))
    right = np.arange(count + 1)
    expected = (binom.pmf(right, count, confidence) * np.abs(right / count - confidence)).sum()
    assert found.error_by_chance == pytest.approx(expected, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("count", [20, 300, 5000])
def test_the_error_by_chance_is_that_of_calibrated_predictions(count):
    rng = np.random.default_rng(1)
    confidence = rng.choice([0.5, 0.7, 0.9, 0.99], count)
    tests = [reliability(*certain(confidence, rng.random(count) < confidence)) for _ in range(300)]
    average = np.mean([found.expected_calibration_error for found in tests])
    assert tests[0].error_by_chance == pytest.approx(average, rel=0.15)


def test_a_diverged_network_has_no_calibration_error():
    found = reliability(np.full((5, 10), np.nan, np.float32), np.arange(5))
    assert found.counts.sum() == 5
    assert np.isnan(found.expected_calibration_error)
