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
    """Return t such that (1 + t) / 2 approximates the normal distribution function at z."""
    return np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z))


def _gelu(z: Array, out: Array) -> None:
    """Compute z times the normal distribution function at z, approximated by tanh (Hendrycks and Gimpel 2016)."""
    np.multiply(0.5 * z, 1 + _gelu_gate(z), out=out)


def _gelu_derivative(z: Array, a: Array) -> Array:
    gate = _gelu_gate(z)
    slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)
    return 0.5 * (1 + gate) + 0.5 * z * (1 - gate * gate) * slope


ACTIVATIONS = {
    "relu": Activation(_relu, _relu_derivative),
    "leaky_relu": Activation(_leaky_relu, _leaky_relu_derivative),
    "tanh": Activation(_tanh, _tanh_derivative),
    "sigmoid": Activation(_sigmoid, _sigmoid_derivative),
    "gelu": Activation(_gelu, _gelu_derivative),
}
