"""Inkling's library: a neural network in NumPy, its training, its data and the ink it reads.

What is public is named here and loaded when it is first asked for, so that `import model` stays quick:

    from model import Change, TrainingConfig, load_dataset, train
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.common import lazy

if TYPE_CHECKING:
    from model.config import TrainingConfig as TrainingConfig
    from model.data import Dataset as Dataset
    from model.data import load as load_dataset  # noqa: F401
    from model.inference.classification import Classification as Classification
    from model.inference.classification import classify_files as classify_files
    from model.inference.classification import classify_images as classify_images
    from model.inference.evaluation import Evaluation as Evaluation
    from model.inference.evaluation import evaluate as evaluate
    from model.ink import Drawing as Drawing
    from model.ink import read_ink as read_ink
    from model.ink import render as render
    from model.nn.classifier import DigitClassifier as DigitClassifier
    from model.nn.classifier import Prediction as Prediction
    from model.nn.mlp import MLP as MLP
    from model.presets import PRESETS as PRESETS
    from model.training import Change as Change
    from model.training import train as train
    from model.training.checkpoint import Checkpoint as Checkpoint
    from model.training.checkpoint import load as load_checkpoint  # noqa: F401
    from model.training.history import Progress as Progress

__version__ = "1.0.0"

_PUBLIC = {
    "Change": "model.training",
    "Checkpoint": "model.training.checkpoint",
    "Classification": "model.inference.classification",
    "Dataset": "model.data",
    "DigitClassifier": "model.nn.classifier",
    "Drawing": "model.ink",
    "Evaluation": "model.inference.evaluation",
    "MLP": "model.nn.mlp",
    "PRESETS": "model.presets",
    "Prediction": "model.nn.classifier",
    "Progress": "model.training.history",
    "TrainingConfig": "model.config",
    "classify_files": "model.inference.classification",
    "classify_images": "model.inference.classification",
    "evaluate": "model.inference.evaluation",
    "load_checkpoint": "model.training.checkpoint:load",
    "load_dataset": "model.data:load",
    "read_ink": "model.ink",
    "render": "model.ink",
    "train": "model.training",
}

__all__ = list(_PUBLIC)
__getattr__ = lazy.loader(__name__, _PUBLIC)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
