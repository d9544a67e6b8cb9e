import math

import numpy as np
import pytest
from scipy import special

from model.nn.classifier import DigitClassifier
from model.nn.mlp import INFERENCE_BATCH_SIZE, MLP

BLANK = np.zeros((1, 784), np.uint8)


def random_classifier(sizes=(784, 8, 10), *, batch_normalization=False):
    mlp = MLP(sizes, batch_normalization=batch_normalization)
    return DigitClassifier(mlp.initialize("he", np.random.default_rng(0)))


def test_probabilities_are_the_softmax_of_the_logits():
    network = random_classifier()
    images = np.random.default_rng(4).integers(0, 256, (6, 784), np.uint8)
    logits = network.mlp.logits(images)
    np.testing.assert_allclose(network.predict_proba(images), special.softmax(logits, axis=1), rtol=1e-5)
    assert network.accuracy(images, logits.argmax(axis=1)) == 1
    assert network.accuracy(images, (logits.argmax(axis=1) + np.arange(6) % 2) % 10) == 0.5


def test_many_images_are_classified_as_if_alone():
    network = random_classifier()
    images = np.random.default_rng(5).integers(0, 256, (2 * INFERENCE_BATCH_SIZE + 3, 784), np.uint8)
    together = network.predict_proba(images)
    assert together.dtype == np.float32
    assert together.shape == (2 * INFERENCE_BATCH_SIZE + 3, 10)
    for row in (0, INFERENCE_BATCH_SIZE - 1, INFERENCE_BATCH_SIZE, 2 * INFERENCE_BATCH_SIZE + 2):
        np.testing.assert_allclose(network.predict_proba(images[row : row + 1])[0], together[row], rtol=1e-4)
    assert network.predict_proba(images[:0]).shape == (0, 10)


def test_the_reject_class_says_whether_an_image_shows_a_digit():
    network = DigitClassifier(MLP((784, 11)))
    network.mlp.layers[0].biases[:] = [0.0, 2.0, *[0.0] * 8, 1.0]
    probabilities, is_digit = network.predict(BLANK)
    others = 9 + math.exp(2)
    assert network.has_reject_class
    assert probabilities.shape == (1, 10)
    assert probabilities[0, 1] == pytest.approx(math.exp(2) / others)  # of the digits alone
    assert is_digit[0] == pytest.approx(others / (others + math.e))
    assert network.accuracy(BLANK, np.array([1])) == 1  # even where the reject class is the likeliest


def test_the_reject_bias_is_added_to_the_reject_class():
    network = DigitClassifier(MLP((784, 11)))
    network.reject_bias = math.log(30)
    probabilities, is_digit = network.predict(BLANK)
    assert is_digit[0] == pytest.approx(10 / 40)
    np.testing.assert_allclose(probabilities, 0.1)


def test_without_a_reject_class_nothing_is_rejected():
    network = DigitClassifier(MLP((784, 10)))
    assert not network.has_reject_class
    assert network.predict(BLANK).is_digit is None


def test_the_temperature_divides_the_digits_logits():
    network = DigitClassifier(MLP((784, 10)))
    network.mlp.layers[0].biases[3] = 6
    network.temperature = 2.0
    assert network.predict_proba(BLANK)[0, 3] == pytest.approx(math.exp(3) / (math.exp(3) + 9))


def test_a_copy_is_equal_and_independent():
    network = random_classifier((784, 5, 11), batch_normalization=True)
    network.temperature, network.reject_bias = 1.5, -0.5
    twin = network.copy()
    assert twin.checksum() == network.checksum()
    assert (twin.temperature, twin.reject_bias) == (1.5, -0.5)
    twin.mlp.parameters[0] = np.nextafter(twin.mlp.parameters[0], np.float32(9))  # the smallest step there is
    assert twin.checksum() != network.checksum()
    twin.copy_from(network)
    assert twin.checksum() == network.checksum()


@pytest.mark.parametrize("change", ["parameters", "running_statistics", "temperature", "reject_bias"])
def test_the_checksum_depends_on_every_value(change):
    network = random_classifier((784, 5, 11), batch_normalization=True)
    before = network.checksum()
    if change in ("temperature", "reject_bias"):
        setattr(network, change, getattr(network, change) + 1e-9)
    else:
        getattr(network.mlp, change).flat[-1] += 1
    assert network.checksum() != before


@pytest.mark.parametrize("outputs", [1, 9, 12])
def test_another_number_of_outputs_is_refused(outputs):
    with pytest.raises(ValueError, match=f"must have 10 or 11 outputs; got MLP 784-{outputs} relu"):
        DigitClassifier(MLP((784, outputs)))


def test_a_classifier_prints_itself():
    assert repr(DigitClassifier(MLP((784, 10)))) == "DigitClassifier(MLP 784-10 relu, 7,850 parameters)"
