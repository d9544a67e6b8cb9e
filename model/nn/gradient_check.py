"""Gradient check: compare backpropagation's gradient with central differences of the loss.

A parameter is moved a little up and a little down. The difference of the two losses, divided by the distance, is the
numeric gradient, found without any calculus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from model.common.arrays import Array
from model.nn.distillation import SoftTargets, distillation_losses
from model.nn.layer import Layer
from model.nn.mlp import MLP, as_inputs
from model.nn.workspace import Workspace

Kind = Literal["weight", "bias", "gamma"]

# (L(p + h) - L(p - h)) / 2h has an error of about h^2 from the loss's curvature, and of about e / h from rounding the
# losses, where e = 2.2e-16 is float64's precision. Their sum is smallest near the cube root of e.
STEP = 6e-6
# Both errors together are about 1e-11: a large part of gradients that are much smaller than this.
SMALLEST_GRADIENT = 1e-7
KINKED = ("relu", "leaky_relu")

MAX_IMAGES, MIN_IMAGES = 256, 8
MIN_PER_LAYER = 3  # one of each kind
MAX_PRODUCTS = 1e10  # multiplications for all losses together: a second or two


@dataclass(frozen=True)
class GradientPair:
    """One parameter's gradient, computed in two ways."""

    layer: int  # counted from 0
    kind: Kind
    index: tuple[int, ...]  # (input, unit) of a weight, (unit,) of a bias or a gamma
    analytic: float  # by backpropagation
    numeric: float  # by central differences
    relative_error: float  # see `relative_error`


@dataclass(frozen=True)
class GradientCheck:
    """Backpropagation's gradient and the numeric one, for some parameters of each layer."""

    rows: tuple[GradientPair, ...]
    images: int  # in the batch
    kinks: int  # parameters skipped, because the loss has a kink there and no derivative

    @property
    def worst(self) -> float:
        """The largest relative error: below 1e-3 if backpropagation is correct. NaN without rows."""
        return max((row.relative_error for row in self.rows), default=math.nan)


def relative_error(analytic: float, numeric: float) -> float:
    """Return the difference divided by the larger of the two; infinite if one is not a number.

    If both are below `SMALLEST_GRADIENT`, it is divided by that instead: the numeric gradient's own error would be most
    of so small a number, and a false alarm.
    """
    error = abs(analytic - numeric) / max(abs(analytic), abs(numeric), SMALLEST_GRADIENT)
    return error if math.isfinite(error) else math.inf


def check(
    network: MLP,
    images: Array,
    labels: Array,
    *,
    smoothing: float = 0.0,
    soft: SoftTargets | None = None,
    per_layer: int = 12,
    max_products: float = MAX_PRODUCTS,
    rng: np.random.Generator,
) -> GradientCheck:
    """Compare the gradients of some parameters of each layer, on a batch and without dropout.

    Everything is computed in float64 on a copy: the network and its running statistics stay the same.

    If a unit's pre-activation changes its sign between the two losses, ReLU's kink lies in between and the numeric
    gradient means nothing: another parameter is drawn, at most twice as many in total.

    Args:
        network: The network.
        images: (n, inputs), floats 0..1. At most the first 256 are used.
        labels: (n,), integers.
        smoothing: Label smoothing, 0..1.
        soft: What a teacher says of the images, if it has a part in the loss.
        per_layer: How many parameters to compare in each layer.
        max_products: How many multiplications all losses together may take. A large network gets fewer images for it,
            but at least 8, and then fewer parameters in each layer, but at least 3.
        rng: What draws the parameters.

    Raises:
        ValueError: The images and labels are not a batch for this network.
    """
    if images.ndim != 2 or images.shape[1] != network.sizes[0] or labels.shape != images.shape[:1] or not len(images):
        expected = f"images (n, {network.sizes[0]}) with labels (n,), at least one"
        raise ValueError(f"expected {expected}; got {images.shape} with {labels.shape}")
    count, per_layer = _affordable(network, min(len(images), MAX_IMAGES), per_layer, max_products)
    rows: list[GradientPair] = []
    kinks = 0
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged network has an infinite error
        soft = soft and soft.rows(slice(count))
        probe = _Probe(network, as_inputs(images[:count], np.float64), labels[:count], smoothing, soft)
        for layer in range(len(probe.network.layers)):
            for kind, number in _shares(network, layer, per_layer).items():
                found, skipped = _compare(probe, layer, kind, number, rng)
                rows += found
                kinks += skipped
    return GradientCheck(tuple(rows), count, kinks)


class _Probe:
    """A copy of the network in float64, and a batch; its parameters can be moved one at a time."""

    def __init__(self, network: MLP, images: Array, labels: Array, smoothing: float, soft: SoftTargets | None) -> None:
        self.network = network.copy(np.float64)
        self.images, self.labels, self.smoothing, self.soft = images, labels, smoothing, soft
        self.workspace = Workspace(self.network, len(images))
        self.network.loss_and_gradient(images, labels, self.workspace, smoothing=smoothing, soft=soft)

    def slope(self, values: Array, index: tuple[int, ...]) -> float | None:
        """Return the numeric gradient by one parameter; None if a kink lies in between."""
        value = values[index]
        values[index] = value + STEP
        above, signs_above = self._evaluate()
        values[index] = value - STEP
        below, signs_below = self._evaluate()
        values[index] = value
        if any((here != there).any() for here, there in zip(signs_above, signs_below, strict=True)):
            return None
        return float((above - below).mean() / (2 * STEP))  # image by image: the mean of small numbers keeps more digits

    def _evaluate(self) -> tuple[Array, list[Array]]:
        """Return each image's loss, and on which side of the kink the hidden pre-activations are."""
        logits = self.network.forward(self.images, self.workspace)
        hidden = self.workspace.pre_activations[:-1] if self.network.activation in KINKED else []
        return distillation_losses(logits, self.labels, self.smoothing, self.soft), [z > 0 for z in hidden]


def _affordable(network: MLP, images: int, per_layer: int, max_products: float) -> tuple[int, int]:
    """Return how many images, and how many parameters of each layer, take at most `max_products`."""
    products = 2 * len(network.layers) * network.num_weights  # for one image and one parameter of each layer
    images = min(images, max(MIN_IMAGES, int(max_products / (products * per_layer))))
    return images, min(per_layer, max(MIN_PER_LAYER, int(max_products / (products * images))))


def _shares(network: MLP, layer: int, per_layer: int) -> dict[Kind, int]:
    """Return how many of each kind to compare: mostly weights, but the others have their own formulas."""
    few = max(1, per_layer // 4)
    if network.layers[layer].gamma is None:
        return {"weight": max(1, per_layer - few), "bias": few}
    return {"weight": max(1, per_layer - 2 * few), "bias": few, "gamma": few}


def _compare(
    probe: _Probe, layer: int, kind: Kind, count: int, rng: np.random.Generator
) -> tuple[list[GradientPair], int]:
    """Return rows of one layer's parameters of one kind, and how many were skipped at a kink."""
    values, gradient = _part(probe.network.layers[layer], kind), _part(probe.workspace.gradients[layer], kind)
    rows: list[GradientPair] = []
    kinks = 0
    for index in _draw(gradient, 2 * count, rng):
        numeric = probe.slope(values, index)
        if numeric is None:
            kinks += 1
            continue
        analytic = float(gradient[index])
        rows.append(GradientPair(layer, kind, index, analytic, numeric, relative_error(analytic, numeric)))
        if len(rows) == count:
            break
    return rows, kinks


def _draw(gradient: Array, count: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Draw different indices: three of four where the gradient is not zero, as long as there are any.

    The others may be anywhere, since a gradient of zero can be wrong too.
    """
    nonzero = np.flatnonzero(gradient)
    chosen = rng.choice(nonzero, min(len(nonzero), -(-3 * count // 4)), replace=False)
    anywhere = rng.choice(gradient.size, min(gradient.size, count), replace=False)
    positions = rng.permutation(list(dict.fromkeys([*chosen.tolist(), *anywhere.tolist()]))[:count])
    return [tuple(map(int, np.unravel_index(position, gradient.shape))) for position in positions]


def _part(layer: Layer, kind: Kind) -> Array:
    part = {"weight": layer.weights, "bias": layer.biases, "gamma": layer.gamma}[kind]
    assert part is not None
    return part
