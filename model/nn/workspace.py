"""The memory that training steps compute in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from model.common.arrays import Array

if TYPE_CHECKING:
    from model.nn.mlp import MLP


class Workspace:
    """The arrays of a forward and a backward pass, allocated once and used again at every step.

    Attributes:
        rows: The largest batch that fits; of a smaller batch of n rows, only the first n hold anything.
        gradient: The loss's gradient by every parameter, laid out like `MLP.parameters`.
        gradients: The same by layer: views into `gradient`.
        pre_activations: z of each layer, (rows, units).
        activations: f(z) of each hidden layer, (rows, units).
        masked: The activations times the dropout mask, (rows, units).
        deltas: dL/dz of each layer, (rows, units).
        normalized: (z - mean) / std of each hidden layer, (rows, units), with batch normalization.
        std: The batch's standard deviation of each hidden layer's units, (units,), with batch normalization.
    """

    def __init__(self, mlp: MLP, rows: int) -> None:
        """Allocate the arrays for batches of up to `rows` images."""

        def arrays(sizes: Sequence[int]) -> list[Array]:
            return [np.empty((rows, size), mlp.parameters.dtype) for size in sizes]

        hidden = mlp.sizes[1:-1]
        self.rows = rows
        self.gradient: Array = np.zeros_like(mlp.parameters)
        self.gradients = mlp.views(self.gradient)
        self.pre_activations = arrays(mlp.sizes[1:])
        self.activations = arrays(hidden)
        self.masked = arrays(hidden)
        self.deltas = arrays(mlp.sizes[1:])
        self.normalized = arrays(hidden) if mlp.batch_normalization else []
        self.std: list[Array] = [np.empty(0)] * len(hidden)
