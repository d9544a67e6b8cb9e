"""Perturbations of a network: ablation of units, noise on weights, quantization, and what can be done to one layer.

Each is described by plain values, and does the same to the same network every time, to the last bit. Layers and units
are counted from 0 here, and from 1 in words. A network keeps its shape, so that training can go on.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np

from model.common.arrays import F64, I64, Array
from model.nn.classifier import DigitClassifier
from model.nn.initializers import INITIALIZERS
from model.nn.mlp import MLP

MAX_BITS = 16
MAX_NOISE = 100.0
NO_HIDDEN_UNITS = "this network has no hidden layer, and so no units to silence: perturb its weights instead"

Order = Literal["random", "strongest"]


@dataclass(frozen=True)
class Perturbation(ABC):
    """Something done to a network's parameters."""

    kind: ClassVar[str]

    @abstractmethod
    def check(self, mlp: MLP) -> None:
        """See whether it can be done to a network.

        Raises:
            ValueError: It can't; one line says why.
        """

    @abstractmethod
    def change(self, mlp: MLP) -> None:
        """Do it to a network for which it was checked, in place."""

    @abstractmethod
    def __str__(self) -> str:
        """Say in a few words what is done."""

    def apply(self, mlp: MLP) -> None:
        """Do it to a network, in place.

        Raises:
            ValueError: It can't be done to this network.
        """
        self.check(mlp)
        self.change(mlp)

    def applied(self, network: DigitClassifier) -> DigitClassifier:
        """Return a perturbed copy of a network.

        Raises:
            ValueError: It can't be done to this network.
        """
        twin = network.copy()
        self.apply(twin.mlp)
        return twin

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values, for `from_json`."""
        return {"kind": self.kind, **asdict(self)}


# -- Units --------------------------------------------------------------------------------------------------


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
            ranked = _rng(self.seed, layer).permutation(mlp.sizes[layer + 1])
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


# -- Weights ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeightNoise(Perturbation):
    """Gaussian noise added to the weights.

    Its standard deviation is so many times that of the layer's weights.
    """

    kind: ClassVar[str] = "noise"

    amount: float
    layer: int | None = None
    seed: int = 0

    def check(self, mlp: MLP) -> None:
        _layers(mlp, self.layer)
        if not 0 <= self.amount <= MAX_NOISE:
            raise ValueError(
                f"the noise must be from 0 to {MAX_NOISE:g} times the weights' spread; got {self.amount:g}"
            )

    def change(self, mlp: MLP) -> None:
        for layer in _layers(mlp, self.layer):
            weights = mlp.layers[layer].weights
            noise = _rng(self.seed, layer).standard_normal(weights.shape, dtype=np.float32)
            weights += np.float32(self.amount * float(weights.std(dtype=np.float64))) * noise

    def __str__(self) -> str:
        return f"noise of {self.amount:g} standard deviations on {_where(self.layer)} (seed {self.seed})"


@dataclass(frozen=True)
class RoundWeights(Perturbation):
    """Quantization of the weights to n bits, with one scale for each layer, symmetrically around 0.

    One bit leaves each weight its sign, and the layer its mean absolute weight. Biases keep all their bits.
    """

    kind: ClassVar[str] = "bits"

    bits: int
    layer: int | None = None

    def check(self, mlp: MLP) -> None:
        _layers(mlp, self.layer)
        if not 1 <= self.bits <= MAX_BITS:
            raise ValueError(f"weights can be rounded to 1 to {MAX_BITS} bits; got {self.bits}")

    def change(self, mlp: MLP) -> None:
        for layer in _layers(mlp, self.layer):
            weights = mlp.layers[layer].weights
            weights[...] = _rounded(weights, self.bits)

    def __str__(self) -> str:
        return f"{_where(self.layer)} rounded to {self.bits} bit{'s' if self.bits > 1 else ''}"


def _rounded(weights: Array, bits: int) -> Array:
    if bits == 1:
        return np.where(weights < 0, -1, 1) * np.abs(weights).mean(dtype=np.float64)
    steps = 2 ** (bits - 1) - 1  # on each side of 0
    step = float(np.abs(weights).max()) / steps
    return np.rint(weights / step) * step if step else weights


# -- Layers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _OfOneLayer(Perturbation):
    layer: int

    def check(self, mlp: MLP) -> None:
        _layers(mlp, self.layer)


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
        weights[...] = _rng(self.seed, self.layer).permutation(weights.ravel()).reshape(weights.shape)

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
        rng = _rng(self.seed, self.layer)
        layer.weights[...] = width * rng.standard_normal(layer.weights.shape, dtype=np.float32)
        layer.biases[...] = 0
        if layer.gamma is not None:
            layer.gamma[...] = 1
            mean, variance = mlp.running_statistics_of(self.layer)
            mean[...], variance[...] = 0, 1

    def __str__(self) -> str:
        return f"layer {self.layer + 1} reset (seed {self.seed})"


KINDS: dict[str, type[Perturbation]] = {
    each.kind: each
    for each in (SilenceUnits, SilenceShare, WeightNoise, RoundWeights, CutLayer, ShuffleLayer, ResetLayer)
}


def from_json(values: Mapping[str, Any]) -> Perturbation:
    """Return the perturbation that was written as plain values.

    Raises:
        ValueError: They are no perturbation.
    """
    made = KINDS.get(str(values.get("kind")))
    if made is None:
        raise ValueError(f"the kind of a perturbation must be one of {', '.join(KINDS)}; got {values.get('kind')!r}")
    known = {field.name for field in fields(made)}
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    del given["kind"]
    try:
        return made(**given)
    except TypeError:
        raise ValueError(f"a perturbation of kind {made.kind} has {', '.join(sorted(known))}") from None


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


def _layers(mlp: MLP, layer: int | None) -> Sequence[int]:
    count = len(mlp.layers)
    if layer is not None and not 0 <= layer < count:
        raise ValueError(f"the layers are 1 to {count}; got {layer + 1}")
    return range(count) if layer is None else [layer]


def _rng(seed: int, layer: int) -> np.random.Generator:
    """A source of random numbers for each layer: what is done to one does not depend on whether others are meant."""
    return np.random.default_rng((seed, layer))


def _where(layer: int | None) -> str:
    return "all weights" if layer is None else f"the weights of layer {layer + 1}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def describe_layers(sizes: Sequence[int]) -> Iterator[str]:
    """Yield a name for each layer of weights between sizes: "layer 1 (784 to 64)"."""
    for index, (inputs, outputs) in enumerate(pairwise(sizes)):
        yield f"layer {index + 1} ({inputs:,} to {outputs:,})"
