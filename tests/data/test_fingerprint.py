"""Claims about fingerprints: they tell which images are among a set, however it is called."""

import numpy as np
import pytest

from model.data import fingerprint
from tests.digit_files import digits


@pytest.mark.parametrize("count", [1, 50, 5_000])
def test_the_images_of_a_set_are_all_in_it_and_others_are_not(count):
    images, _ = digits(count)
    others, _ = digits(2_000, seed=1)
    known = fingerprint.sample(images)
    assert len(known) <= 1000
    assert fingerprint.share_in(known, images[::-1]) == 1
    assert fingerprint.share_in(known, others) in (0, None)


def test_the_share_of_a_mixture_is_estimated():
    images, _ = digits(4_000)
    others, _ = digits(4_000, seed=1)
    mixture = np.concatenate([images[:2_000], others[:2_000]])
    assert fingerprint.share_in(fingerprint.sample(images), mixture) == pytest.approx(0.5, abs=0.15)


def test_a_damaged_sample_tells_nothing():
    images, _ = digits(10)
    for text in ("", "no base64!", "AAA"):
        assert fingerprint.share_in(text, images) is None
