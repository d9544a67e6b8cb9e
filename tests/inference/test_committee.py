"""A committee answers with the mean of its members' probabilities, over several views of each image."""

import numpy as np
import pytest

from model.common.constants import NON_DIGIT
from model.inference.classification import classify_images
from model.inference.committee import ROWS_AT_A_TIME, Committee, views_of
from model.nn.classifier import DigitClassifier
from tests.digit_files import digits
from tests.nn.networks import random_network

IMAGES = digits(5)[0].reshape(5, 784)


def network(seed, outputs=10, temperature=1.5):
    made = DigitClassifier(random_network((784, 12, outputs), dtype=np.float32, seed=seed))
    made.mlp.parameters *= 0.1
    made.temperature = temperature
    return made


def test_a_committee_of_one_is_the_network_itself():
    alone, together = network(0, NON_DIGIT + 1).predict(IMAGES), Committee([network(0, NON_DIGIT + 1)]).predict(IMAGES)
    np.testing.assert_array_equal(together.probabilities, alone.probabilities)
    np.testing.assert_array_equal(together.is_digit, alone.is_digit)


def test_the_mean_of_two_is_taken_with_each_one_calibrated_by_itself():
    one, other = network(0), network(1, temperature=3.0)
    found = Committee([one, other]).predict(IMAGES)
    np.testing.assert_allclose(found.probabilities, (one.predict_proba(IMAGES) + other.predict_proba(IMAGES)) / 2)
    assert found.is_digit is None


def test_those_with_a_reject_class_say_what_is_a_digit():
    one, other, third = network(0), network(1, NON_DIGIT + 1), network(2, NON_DIGIT + 1)
    found = Committee([one, other, third]).predict(IMAGES)
    expected = (other.predict(IMAGES).is_digit + third.predict(IMAGES).is_digit) / 2
    np.testing.assert_allclose(found.is_digit, expected, rtol=1e-6)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, rtol=1e-5)


def test_views_are_the_image_itself_and_others_that_resemble_it():
    views = views_of(IMAGES[0], 9)
    np.testing.assert_allclose(views[0], IMAGES[0] / 255, atol=1e-6)
    distances = np.abs(views[1:] - views[0]).mean(axis=1)
    assert (distances > 0.001).all()
    assert len(set(distances.tolist())) == 8
    strangers = np.abs(IMAGES[1:] / 255 - views[0]).mean(axis=1)
    assert distances.max() < strangers.min()
    np.testing.assert_array_equal(views, views_of(IMAGES[0], 9))


def test_the_mean_over_views_is_that_of_single_answers():
    one = network(0, NON_DIGIT + 1)
    found = Committee([one], views=4).predict(IMAGES)
    for row, image in enumerate(IMAGES):
        alone = one.predict(views_of(image, 4))
        np.testing.assert_allclose(found.probabilities[row], alone.probabilities.mean(axis=0), rtol=1e-5)
        assert found.is_digit[row] == pytest.approx(alone.is_digit.mean(), rel=1e-5)


def test_an_answer_does_not_depend_on_the_images_beside_it():
    one, many = Committee([network(0)], views=256), np.tile(IMAGES, (20, 1))
    assert len(many) > ROWS_AT_A_TIME // 256
    np.testing.assert_allclose(one.predict_proba(many)[-5:], one.predict_proba(IMAGES), rtol=1e-5)


def test_it_classifies_as_a_network_does():
    (blank, reading) = classify_images(Committee([network(0), network(1)], views=2), [None, IMAGES[0].reshape(28, 28)])
    assert blank.digit is None
    assert reading.probability == pytest.approx(float(reading.probabilities.max()))


@pytest.mark.parametrize(("members", "views"), [(0, 1), (1, 0), (1, 257)])
def test_a_committee_of_nobody_or_of_no_view_is_refused(members, views):
    with pytest.raises(ValueError, match=r"must (have a member|be 1 to 256); got"):
        Committee([network(0)] * members, views)
