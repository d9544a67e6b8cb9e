"""Dropout: training steps without some of the hidden units, drawn anew for each batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.common.arrays import Array

if TYPE_CHECKING:
    from model.nn.mlp import MLP


def dropout_masks(mlp: MLP, rows: int, rate: float, rng: np.random.Generator) -> list[Array]:
    """Draw a mask (rows, units) for each hidden layer: 0 with probability `rate`, else 1 / (1 - rate).

    The factor makes up for the lost activations on average, so that inference needs no change (Srivastava et al. 2014).
    """
    kept = mlp.parameters.dtype.type(1 / (1 - rate))
    return [(rng.random((rows, size), dtype=np.float32) >= rate) * kept for size in mlp.sizes[1:-1]]
