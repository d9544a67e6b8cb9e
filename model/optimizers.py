"""An optimizer moves the parameters a little against the gradient; how far, and with what memory, is its rule.

All of them work on one vector, in place, in order of increasing complexity: SGD, Momentum, Nesterov, RMSprop,
Adam, AdamW.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

EPSILON = 1e-8  # keeps a parameter whose gradient was always zero from being divided by zero
BLOCK = 16_384  # values updated at a time: a block's gradient and memories stay in the processor's cache


class Optimizer:
    """The part that all rules share: weight decay, and walking over the vector in blocks that fit the cache.

    Weight decay adds `weight_decay * parameters` to the gradient of the first `decayed` values: a network's
    weights stand first, and biases are left alone. None means all values.
    """

    memories = 0  # how many vectors a rule remembers between steps

    def __init__(
        self,
        size: int,
        *,
        momentum: float = 0.9,
        beta2: float = 0.999,
        weight_decay: float = 0.0,
        decayed: int | None = None,
        dtype: Any = np.float32,
    ) -> None:
        self.momentum = momentum
        self.beta2 = beta2
        self.weight_decay = weight_decay
        self.decayed = size if decayed is None else decayed
        self.steps = 0
        self.state: Array = np.zeros((self.memories, size), dtype)
        self._scratch: Array = np.empty(min(size, BLOCK), dtype)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(momentum={self.momentum:g}, weight_decay={self.weight_decay:g})"

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        """Update the parameters in place. The gradient is used up: it may be changed on the way."""
        self.steps += 1
        for block in self._blocks(parameters.size):
            here, slope = parameters[block], gradient[block]
            self.decay(here[: max(0, self.decayed - block.start)], slope, learning_rate)
            self.update(here, slope, learning_rate, self.state[:, block], self._scratch[: here.size])

    def _blocks(self, size: int) -> Iterator[slice]:
        for start in range(0, size, BLOCK):
            yield slice(start, min(start + BLOCK, size))

    def decay(self, weights: Array, gradient: Array, learning_rate: float) -> None:
        """gradient = gradient + weight_decay * weights"""
        if self.weight_decay and weights.size:
            gradient[: weights.size] += self.weight_decay * weights

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array, scratch: Array) -> None:
        raise NotImplementedError


class SGD(Optimizer):
    """parameters = parameters - learning_rate * gradient"""

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array, scratch: Array) -> None:
        np.multiply(gradient, learning_rate, out=scratch)
        parameters -= scratch


class Momentum(Optimizer):
    """velocity = momentum * velocity + gradient
    parameters = parameters - learning_rate * velocity

    Polyak 1964, in the form that PyTorch uses: the learning rate multiplies the velocity, so that a change of
    the learning rate takes effect at once.
    """

    memories = 1

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array, scratch: Array) -> None:
        (velocity,) = state
        velocity *= self.momentum
        velocity += gradient
        np.multiply(velocity, learning_rate, out=scratch)
        parameters -= scratch


class Nesterov(Optimizer):
    """velocity = momentum * velocity + gradient
    parameters = parameters - learning_rate * (gradient + momentum * velocity)

    Nesterov 1983, in the form of Sutskever et al. 2013: a step looks ahead to where the velocity leads.
    """

    memories = 1

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array, scratch: Array) -> None:
        (velocity,) = state
        velocity *= self.momentum
        velocity += gradient
        np.multiply(velocity, self.momentum, out=scratch)
        scratch += gradient
        scratch *= learning_rate
        parameters -= scratch


class RMSprop(Optimizer):
    """square = beta2 * square + (1 - beta2) * gradient ** 2
    parameters = parameters - learning_rate * gradient / (sqrt(square) + epsilon)

    Tieleman and Hinton 2012.
    """

    memories = 1

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array, scratch: Array) -> None:
        (square,) = state
        np.multiply(gradient, gradient, out=scratch)
        scratch *= 1 - self.beta2
        square *= self.beta2
        square += scratch
        np.sqrt(square, out=scratch)
        scratch += EPSILON
        np.divide(gradient, scratch, out=scratch)
        scratch *= learning_rate
        parameters -= scratch


class Adam(Optimizer):
    """mean = momentum * mean + (1 - momentum) * gradient
    square = beta2 * square + (1 - beta2) * gradient ** 2
    parameters = parameters - learning_rate * (mean / c1) / (sqrt(square / c2) + epsilon)

    Kingma and Ba 2015. Both memories start at zero and are too small at first; c1 = 1 - momentum ** steps and
    c2 = 1 - beta2 ** steps make up for it.
    """

    memories = 2

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array, scratch: Array) -> None:
        mean, square = state
        np.multiply(gradient, 1 - self.momentum, out=scratch)
        mean *= self.momentum
        mean += scratch
        np.multiply(gradient, gradient, out=scratch)
        scratch *= 1 - self.beta2
        square *= self.beta2
        square += scratch
        # The two corrections are plain numbers: folded into the rate and the epsilon, they cost no pass of their own.
        root = (1 - self.beta2**self.steps) ** 0.5
        np.sqrt(square, out=scratch)
        scratch += EPSILON * root
        np.divide(mean, scratch, out=scratch)
        scratch *= learning_rate * root / (1 - self.momentum**self.steps)
        parameters -= scratch


class AdamW(Adam):
    """parameters = parameters - learning_rate * weight_decay * parameters, then Adam's rule.

    Loshchilov and Hutter 2019: decay apart from the gradient, so that Adam's division does not weaken it.
    """

    def decay(self, weights: Array, gradient: Array, learning_rate: float) -> None:
        if self.weight_decay and weights.size:
            weights *= 1 - learning_rate * self.weight_decay


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}


def clip(gradient: Array, limit: float) -> float:
    """Shorten the gradient, in place, to a Euclidean norm of at most `limit`; returns the norm that it had."""
    norm = float(np.sqrt(np.dot(gradient, gradient)))
    if norm > limit:
        gradient *= limit / norm
    return norm
