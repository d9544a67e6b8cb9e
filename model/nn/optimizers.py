"""Optimizers: rules that move the parameters against the gradient.

All of them work in place on one vector. They stand in order of increasing complexity: SGD, Momentum, Nesterov,
RMSprop, Adam, AdamW.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from model.common.arrays import Array
from model.nn.blas import add_scaled

EPSILON = 1e-8  # avoids a division by zero where the gradient was always zero
BLOCK = 262_144  # values updated at a time: they fit the cache, and the calls still cost little


class Optimizer:
    """What all rules share: weight decay, and updating the vector in blocks that fit the cache.

    Attributes:
        momentum: The decay rate of the running mean of gradients; for Adam, beta1.
        beta2: The decay rate of the running mean of squared gradients.
        weight_decay: Adds `weight_decay * parameters` to the gradient.
        num_decayed: How many values weight decay applies to, the first ones: a network's weights, without biases.
        steps: How many steps were made.
        state: What the rule keeps between steps, (num_slots, size).
    """

    num_slots = 0  # how many vectors a rule keeps between steps

    def __init__(
        self,
        size: int,
        *,
        momentum: float = 0.9,
        beta2: float = 0.999,
        weight_decay: float = 0.0,
        num_decayed: int | None = None,
        dtype: Any = np.float32,
    ) -> None:
        """Make an optimizer for a vector of that size; without `num_decayed`, weight decay applies to all of it."""
        self.momentum = momentum
        self.beta2 = beta2
        self.weight_decay = weight_decay
        self.num_decayed = size if num_decayed is None else num_decayed
        self.steps = 0
        self.state: Array = np.zeros((self.num_slots, size), dtype)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(momentum={self.momentum:g}, weight_decay={self.weight_decay:g})"

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        """Update the parameters in place. The gradient is overwritten: the rules compute in its memory."""
        self.steps += 1
        for start in range(0, parameters.size, BLOCK):
            block = slice(start, start + BLOCK)
            if self.weight_decay and start < self.num_decayed:
                weights = slice(start, min(start + BLOCK, self.num_decayed))
                self.decay(parameters[weights], gradient[weights], learning_rate)
            self.update(parameters[block], gradient[block], learning_rate, self.state[:, block])

    def fused_target(self, parameters: Array, learning_rate: float) -> tuple[Array, float, float] | None:
        """Return (vector, alpha, beta) where the rule begins with vector = beta * vector + alpha * gradient.

        Backpropagation can then do that itself, without writing the gradient to memory first. The caller calls
        `apply_fused` afterwards instead of `step`. None if the rule needs the gradient itself.
        """
        return None

    def apply_fused(self, parameters: Array, learning_rate: float) -> None:
        """Do the rest of the step after the fused update of `fused_target`."""

    def decay(self, weights: Array, gradient: Array, learning_rate: float) -> None:
        """gradient = gradient + weight_decay * weights"""
        add_scaled(gradient, weights, self.weight_decay)

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array) -> None:
        """Apply the rule to one block of the vectors, in place."""
        raise NotImplementedError


class SGD(Optimizer):
    """parameters = parameters - learning_rate * gradient"""

    def fused_target(self, parameters: Array, learning_rate: float) -> tuple[Array, float, float]:
        return parameters, -learning_rate, 1.0

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array) -> None:
        add_scaled(parameters, gradient, -learning_rate)


class Momentum(Optimizer):
    """velocity = momentum * velocity + gradient
    parameters = parameters - learning_rate * velocity

    Polyak 1964, in PyTorch's form: the learning rate multiplies the velocity, so a change of the learning rate takes
    effect at once.
    """

    num_slots = 1

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array) -> None:
        (velocity,) = state
        add_scaled(velocity, gradient, 1, beta=self.momentum)
        add_scaled(parameters, velocity, -learning_rate)

    def fused_target(self, parameters: Array, learning_rate: float) -> tuple[Array, float, float]:
        return self.state[0], 1.0, self.momentum

    def apply_fused(self, parameters: Array, learning_rate: float) -> None:
        add_scaled(parameters, self.state[0], -learning_rate)


class Nesterov(Optimizer):
    """velocity = momentum * velocity + gradient
    parameters = parameters - learning_rate * (gradient + momentum * velocity)

    Nesterov 1983, in the form of Sutskever et al. 2013: the step uses the velocity that it leads to.
    """

    num_slots = 1

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array) -> None:
        (velocity,) = state
        add_scaled(velocity, gradient, 1, beta=self.momentum)
        add_scaled(gradient, velocity, self.momentum)
        add_scaled(parameters, gradient, -learning_rate)


class RMSprop(Optimizer):
    """square = beta2 * square + (1 - beta2) * gradient ** 2
    parameters = parameters - learning_rate * gradient / (sqrt(square) + epsilon)

    Tieleman and Hinton 2012.
    """

    num_slots = 1

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array) -> None:
        (square,) = state
        scratch = gradient * gradient
        add_scaled(square, scratch, 1 - self.beta2, beta=self.beta2)
        np.sqrt(square, out=scratch)
        scratch += EPSILON
        gradient /= scratch
        add_scaled(parameters, gradient, -learning_rate)


class Adam(Optimizer):
    """mean = beta1 * mean + (1 - beta1) * gradient
    square = beta2 * square + (1 - beta2) * gradient ** 2
    parameters = parameters - learning_rate * (mean / c1) / (sqrt(square / c2) + epsilon)

    Kingma and Ba 2015. Both running means start at zero and are too small at first; c1 = 1 - beta1 ** steps and
    c2 = 1 - beta2 ** steps correct for it. beta1 is the attribute `momentum`.
    """

    num_slots = 2

    def update(self, parameters: Array, gradient: Array, learning_rate: float, state: Array) -> None:
        mean, square = state
        add_scaled(mean, gradient, 1 - self.momentum, beta=self.momentum)
        gradient *= gradient
        add_scaled(square, gradient, 1 - self.beta2, beta=self.beta2)
        # The two corrections are numbers: folded into the learning rate and epsilon, they need no pass over the vector.
        root = (1 - self.beta2**self.steps) ** 0.5
        divisor = np.sqrt(square, out=gradient)
        divisor += EPSILON * root
        move = np.divide(mean, divisor, out=divisor)
        add_scaled(parameters, move, -learning_rate * root / (1 - self.momentum**self.steps))


class AdamW(Adam):
    """parameters = parameters - learning_rate * weight_decay * parameters, then Adam's rule.

    Loshchilov and Hutter 2019: the decay is separate from the gradient, so Adam's division does not weaken it.
    """

    def decay(self, weights: Array, gradient: Array, learning_rate: float) -> None:
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
    """Scale the gradient in place to a Euclidean norm of at most `limit`, and return the norm that it had."""
    norm = float(np.sqrt(np.dot(gradient, gradient)))
    if norm > limit:
        gradient *= limit / norm
    return norm
