"""A gradient check asks the loss itself how it changes with a parameter, and compares that with backpropagation.

The parameter is moved a little up and a little down: the difference of the two losses, divided by the distance, is
the slope, found without any calculus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from model.nn.losses import losses
from model.nn.mlp import MLP, Layer, as_inputs
from model.nn.workspace import Workspace

Array = NDArray[Any]
Kind = Literal["weight", "bias", "gamma"]

# The slope (L(p + h) - L(p - h)) / 2h is wrong by about h^2 because the loss is curved, and by about e / h because the
# losses are rounded, where e = 2.2e-16 is float64's precision. Their sum is least near the cube root of e.
STEP = 6e-6
# Both errors together come to some 1e-11: of much smaller a gradient than this, they would be a part worth noticing.
SMALLEST_GRADIENT = 1e-7
KINKED = ("relu", "leaky_relu")

IMAGES_LIMIT, IMAGES_AT_LEAST = 256, 8
PER_LAYER_AT_LEAST = 3  # one of each kind
PRODUCTS_LIMIT = 1e10  # multiplications for all the losses together: a second or two


@dataclass(frozen=True)
class Row:
    """One parameter's gradient, found in two ways."""

    layer: int  # counted from 0
    kind: Kind
    index: tuple[int, ...]  # (input, unit) of a weight, (unit,) of a bias or a gamma
    analytic: float  # by backpropagation
    numeric: float  # by the loss's own change
    relative_error: float  # see `relative_error`


@dataclass(frozen=True)
class GradientCheck:
    """Backpropagation's gradient beside the numeric one, for some parameters of each layer."""

    rows: tuple[Row, ...]
    images: int  # that the loss is the mean of
    kinks: int  # parameters left out, because the loss has a kink there and no slope

    @property
    def worst(self) -> float:
        """The largest relative error: below 1e-3 if backpropagation is sound. NaN where there is no row."""
        return max((row.relative_error for row in self.rows), default=math.nan)


def relative_error(analytic: float, numeric: float) -> float:
    """The difference as a share of the larger of the two; infinite where one isn't a number.

    Two gradients below `SMALLEST_GRADIENT` are measured by that instead: the numeric one's own error would make
    up most of so small a number, and be an alarm about nothing.
    """
    error = abs(analytic - numeric) / max(abs(analytic), abs(numeric), SMALLEST_GRADIENT)
    return error if math.isfinite(error) else math.inf


def check(
    network: MLP,
    images: Array,
    labels: Array,
    *,
    smoothing: float = 0.0,
    per_layer: int = 12,
    rng: np.random.Generator,
) -> GradientCheck:
    """Compare the gradients of `per_layer` parameters in each layer, on a batch and without dropout.

    Images (n, pixels) are floats 0..1, labels (n,) integers. All is computed in float64 on a copy, so the network stays
    as it is, its running statistics too. The first 256 images count; of a network so large that all the losses would
    come to more than `PRODUCTS_LIMIT` multiplications fewer images do, though 8, and then fewer parameters, though 3.

    Where the sum of some unit changes its sign between the two losses, ReLU's kink lies in between, and the numeric
    slope is none: another parameter is drawn, at most twice as many in all.

    Raises:
        ValueError: images and labels are no batch of this network's.
    """
    if images.ndim != 2 or images.shape[1] != network.sizes[0] or labels.shape != images.shape[:1] or not len(images):
        expected = f"images (n, {network.sizes[0]}) with labels (n,), at least one"
        raise ValueError(f"expected {expected}; got {images.shape} with {labels.shape}")
    count, per_layer = _affordable(network, min(len(images), IMAGES_LIMIT), per_layer)
    rows: list[Row] = []
    kinks = 0
    with np.errstate(over="ignore", invalid="ignore"):  # a network that diverged gets an answer too: infinite
        probe = _Probe(network, as_inputs(images[:count], np.float64), labels[:count], smoothing)
        for layer in range(len(probe.network.layers)):
            for kind, wanted in _shares(network, layer, per_layer).items():
                found, left_out = _compare(probe, layer, kind, wanted, rng)
                rows += found
                kinks += left_out
    return GradientCheck(tuple(rows), count, kinks)


class _Probe:
    """A copy of the network in float64, with a batch, whose parameters can be moved one at a time."""

    def __init__(self, network: MLP, images: Array, labels: Array, smoothing: float) -> None:
        self.network = network.copy(np.float64)
        self.images, self.labels, self.smoothing = images, labels, smoothing
        self.workspace = Workspace(self.network, len(images))
        self.network.loss_and_gradient(images, labels, self.workspace, smoothing=smoothing)

    def slope(self, values: Array, index: tuple[int, ...]) -> float | None:
        """How the loss changes with one of the network's values; None where a kink lies in between."""
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
        """Each image's loss, and on which side of the kink the hidden sums are."""
        logits = self.network.forward(self.images, self.workspace)
        hidden = self.workspace.pre_activations[:-1] if self.network.activation in KINKED else []
        return losses(logits, self.labels, self.smoothing), [z > 0 for z in hidden]


def _affordable(network: MLP, images: int, per_layer: int) -> tuple[int, int]:
    """How many images, and how many parameters of each layer, keep to `PRODUCTS_LIMIT`."""
    products = 2 * len(network.layers) * network.num_weights  # for one image and one parameter of each layer
    images = min(images, max(IMAGES_AT_LEAST, int(PRODUCTS_LIMIT / (products * per_layer))))
    return images, min(per_layer, max(PER_LAYER_AT_LEAST, int(PRODUCTS_LIMIT / (products * images))))


def _shares(network: MLP, layer: int, per_layer: int) -> dict[Kind, int]:
    """How many of each kind to compare: mostly weights, but the few others have formulas of their own."""
    few = max(1, per_layer // 4)
    if network.layers[layer].gamma is None:
        return {"weight": max(1, per_layer - few), "bias": few}
    return {"weight": max(1, per_layer - 2 * few), "bias": few, "gamma": few}


def _compare(probe: _Probe, layer: int, kind: Kind, wanted: int, rng: np.random.Generator) -> tuple[list[Row], int]:
    """Rows of one layer's parameters of one kind, and how many were left out at a kink."""
    values, gradient = _part(probe.network.layers[layer], kind), _part(probe.workspace.gradients[layer], kind)
    rows: list[Row] = []
    kinks = 0
    for index in _draw(gradient, 2 * wanted, rng):
        numeric = probe.slope(values, index)
        if numeric is None:
            kinks += 1
            continue
        analytic = float(gradient[index])
        rows.append(Row(layer, kind, index, analytic, numeric, relative_error(analytic, numeric)))
        if len(rows) == wanted:
            break
    return rows, kinks


def _draw(gradient: Array, count: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Different places at random: of four, three where the gradient isn't zero, as long as there are any.

    The others may be anywhere, since a zero, too, can be wrong.
    """
    promising = np.flatnonzero(gradient)
    chosen = rng.choice(promising, min(len(promising), -(-3 * count // 4)), replace=False)
    anywhere = rng.choice(gradient.size, min(gradient.size, count), replace=False)
    places = rng.permutation(list(dict.fromkeys([*chosen.tolist(), *anywhere.tolist()]))[:count])
    return [tuple(map(int, np.unravel_index(place, gradient.shape))) for place in places]


def _part(layer: Layer, kind: Kind) -> Array:
    part = {"weight": layer.weights, "bias": layer.biases, "gamma": layer.gamma}[kind]
    assert part is not None
    return part
