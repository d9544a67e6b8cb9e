"""A network as it travels to the browser: a safetensors file with what a prediction needs, and no more.

A larger network's weights are sent as whole numbers of 16 bits, which takes half the bytes; their error is a fifth of
float16's.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import safetensors.numpy

from model.common.arrays import U8, Array
from model.ink import render
from model.ink.scribbles import scribbles
from model.nn.classifier import DigitClassifier
from model.training.network_tensors import tensors_of

MAX_BYTES = 32_000_000  # of parameters; the browser leaves a larger network to the app
SMALL_BYTES = 1_000_000  # of parameters; a smaller network is sent as it is
LARGEST_INTEGER = 32_767
LARGEST_ERROR = 0.0004  # of a probability, by rounding; otherwise a network is sent as it is
NUM_SCRIBBLES = 200  # to measure that error: a network is unsure of them, so its answers move most


def is_small_enough(network: DigitClassifier) -> bool:
    """Whether a browser can read with this network."""
    return network.mlp.parameters.nbytes <= MAX_BYTES


def to_wire(network: DigitClassifier) -> bytes:
    """The file that model/browser/network.js reads: as a checkpoint, without scores, and perhaps with rounded weights.

    Rounded weights are int16, in multiples of a tensor `steps` (units,) beside them.
    """
    is_large = network.mlp.parameters.nbytes > SMALL_BYTES
    return _packed(network, is_rounded=is_large and _error(network, _rounded(network)) <= LARGEST_ERROR)


def to_wire_at_once(network: DigitClassifier) -> bytes:
    """The same for a network in training, soon another one: how far rounding moves its answers is not measured."""
    parameters = network.mlp.parameters
    return _packed(network, is_rounded=parameters.nbytes > SMALL_BYTES and bool(np.isfinite(parameters).all()))


def _packed(network: DigitClassifier, *, is_rounded: bool) -> bytes:
    tensors = dict(tensors_of(network.mlp))
    for index, layer in enumerate(network.mlp.layers if is_rounded else ()):
        integers, steps = quantize(layer.weights)
        tensors |= {f"layers.{index}.weights": integers, f"layers.{index}.steps": steps}
    metadata = {
        "activation": network.mlp.activation,
        "temperature": repr(network.temperature),
        "caution": repr(network.reject_bias),
    }
    return safetensors.numpy.save(tensors, metadata)


def quantize(weights: Array) -> tuple[Array, Array]:
    """Round weights (inputs, units) to multiples of a step for each unit: int16 (inputs, units), float32 (units,)."""
    steps = np.abs(weights).max(axis=0) / np.float32(LARGEST_INTEGER)
    steps[steps == 0] = 1
    return np.rint(weights / steps).astype(np.int16), steps


def _rounded(network: DigitClassifier) -> DigitClassifier:
    twin = network.copy()
    for layer in twin.mlp.layers:
        integers, steps = quantize(layer.weights)
        np.multiply(integers, steps, out=layer.weights)
    return twin


def _error(network: DigitClassifier, other: DigitClassifier) -> float:
    """How far the probabilities of two networks are apart at most."""
    (expected, is_digit), (found, found_is_digit) = network.predict(_images()), other.predict(_images())
    errors = [np.abs(found - expected).max()]
    if is_digit is not None and found_is_digit is not None:
        errors.append(np.abs(found_is_digit - is_digit).max())
    return float(max(errors))


@cache
def _images() -> U8:
    drawings = scribbles(NUM_SCRIBBLES, np.random.default_rng(0))
    return np.stack([render(drawing).reshape(-1) for drawing in drawings])
