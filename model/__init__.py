"""Inkling's library: a neural network in NumPy, its training, its data and the ink it reads.

What is public is named here and loaded when it is first asked for, so that `import model` stays quick:

    from model import Change, TrainingConfig, load_dataset, train
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

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
    "Change": "model.training:Change",
    "Checkpoint": "model.training.checkpoint:Checkpoint",
    "Classification": "model.inference.classification:Classification",
    "Dataset": "model.data:Dataset",
    "DigitClassifier": "model.nn.classifier:DigitClassifier",
    "Drawing": "model.ink:Drawing",
    "Evaluation": "model.inference.evaluation:Evaluation",
    "MLP": "model.nn.mlp:MLP",
    "PRESETS": "model.presets:PRESETS",
    "Prediction": "model.nn.classifier:Prediction",
    "Progress": "model.training.history:Progress",
    "TrainingConfig": "model.config:TrainingConfig",
    "classify_files": "model.inference.classification:classify_files",
    "classify_images": "model.inference.classification:classify_images",
    "evaluate": "model.inference.evaluation:evaluate",
    "load_checkpoint": "model.training.checkpoint:load",
    "load_dataset": "model.data:load",
    "read_ink": "model.ink:read_ink",
    "render": "model.ink:render",
    "train": "model.training:train",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _PUBLIC[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
