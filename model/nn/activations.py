"""Activation functions. Without them, all layers together would be one linear map, with straight borders of classes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.common.arrays import Array


@dataclass(frozen=True)
class Activation:
    """An elementwise function a = f(z) and its derivative, which may use both z and the a already computed."""

    function: Callable[[Array, Array], Any]  # (z, out); both may be the same array
    derivative: Callable[[Array, Array], Array]  # (z, a) -> da/dz


LEAKY_RELU_SLOPE = 0.01
GELU_SCALE, GELU_CUBIC = math.sqrt(2 / math.pi), 0.044715  # c and k in tanh(c (z + k z^3))


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, np.zeros(z.shape[1], z.dtype), out=out)  # three times as fast with a row as with a number


def _relu_derivative(z: Array, a: Array) -> Array:
    return a > 0


def _leaky_relu(z: Array, out: Array) -> None:
    np.maximum(z, LEAKY_RELU_SLOPE * z, out=out)


def _leaky_relu_derivative(z: Array, a: Array) -> Array:
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(LEAKY_RELU_SLOPE))


def _tanh(z: Array, out: Array) -> None:
    np.tanh(z, out=out)


def _tanh_derivative(z: Array, a: Array) -> Array:
    return 1 - a * a


def _sigmoid(z: Array, out: Array) -> None:
    # 1 / (1 + exp(-z)) overflows for very negative z; the same function through tanh never does.
    np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5


def _sigmoid_derivative(z: Array, a: Array) -> Array:
    return a * (1 - a)


def _gelu_gate(z: Array) -> Array:
    """Compute h(z), which approximates the normal distribution function by tanh (Hendrycks and Gimpel 2016)."""
    gate: Array = z * z
    gate *= GELU_SCALE * GELU_CUBIC
    gate += GELU_SCALE
    gate *= z
    np.tanh(gate, out=gate)
    gate += 1
    gate *= 0.5
    return gate


def _gelu(z: Array, out: Array) -> None:
    np.multiply(z, _gelu_gate(z), out=out)


def _gelu_derivative(z: Array, a: Array) -> Array:
    """Compute h + z h' with h' = 2 h (1 - h) c (1 + 3 k z^2), where z h is the a that is there already."""
    gate = _gelu_gate(z)
    result: Array = z * z
    result *= 6 * GELU_SCALE * GELU_CUBIC
    result += 2 * GELU_SCALE
    result *= a
    result *= 1 - gate
    result += gate
    return result


ACTIVATIONS = {
    "relu": Activation(_relu, _relu_derivative),
    "leaky_relu": Activation(_leaky_relu, _leaky_relu_derivative),
    "tanh": Activation(_tanh, _tanh_derivative),
    "sigmoid": Activation(_sigmoid, _sigmoid_derivative),
    "gelu": Activation(_gelu, _gelu_derivative),
}
