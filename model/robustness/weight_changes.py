"""What can be done to the weights of all layers, or of one: noise and quantization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.common.arrays import Array
from model.nn.mlp import MLP
from model.robustness.perturbation import Perturbation, chosen_layers, layer_rng, layer_words

MAX_BITS = 16
MAX_NOISE = 100.0


@dataclass(frozen=True)
class WeightNoise(Perturbation):
    """Gaussian noise added to the weights.

    Its standard deviation is this many times that of the layer's weights.
    """

    kind: ClassVar[str] = "noise"

    amount: float
    layer: int | None = None
    seed: int = 0

    def check(self, mlp: MLP) -> None:
        chosen_layers(mlp, self.layer)
        if not 0 <= self.amount <= MAX_NOISE:
            raise ValueError(
                f"the noise must be from 0 to {MAX_NOISE:g} times the weights' spread; got {self.amount:g}"
            )

    def change(self, mlp: MLP) -> None:
        for layer in chosen_layers(mlp, self.layer):
            weights = mlp.layers[layer].weights
            noise = layer_rng(self.seed, layer).standard_normal(weights.shape, dtype=np.float32)
            weights += np.float32(self.amount * float(weights.std(dtype=np.float64))) * noise

    def __str__(self) -> str:
        return f"noise of {self.amount:g} standard deviations on {layer_words(self.layer)} (seed {self.seed})"


@dataclass(frozen=True)
class RoundWeights(Perturbation):
    """Quantization of the weights to n bits, with one scale for each layer, symmetrically around 0.

    One bit leaves each weight its sign, and the layer its mean absolute weight. Biases keep all their bits.
    """

    kind: ClassVar[str] = "bits"

    bits: int
    layer: int | None = None

    def check(self, mlp: MLP) -> None:
        chosen_layers(mlp, self.layer)
        if not 1 <= self.bits <= MAX_BITS:
            raise ValueError(f"weights can be rounded to 1 to {MAX_BITS} bits; got {self.bits}")

    def change(self, mlp: MLP) -> None:
        for layer in chosen_layers(mlp, self.layer):
            weights = mlp.layers[layer].weights
            weights[...] = _rounded(weights, self.bits)

    def __str__(self) -> str:
        return f"{layer_words(self.layer)} rounded to {self.bits} bit{'s' if self.bits > 1 else ''}"


def _rounded(weights: Array, bits: int) -> Array:
    if bits == 1:
        return np.where(weights < 0, -1, 1) * np.abs(weights).mean(dtype=np.float64)
    steps = 2 ** (bits - 1) - 1  # on each side of 0
    step = float(np.abs(weights).max()) / steps
    return np.rint(weights / step) * step if step else weights
