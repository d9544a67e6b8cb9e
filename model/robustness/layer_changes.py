"""What can be done to one layer as a whole: cut it, shuffle its weights, or reset it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.nn.initializers import INITIALIZERS
from model.nn.mlp import MLP
from model.robustness.perturbation import Perturbation, chosen_layers, layer_rng


@dataclass(frozen=True)
class _OfOneLayer(Perturbation):
    layer: int

    def check(self, mlp: MLP) -> None:
        chosen_layers(mlp, self.layer)


@dataclass(frozen=True)
class CutLayer(_OfOneLayer):
    """A layer whose weights all become 0: nothing of the image gets past it, and only biases remain."""

    kind: ClassVar[str] = "cut"

    def change(self, mlp: MLP) -> None:
        mlp.layers[self.layer].weights[...] = 0

    def __str__(self) -> str:
        return f"layer {self.layer + 1} cut"


@dataclass(frozen=True)
class ShuffleLayer(_OfOneLayer):
    """A layer whose weights change places with one another: the same values, without what was learned."""

    kind: ClassVar[str] = "shuffle"

    seed: int = 0

    def change(self, mlp: MLP) -> None:
        weights = mlp.layers[self.layer].weights
        weights[...] = layer_rng(self.seed, self.layer).permutation(weights.ravel()).reshape(weights.shape)

    def __str__(self) -> str:
        return f"layer {self.layer + 1} shuffled (seed {self.seed})"


@dataclass(frozen=True)
class ResetLayer(_OfOneLayer):
    """A layer that starts anew: other random weights, drawn as before the first step."""

    kind: ClassVar[str] = "reset"

    seed: int = 0
    initialization: str = "he"
    initial_std: float = 0.01

    def check(self, mlp: MLP) -> None:
        super().check(mlp)
        if self.initialization not in INITIALIZERS:
            raise ValueError(
                f"initialization must be one of {', '.join(INITIALIZERS)}; got {self.initialization[:60]!r}"
            )

    def change(self, mlp: MLP) -> None:
        layer = mlp.layers[self.layer]
        inputs, outputs = layer.weights.shape
        width = INITIALIZERS[self.initialization](inputs, outputs, self.initial_std)
        rng = layer_rng(self.seed, self.layer)
        layer.weights[...] = width * rng.standard_normal(layer.weights.shape, dtype=np.float32)
        layer.biases[...] = 0
        if layer.gamma is not None:
            layer.gamma[...] = 1
            mean, variance = mlp.running_statistics_of(self.layer)
            mean[...], variance[...] = 0, 1

    def __str__(self) -> str:
        return f"layer {self.layer + 1} reset (seed {self.seed})"
