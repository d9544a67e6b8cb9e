"""Toy ink, a training of it that takes no time, and made-up results of one."""

import numpy as np

from benchmarks import leave_one_out
from model.config import TrainingConfig
from model.ink import Drawing
from model.nn.calibration import BINS

CONFIG = TrainingConfig(hidden_sizes=(4,), training_size=200, epochs=1, background=True, augmentation="elastic")
NAMES = ["aaa", "bbb", "ccc"]
LETTERS = "ACEX"


def written(label, writer, rng):
    """A drawing of two strokes, each label's own, never twice the same."""
    path = np.random.default_rng(ord(label)).uniform(0, 1000, (2, 4, 2)) + rng.normal(0, 20, (2, 4, 2))
    return Drawing(tuple(path), label, writer)


def collection(drawing):
    return drawing.writer.split("-")[0]


def a_result(accuracy=0.9, digits=10, kinds=None, wrong_cuts=0, **more):
    scores = {"drawings": 5, "auroc": 0.75, "refused": 0.5, "refused_at_97": 0.25}
    empty = [0] * BINS
    return {
        "digits": digits,
        "accuracy": accuracy,
        "calibration_error": 0.02,
        "bins": {"counts": [digits, *empty[1:]], "right": [1, *empty[1:]], "claimed": [2.0, *empty[1:]]},
        "passed": 0.98,
        "wrong_sure": 0.01,
        "miscut": {
            "digits": 2 * wrong_cuts,
            "wrong": wrong_cuts,
            "accuracy_without": 0.95,
            "passed_without": 0.985,
            "wrong_sure_without": 0.005,
        },
        "kinds": {leave_one_out.LETTERS: scores, "heart": scores} if kinds is None else kinds,
        "set_aside": {"images": 5000, "accuracy": 0.9876, "passed": 0.999},
        "untaught": ["A", "C"],
        "seconds": 1.0,
        **more,
    }
