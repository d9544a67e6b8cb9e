"""Claims about what a network's answers come to."""

import numpy as np

from benchmarks import verdicts
from model.nn.classifier import Prediction

PROBABILITIES = np.array([[0.95, 0.05], [0.95, 0.05], [0.85, 0.15]])


def test_an_answer_is_sure_if_its_image_is_taken_for_a_digit_and_its_confidence_is_high():
    found = Prediction(PROBABILITIES, np.array([0.5, 0.49, 0.9]))
    assert verdicts.accepted(found).tolist() == [True, False, True]
    assert verdicts.sure(found).tolist() == [True, False, False]


def test_a_network_without_a_reject_class_takes_all_for_digits():
    assert verdicts.accepted(Prediction(PROBABILITIES, None)).all()
    assert verdicts.sure(Prediction(PROBABILITIES, None)).tolist() == [True, True, False]
