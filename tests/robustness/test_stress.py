"""Stress changes images as it says, more with each step, and first failures are those that a plain count finds."""

import numpy as np
import pytest

from model.robustness.stress import STRESSES, find_stresses, first_failures, milder_amounts, stressed


def dot(x: int, y: int) -> np.ndarray:
    """An image (1, 784) with one bright pixel."""
    image = np.zeros((28, 28), np.uint8)
    image[y, x] = 200
    return image.reshape(1, 784)


def brightest(image: np.ndarray) -> tuple[int, int]:
    y, x = divmod(int(image.argmax()), 28)
    return x, y


@pytest.mark.parametrize("name", STRESSES)
def test_images_move_away_from_what_they_were(name, mnist_5k):
    stress, images = STRESSES[name], mnist_5k.test_images[:600]
    assert list(stress.amounts) == sorted(stress.amounts)
    assert stressed(images, stress, stress.neutral) is images
    for side in (1, -1):
        amounts = [one for one in stress.amounts if (one - stress.neutral) * side >= 0][::side]
        distances = []
        for amount in amounts:
            changed = stressed(images, stress, amount)
            assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
            distances.append(float(np.abs(changed.astype(float) - images).mean()))
            assert stress.describe(amount)
        assert distances[:4] == sorted(set(distances[:4]))
        assert min(distances[1:], default=1) > distances[0] == 0


def test_shift_rotation_and_scale_move_pixels_where_they_say():
    assert brightest(stressed(dot(10, 5), STRESSES["shift"], 3)) == (13, 5)
    assert brightest(stressed(dot(10, 5), STRESSES["shift"], -3)) == (7, 5)
    assert not stressed(dot(27, 5), STRESSES["shift"], 1).any()
    assert brightest(stressed(dot(14, 2), STRESSES["rotation"], 90)) == (25, 14)  # from the top to the right
    assert brightest(stressed(dot(14, 2), STRESSES["rotation"], -90)) == (2, 13)
    block = np.zeros((28, 28), np.uint8)
    block[10:18, 10:18] = 255
    wide = stressed(block.reshape(1, 784), STRESSES["scale"], 1.5).reshape(28, 28)
    assert (wide[14] > 127).sum() == (wide[:, 14] > 127).sum() == 12


def test_strokes_become_wider_and_thinner_by_so_much():
    line = np.zeros((28, 28), np.uint8)
    line[:, 12:16] = 255
    for amount in (-2, 2, 4):
        row = stressed(line.reshape(1, 784), STRESSES["stroke"], amount).reshape(28, 28)[14]
        assert row.sum() / 255 == 4 + amount


def test_a_blur_keeps_the_ink_and_noise_is_always_the_same():
    assert stressed(dot(14, 14), STRESSES["blur"], 1).sum() == pytest.approx(200, abs=12)  # rounded pixels
    image = dot(14, 14)
    assert (stressed(image, STRESSES["noise"], 0.3) == stressed(image, STRESSES["noise"], 0.3)).all()


def test_first_failures_were_right_at_every_milder_amount():
    stress, labels = STRESSES["shift"], np.array([1, 2, 3, 4])
    predictions = {amount: labels.copy() for amount in stress.amounts}
    predictions[2][0] = predictions[3][0] = 9  # fails from 2 on
    predictions[0][1] = predictions[3][1] = 9  # was wrong already
    predictions[-3][2] = predictions[3][2] = 9  # fails in both directions
    assert first_failures(stress, predictions, labels, 2).tolist() == [0]
    assert first_failures(stress, predictions, labels, 3).tolist() == [2]
    assert first_failures(stress, predictions, labels, -3).tolist() == [2]
    assert first_failures(stress, predictions, labels, 0).tolist() == [1]
    assert milder_amounts(stress, -3) == [-2, -1, 0]


def test_a_stress_that_does_not_exist_is_said():
    assert list(find_stresses([])) == list(STRESSES)
    assert list(find_stresses(["blur"])) == ["blur"]
    with pytest.raises(ValueError, match=r"a stress must be one of shift, rotation, .*; got 'heat'"):
        find_stresses(["heat"])
