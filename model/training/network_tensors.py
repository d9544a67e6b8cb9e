"""A network's arrays by their names in a file: which there are, of which shapes, and whether a file's are sound."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from model.common.arrays import Array
from model.common.constants import CLASSES, NON_DIGIT, PIXELS
from model.config import MAX_HIDDEN_LAYERS, MAX_UNITS
from model.nn.mlp import MLP


def tensors_of(mlp: MLP) -> dict[str, Array]:
    """Return views of a network's values by their names in a file."""
    tensors = {}
    for index, layer in enumerate(mlp.layers):
        tensors[f"layers.{index}.weights"], tensors[f"layers.{index}.biases"] = layer.weights, layer.biases
        if layer.gamma is not None:
            mean, variance = mlp.running_statistics_of(index)
            tensors[f"layers.{index}.scales"] = layer.gamma
            tensors[f"layers.{index}.mean"], tensors[f"layers.{index}.variance"] = mean, variance
    return tensors


class TensorHeader(NamedTuple):
    """An array that is not read yet."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        """How many bytes its values take."""
        return abs(math.prod(self.shape)) * self.dtype.itemsize


def sizes_of(tensors: Mapping[str, Array | TensorHeader]) -> tuple[int, ...]:
    """The network's sizes, from the shapes of its biases alone, checked before anything is built.

    Raises:
        ValueError: they are those of no network of digits.
    """
    sizes = [PIXELS]
    while (biases := tensors.get(f"layers.{len(sizes) - 1}.biases")) is not None and len(biases.shape) == 1:
        sizes.append(biases.shape[0])
    fits = len(sizes) <= MAX_HIDDEN_LAYERS + 2 and 1 <= min(sizes) <= max(sizes) <= MAX_UNITS
    if len(sizes) < 2 or sizes[-1] not in (CLASSES, NON_DIGIT + 1) or not fits:
        found = "-".join(map(str, sizes)) if len(sizes) > 1 else ", ".join(sorted(tensors)[:4]) or "nothing"
        raise ValueError(
            f"it must hold layers.0.biases, layers.1.biases, ... of a network {PIXELS}-...-{CLASSES} "
            f"(or {NON_DIGIT + 1}, where the last is what is no digit) with up to "
            f"{MAX_HIDDEN_LAYERS} hidden layers of up to {MAX_UNITS:,} units; got {found[:200]}"
        )
    return tuple(sizes)


def shapes_of(sizes: Sequence[int], normalized: bool) -> dict[str, tuple[int, ...]]:
    """The shape of each array of a network of these sizes, with batch normalization or without."""
    shapes: dict[str, tuple[int, ...]] = {}
    for index, (inputs, outputs) in enumerate(pairwise(sizes)):
        shapes[f"layers.{index}.weights"] = (inputs, outputs)
        vectors = ["biases"]
        if normalized and index < len(sizes) - 2:
            vectors += ["scales", "mean", "variance"]
        shapes |= {f"layers.{index}.{vector}": (outputs,) for vector in vectors}
    return shapes


def check_shapes(tensors: Mapping[str, Array | TensorHeader], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse arrays of other names, shapes or types than these.

    Raises:
        ValueError: names the first one that is wrong.
    """
    missing, unknown = sorted(shapes.keys() - tensors.keys()), sorted(tensors.keys() - shapes.keys())
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    if unknown:
        raise ValueError(f"it has tensors that no network has: {', '.join(unknown)[:200]}")
    for key, shape in shapes.items():
        tensor = tensors[key]
        if tensor.shape != shape or tensor.dtype != np.float32:
            raise ValueError(f"{key} must be float32 of shape {shape}; got {tensor.dtype} of {tensor.shape}")


def check_values(tensors: Mapping[str, Array]) -> None:
    """Refuse numbers that no network has.

    Raises:
        ValueError: names the array.
    """
    for key, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            raise ValueError(f"{key} has numbers that are not finite")
        if key.endswith("variance") and (tensor < 0).any():
            raise ValueError(f"{key} has negative numbers, which no variance can be")
