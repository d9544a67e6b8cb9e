"""A layer's parameters as views into a vector: of all parameters, of a gradient, of an update, of a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.common.arrays import Array


@dataclass(frozen=True)
class Layer:
    """One layer's parameters (or their gradient): views into a vector, so changing either changes both."""

    weights: Array  # (inputs, outputs)
    biases: Array  # (outputs,)
    gamma: Array | None = None  # (outputs,), only with batch normalization; the biases are its beta


def layer_views(vector: Array, shapes: Sequence[tuple[int, int]], *, batch_normalization: bool) -> list[Layer]:
    """Return the layers of a vector: all weights, then all biases, then gamma of each hidden layer.

    Args:
        vector: As long as these are together.
        shapes: (inputs, outputs) of each layer.
        batch_normalization: Whether there is gamma.
    """
    position = 0

    def take(count: int) -> Array:
        nonlocal position
        position += count
        return vector[position - count : position]

    weights = [take(inputs * outputs).reshape(inputs, outputs) for inputs, outputs in shapes]
    biases = [take(outputs) for _, outputs in shapes]
    gamma = [take(outputs) for _, outputs in shapes[:-1]] if batch_normalization else []
    return [Layer(weights[i], biases[i], gamma[i] if i < len(gamma) else None) for i in range(len(weights))]
