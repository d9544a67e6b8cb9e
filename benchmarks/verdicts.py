"""What a network's answers come to: which images it takes for digits, and of which it is sure."""

from __future__ import annotations

import numpy as np

from model.common.arrays import Bools
from model.inference.thresholds import ACCEPT_AT_LEAST, UNAMBIGUOUS_AT_LEAST
from model.nn.classifier import Prediction


def accepted(found: Prediction) -> Bools:
    """Tell which images are accepted as digits, (n,): all of them by a network without a reject class."""
    if found.is_digit is None:
        return np.ones(len(found.probabilities), bool)
    taken: Bools = found.is_digit >= ACCEPT_AT_LEAST
    return taken


def sure(found: Prediction) -> Bools:
    """Tell which images are accepted as digits with a confidence of 90 % or more, (n,)."""
    return accepted(found) & (found.probabilities.max(axis=1) >= UNAMBIGUOUS_AT_LEAST)
