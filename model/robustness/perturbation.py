"""Perturbations of a network: ablation of units, noise on weights, quantization, and what can be done to one layer.

Each is described by plain values, and does the same to the same network every time, to the last bit. Layers and units
are counted from 0 here, and from 1 in words. A network keeps its shape, so that training can go on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP


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


def chosen_layers(mlp: MLP, layer: int | None) -> Sequence[int]:
    """Return the layers that are meant: one, or all for None.

    Raises:
        ValueError: There is no such layer.
    """
    count = len(mlp.layers)
    if layer is not None and not 0 <= layer < count:
        raise ValueError(f"the layers are 1 to {count}; got {layer + 1}")
    return range(count) if layer is None else [layer]


def layer_rng(seed: int, layer: int) -> np.random.Generator:
    """A source of random numbers for each layer: what is done to one does not depend on whether others are meant."""
    return np.random.default_rng((seed, layer))


def layer_words(layer: int | None) -> str:
    """Write whose weights are meant."""
    return "all weights" if layer is None else f"the weights of layer {layer + 1}"


def describe_layers(sizes: Sequence[int]) -> Iterator[str]:
    """Yield a name for each layer of weights between sizes: "layer 1 (784 to 64)"."""
    for index, (inputs, outputs) in enumerate(pairwise(sizes)):
        yield f"layer {index + 1} ({inputs:,} to {outputs:,})"
