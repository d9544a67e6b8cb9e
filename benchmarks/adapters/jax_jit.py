"""JAX compiles: a whole step, or a whole epoch of steps, becomes one program for the processor.

Optimizers are written out here as functions of whole trees of arrays, since JAX itself brings none.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.adapters import adapter
from benchmarks.workloads import BETA2, EPSILON, MOMENTUM, Workload

Tree = Any  # lists and tuples of arrays
State = dict[str, Tree]  # parameters, memory, steps, and the sum of the losses


def sgd(parameters: Tree, gradient: Tree, memory: Tree, steps: Any, rate: float) -> tuple[Tree, Tree]:
    """parameters = parameters - rate * gradient"""
    return jax.tree.map(lambda p, g: p - rate * g, parameters, gradient), memory


def momentum(parameters: Tree, gradient: Tree, memory: Tree, steps: Any, rate: float) -> tuple[Tree, Tree]:
    """velocity = MOMENTUM * velocity + gradient; parameters = parameters - rate * velocity"""
    memory = jax.tree.map(lambda v, g: MOMENTUM * v + g, memory, gradient)
    return jax.tree.map(lambda p, v: p - rate * v, parameters, memory), memory


def adam(parameters: Tree, gradient: Tree, memory: Tree, steps: Any, rate: float) -> tuple[Tree, Tree]:
    """Kingma and Ba 2015, with the corrections of both memories."""
    mean, square = memory
    mean = jax.tree.map(lambda m, g: MOMENTUM * m + (1 - MOMENTUM) * g, mean, gradient)
    square = jax.tree.map(lambda s, g: BETA2 * s + (1 - BETA2) * g * g, square, gradient)
    c1, c2 = 1 - MOMENTUM**steps, 1 - BETA2**steps
    moved = jax.tree.map(lambda p, m, s: p - rate * (m / c1) / (jnp.sqrt(s / c2) + EPSILON), parameters, mean, square)
    return moved, (mean, square)


UPDATES: dict[str, Callable[..., tuple[Tree, Tree]]] = {"sgd": sgd, "momentum": momentum, "adam": adam}


def mean_loss(parameters: Tree, images: Any, labels: Any) -> Any:
    """The mean cross-entropy of a batch: images (batch, 784), labels (batch,)."""
    x = images
    for weights, biases in parameters[:-1]:
        x = jax.nn.relu(x @ weights + biases)
    weights, biases = parameters[-1]
    log_probabilities = jax.nn.log_softmax(x @ weights + biases)  # (batch, classes)
    return -jnp.take_along_axis(log_probabilities, labels[:, None], axis=1).mean()


def take_step(workload: Workload, state: State, images: Any, labels: Any, rows: Any) -> State:
    """The state after a step on the images of these rows."""
    steps = state["steps"] + 1
    loss, gradient = jax.value_and_grad(mean_loss)(state["parameters"], images[rows], labels[rows])
    update = UPDATES[workload.optimizer]
    parameters, memory = update(state["parameters"], gradient, state["memory"], steps, workload.learning_rate)
    total = state["total"] + loss * len(rows)
    return {"parameters": parameters, "memory": memory, "steps": steps, "total": total}


class JaxByStep(adapter.Adapter):
    """One compiled program a step, called from Python."""

    def prepare(self, workload: Workload, folder: Path) -> None:
        images, labels = adapter.load_floats(folder)
        self.images, self.labels = jnp.asarray(images), jnp.asarray(labels, dtype=jnp.int32)
        self.batch_size = workload.batch_size
        self.rng = np.random.default_rng(workload.seed)
        parameters = [(jnp.asarray(weights), jnp.zeros(weights.shape[1])) for weights in adapter.he_weights(workload)]
        zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
        memory = {"sgd": (), "momentum": zeros[0], "adam": tuple(zeros)}[workload.optimizer]
        self.state: State = {"parameters": parameters, "memory": memory, "steps": jnp.int32(0), "total": jnp.float32(0)}

        def step(state: State, images: Any, labels: Any, order: Any, start: Any, size: int) -> State:
            rows = jax.lax.dynamic_slice(order, (start,), (size,))
            return take_step(workload, state, images, labels, rows)

        def epoch(state: State, images: Any, labels: Any, order: Any) -> State:
            batches = order[: len(order) // workload.batch_size * workload.batch_size].reshape(-1, workload.batch_size)
            return jax.lax.scan(lambda s, rows: (take_step(workload, s, images, labels, rows), None), state, batches)[0]

        # Donated, the old state's memory serves the new one.
        self.step = jax.jit(step, static_argnames="size", donate_argnums=0)
        self.full_batches = jax.jit(epoch, donate_argnums=0)

    def epoch(self) -> float:
        order = jnp.asarray(self.rng.permutation(len(self.labels)).astype(np.int32))
        self.state["total"] = jnp.float32(0)
        for start in range(self._begin(order), len(order), self.batch_size):
            size = min(self.batch_size, len(order) - start)
            self.state = self.step(self.state, self.images, self.labels, order, start, size=size)
        jax.block_until_ready(self.state)
        return float(self.state["total"]) / len(order)

    def _begin(self, order: Any) -> int:
        """Train on the first images; returns on how many."""
        return 0


class JaxByEpoch(JaxByStep):
    """One compiled program for all the full batches of an epoch; the last, smaller one is a step of its own."""

    def _begin(self, order: Any) -> int:
        self.state = self.full_batches(self.state, self.images, self.labels, order)
        return len(order) // self.batch_size * self.batch_size
