"""The mathematics of a multilayer perceptron, its training and its calibration. Needs only NumPy and threadpoolctl."""

from model.nn.activations import ACTIVATIONS
from model.nn.calibration import fit_reject_bias, fit_temperature, reliability
from model.nn.classifier import DigitClassifier, Prediction
from model.nn.dropout import dropout_masks
from model.nn.initializers import INITIALIZERS
from model.nn.losses import cross_entropy, softmax
from model.nn.mlp import MLP
from model.nn.optimizers import OPTIMIZERS, Optimizer
from model.nn.schedules import SCHEDULES
from model.nn.workspace import Workspace

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "MLP",
    "OPTIMIZERS",
    "SCHEDULES",
    "DigitClassifier",
    "Optimizer",
    "Prediction",
    "Workspace",
    "cross_entropy",
    "dropout_masks",
    "fit_reject_bias",
    "fit_temperature",
    "reliability",
    "softmax",
]
