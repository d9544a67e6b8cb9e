import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.inference.evaluation import evaluate
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP


class Answers(DigitClassifier):
    """A classifier whose answers are given beforehand: (n, 10), handed out whatever the images are."""

    def __init__(self, probabilities):
        super().__init__(MLP((784, 10)))
        self.given = np.asarray(probabilities, np.float32)

    def predict_proba(self, images):
        return self.given[: len(images)]


def evaluated(labels, digits, confidence=0.9):
    confidence = np.broadcast_to(confidence, len(digits))
    probabilities = np.repeat((1 - confidence)[:, None] / 9, 10, axis=1)
    probabilities[np.arange(len(digits)), digits] = confidence
    return evaluate(Answers(probabilities), np.zeros((len(labels), 784), np.uint8), np.array(labels, np.uint8))


def test_scores_worked_by_hand():
    found = evaluated([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2])
    assert found.accuracy == pytest.approx(4 / 6)
    # Of the answers 0, 1, 2 right are 2 of 2, 1 of 2, 1 of 2; of the images 2 of 3, 1 of 2, 1 of 1.
    assert found.precision == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)
    assert found.recall == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert found.f1 == pytest.approx((4 / 5 + 1 / 2 + 2 / 3) / 3)
    np.testing.assert_array_equal(found.confusion[:3, :3], [[2, 1, 0], [0, 1, 1], [0, 0, 1]])
    assert found.confusion.shape == (10, 10)
    np.testing.assert_allclose(found.accuracy_by_digit[:3], [2 / 3, 1 / 2, 1])
    assert np.isnan(found.accuracy_by_digit[3:]).all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=200))
def test_scores_follow_their_definitions(pairs):
    labels, digits = map(list, zip(*pairs, strict=True))
    found = evaluated(labels, digits)
    assert found.accuracy == pytest.approx(sum(label == digit for label, digit in pairs) / len(pairs))
    assert found.confusion.sum() == len(pairs)
    assert all(found.confusion[pair] == pairs.count(pair) for pair in set(pairs))
    precisions, recalls, f1s = [], [], []
    for digit in set(labels) | set(digits):
        right, answered, shown = pairs.count((digit, digit)), digits.count(digit), labels.count(digit)
        precisions.append(right / answered if answered else 0)
        recalls.append(right / shown if shown else 0)
        f1s.append(2 * right / (answered + shown))
    assert found.precision == pytest.approx(np.mean(precisions))
    assert found.recall == pytest.approx(np.mean(recalls))
    assert found.f1 == pytest.approx(np.mean(f1s))


def test_predictions_are_found_by_index():
    found = evaluated([3, 3, 5, 3, 5], [3, 8, 5, 8, 3], [0.9, 0.5, 0.8, 0.7, 0.6])
    assert found.correct().tolist() == [0, 2]
    assert found.misclassified().tolist() == [1, 3, 4]
    assert found.cell(3, 8).tolist() == [3, 1]
    assert found.cell(8, 3).tolist() == []
    assert found.most_confident_first(found.misclassified()).tolist() == [3, 4, 1]
    np.testing.assert_allclose(found.confidence, [0.9, 0.5, 0.8, 0.7, 0.6], rtol=1e-6)


def test_a_network_is_scored_on_its_own_predictions(mnist_5k):
    network = DigitClassifier(MLP((784, 10)).initialize("he", np.random.default_rng(0)))
    images, labels = mnist_5k.test_images, mnist_5k.test_labels
    found = evaluate(network, images, labels)
    assert found.accuracy == network.accuracy(images, labels)
    np.testing.assert_array_equal(found.predictions, network.mlp.logits(images).argmax(axis=1))


def test_confidence_is_compared_with_accuracy():
    found = evaluated([3, 3, 5, 3, 5], [3, 8, 5, 8, 3], [0.95, 0.95, 0.95, 0.95, 0.5]).reliability
    assert (found.counts[-1], found.right[-1]) == (4, 2)
    # Of the four answers given with 95 % half are right, and the one given with 50 % is wrong.
    assert found.expected_calibration_error == pytest.approx(4 / 5 * (0.95 - 0.5) + 1 / 5 * 0.5)


def test_a_temperature_changes_the_confidence_and_no_prediction(mnist_5k):
    network = DigitClassifier(MLP((784, 10)).initialize("he", np.random.default_rng(0)))
    images, labels = mnist_5k.test_images, mnist_5k.test_labels
    before = evaluate(network, images, labels)
    network.temperature = 3.0
    after = evaluate(network, images, labels)
    np.testing.assert_array_equal(after.predictions, before.predictions)
    assert (after.confidence < before.confidence).all()


def test_a_network_with_a_reject_class_is_scored_on_digits(mnist_5k):
    network = DigitClassifier(MLP((784, 6, 11)).initialize("he", np.random.default_rng(0)))
    network.mlp.layers[-1].biases[10] = 100  # it takes everything for no digit
    digits_only = DigitClassifier(MLP((784, 6, 10)))
    digits_only.mlp.layers[0].weights[:] = network.mlp.layers[0].weights
    digits_only.mlp.layers[1].weights[:] = network.mlp.layers[1].weights[:, :10]
    found, expected = (evaluate(each, mnist_5k.test_images, mnist_5k.test_labels) for each in (network, digits_only))
    assert found.accuracy == expected.accuracy
    np.testing.assert_array_equal(found.confusion, expected.confusion)
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-6)


def test_nothing_to_evaluate_on_is_refused():
    with pytest.raises(ValueError, match="there must be labeled images to evaluate on; got none"):
        evaluated([], np.zeros(0, int))
