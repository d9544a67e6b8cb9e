"""Describe a training run by one frozen value: the network's shape, how it learns, from what, and the seed.

Everything about a setting stands on its field, once. The sliders, the command line, the page's address, a
checkpoint's metadata and every message about a bad value are made from it: see model/common/fields.py.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from model.common.constants import CLASSES, PIXELS
from model.common.fields import Choice, Group, setting
from model.config.data import DataSettings
from model.config.network import MAX_HIDDEN_LAYERS, NetworkSettings
from model.config.optimization import OptimizationSettings
from model.config.slider_stops import MAX_UNITS, UNITS_STOPS
from model.config.transfer import TransferSettings

__all__ = ["MAX_HIDDEN_LAYERS", "MAX_UNITS", "UNITS_STOPS", "TrainingConfig"]


class TrainingConfig(TransferSettings, OptimizationSettings, NetworkSettings, DataSettings):
    """Everything that decides the result of a training run, bit for bit on one machine and number of threads.

    Its fields are those of the data first, then those of the network, of the optimization, of what it learns from
    other networks, and its own.
    """

    augmentation: Literal["none", "affine", "elastic"] = setting(
        "none",
        title="Augmentation",
        help="Show each image a little different every time: affine rotates, scales and shears it; elastic also warps "
        "it.",
        formula=r"Where the old image is read for the new one's pixel at $x$:",
        choices={
            "none": Choice("none", r"$x' = x$"),
            "affine": Choice("affine", r"$x' = A x + b$, where $A$ turns, scales and slants, and $b$ shifts"),
            "elastic": Choice("affine and elastic", r"$x' = A x + b + u(x)$, where $u$ is smooth and random"),
        },
        group=Group.LIVE,
        rank=6,
        live=True,
    )
    augmentation_strength: float = setting(
        1.0,
        ge=0,
        le=2,
        title="Augmentation strength",
        help="How strongly images are distorted: 1 is the usual strength, 2 twice that. Small networks often do better "
        "with 0.5.",
        formula=r"Turned by at most $15 s$ degrees, scaled by at most $15 s$ %. Example: 0.5 does half of what 1 does.",
        group=Group.REGULARIZATION,
        stops=tuple(tenths / 10 for tenths in range(21)),
        used_with={"augmentation": ("affine", "elastic")},
        live=True,
    )
    seed: int = setting(
        0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        help="Where the random numbers start. The same seed and settings give the same network again.",
        formula="Example: 0 today and 0 tomorrow give one and the same network; 1 gives another.",
        group=Group.MODEL,
        fork_fixed=True,
    )

    @property
    def sizes(self) -> tuple[int, ...]:
        """The network's layers, from the image's 784 pixels to the 10 digits, and the reject class if there is one."""
        return (PIXELS, *self.hidden_sizes, CLASSES + 1 if self.background else CLASSES)

    @property
    def layer_parameters(self) -> list[int]:
        """How many parameters lead into each layer but the first: weights, biases, and batch normalization's scales."""
        last = len(self.hidden_sizes)
        return [
            (inputs + 1) * outputs + (outputs if self.batch_normalization and index < last else 0)
            for index, (inputs, outputs) in enumerate(pairwise(self.sizes))
        ]

    @property
    def num_parameters(self) -> int:
        """How many parameters the network has."""
        return sum(self.layer_parameters)
