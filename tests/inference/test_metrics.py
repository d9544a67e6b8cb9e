import math

import numpy as np
import pytest
from scipy.stats import norm
from sklearn import metrics as sklearn_metrics

from model.inference import metrics


def test_the_confusion_matrix_is_scikit_learns():
    labels, predictions = np.random.default_rng(0).integers(0, 10, (2, 500)).astype(np.uint8)
    expected = sklearn_metrics.confusion_matrix(labels, predictions, labels=range(10))
    np.testing.assert_array_equal(metrics.confusion_matrix(labels, predictions), expected)


def test_images_that_show_no_digit_do_not_count():
    labels, predictions = np.array([3, 10, 3], np.uint8), np.array([3, 5, 8], np.uint8)
    confusion = metrics.confusion_matrix(labels, predictions)
    assert (confusion[3, 3], confusion[3, 8], confusion.sum()) == (1, 1, 2)


def test_the_accuracy_by_digit_is_its_row_s_share_on_the_diagonal():
    confusion = np.zeros((10, 10), int)
    confusion[3, 3], confusion[3, 8], confusion[5, 3] = 3, 1, 2
    found = metrics.accuracy_by_digit(confusion)
    assert (found[3], found[5]) == (0.75, 0)
    assert np.isnan(np.delete(found, [3, 5])).all()


@pytest.mark.parametrize("digits", [10, 6])  # some digits may not occur
def test_precision_recall_and_f1_are_scikit_learns(digits):
    labels, predictions = np.random.default_rng(1).integers(0, digits, (2, 60)).astype(np.uint8)
    labels[labels == 4] = 5  # predicted, and never there
    predictions[predictions == 3] = 2  # there, and never predicted
    expected = sklearn_metrics.precision_recall_fscore_support(labels, predictions, labels=range(10), zero_division=0)
    found = metrics.precision_recall_f1(metrics.confusion_matrix(labels, predictions))
    np.testing.assert_allclose(found[:, :digits], np.array(expected[:3])[:, :digits])
    assert np.isnan(found[:, digits:]).all()


@pytest.mark.parametrize(("correct", "count"), [(0, 10), (10, 10), (1, 1), (987, 1000), (9873, 10000)])
def test_the_interval_is_wilsons(correct, count):
    # Its bounds are the shares p from which the measured one is 1.96 standard deviations of the binomial away.
    low, high = metrics.confidence_interval(correct, count)
    share, quantile = correct / count, norm.ppf(0.975)
    for bound, side in ((low, 1), (high, -1)):
        away = side * quantile * math.sqrt(bound * (1 - bound) / count)
        assert bound == pytest.approx(share - away, abs=1e-9)
    assert 0 <= low <= share <= high <= 1
    assert high - low > 0


def test_nothing_is_known_of_a_share_of_nothing():
    assert metrics.confidence_interval(0, 0) == (0, 1)
