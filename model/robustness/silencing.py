"""Ablation of hidden units: chosen ones, a share at random, or the strongest first."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from model.common.arrays import F64, I64
from model.nn.mlp import MLP
from model.robustness.perturbation import Perturbation, layer_rng

NO_HIDDEN_UNITS = "this network has no hidden layer, and so no units to silence: perturb its weights instead"

Order = Literal["random", "strongest"]


@dataclass(frozen=True)
class SilenceUnits(Perturbation):
    """Ablation of chosen units of a hidden layer: their activations no longer reach the next layer.

    The weights from them become 0, which is the same whatever the activation function is. Training may let them grow
    again.
    """

    kind: ClassVar[str] = "units"

    layer: int
    units: tuple[int, ...]

    def check(self, mlp: MLP) -> None:
        (layer,) = _hidden_layers(mlp, self.layer)
        most = mlp.sizes[layer + 1]
        if not self.units:
            raise ValueError("there must be at least one unit to silence; got none")
        if not 0 <= min(self.units) <= max(self.units) < most:
            got = max(self.units) if max(self.units) >= most else min(self.units)
            raise ValueError(f"layer {layer + 1} has the units 1 to {most:,}; got {got + 1:,}")

    def change(self, mlp: MLP) -> None:
        mlp.layers[self.layer + 1].weights[list(self.units)] = 0

    def __str__(self) -> str:
        named = ", ".join(str(unit + 1) for unit in self.units[:5])
        more = f" and {len(self.units) - 5:,} more" if len(self.units) > 5 else ""
        return f"unit{'s' if len(self.units) > 1 else ''} {named}{more} of layer {self.layer + 1} silenced"


@dataclass(frozen=True)
class SilenceShare(Perturbation):
    """Ablation of a share of the units of each hidden layer, or of one: at random, or the strongest first.

    With the same seed, a larger share silences the same units and more.
    """

    kind: ClassVar[str] = "share"

    share: float
    order: Order = "random"
    layer: int | None = None
    seed: int = 0

    def check(self, mlp: MLP) -> None:
        _hidden_layers(mlp, self.layer)
        if not 0 <= self.share <= 1:
            raise ValueError(f"the share of units to silence must be from 0 to 1; got {self.share:g}")
        if self.order not in ("random", "strongest"):
            raise ValueError(f"the order must be random or strongest; got {self.order!r}")

    def change(self, mlp: MLP) -> None:
        chosen = {layer: self._units(mlp, layer) for layer in _hidden_layers(mlp, self.layer)}
        for layer, units in chosen.items():
            mlp.layers[layer + 1].weights[units] = 0

    def _units(self, mlp: MLP, layer: int) -> I64:
        count = math.floor(self.share * mlp.sizes[layer + 1] + 0.5)
        if self.order == "strongest":
            ranked = np.argsort(-unit_strengths(mlp, layer), kind="stable")
        else:
            ranked = layer_rng(self.seed, layer).permutation(mlp.sizes[layer + 1])
        return ranked[:count]

    def __str__(self) -> str:
        which = f"strongest {_percent(self.share)}" if self.order == "strongest" else f"{_percent(self.share)}"
        where = "the hidden units" if self.layer is None else f"the units of layer {self.layer + 1}"
        seed = f" at random (seed {self.seed})" if self.order == "random" else ""
        return f"{'the ' if self.order == 'strongest' else ''}{which} of {where} silenced{seed}"


def unit_strengths(mlp: MLP, layer: int) -> F64:
    """Return how strong the connections through each unit of a hidden layer are, (units,).

    It is the norm of the weights into a unit times the norm of those from it; with batch normalization, which makes the
    former's length irrelevant, gamma takes its place. So no choice of scale between two layers changes it.
    """
    into, after = mlp.layers[layer], mlp.layers[layer + 1].weights
    incoming = np.linalg.norm(into.weights.astype(np.float64), axis=0) if into.gamma is None else np.abs(into.gamma)
    return np.asarray(incoming * np.linalg.norm(after.astype(np.float64), axis=1), np.float64)


def parse_units(text: str) -> tuple[int, ...]:
    """Return the units, counted from 0, of a list such as "3, 7, 12-20", in which they are counted from 1.

    Raises:
        ValueError: It is no such list.
    """
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        match = re.fullmatch(r"([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise ValueError(f"units must be numbers from 1 or ranges, such as 3, 7, 12-20; got {part[:40]!r}")
        found.update(range(first - 1, last))
    if not found:
        raise ValueError("there must be at least one unit, such as 3, 7, 12-20; got none")
    return tuple(sorted(found))


def _hidden_layers(mlp: MLP, layer: int | None) -> Sequence[int]:
    hidden = len(mlp.layers) - 1
    if not hidden:
        raise ValueError(NO_HIDDEN_UNITS)
    if layer is not None and not 0 <= layer < hidden:
        raise ValueError(f"the hidden layers are 1 to {hidden}; got {layer + 1}")
    return range(hidden) if layer is None else [layer]


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
