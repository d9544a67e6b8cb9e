"""A network turns an image into ten probabilities, layer by layer; backpropagation finds what to change.

Each layer multiplies its inputs by weights, adds biases, and bends the result with an activation. The loss says
how wrong the probabilities are, and its gradient, computed backwards from the output, says how each single
parameter would change it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from model.common.arrays import Array
from model.common.constants import CLASSES, NON_DIGIT
from model.nn.activations import ACTIVATIONS
from model.nn.blas import add_product, add_scaled
from model.nn.initializers import INITIALIZERS
from model.nn.losses import cross_entropy, softmax, targets

BATCH_NORM_EPSILON = 1e-5  # keeps a unit that never varies from being divided by zero
BATCH_NORM_MOMENTUM = 0.1  # how far the running statistics move towards each batch's
INFERENCE_BATCH_SIZE = 1024  # images classified in one go: bounds the memory, not the result


# -------------------------------------------------------------------------------------------------- network


@dataclass(frozen=True)
class Layer:
    """One layer's parameters (or their gradient): views into a vector, so changing either changes both."""

    weights: Array  # (inputs, outputs)
    biases: Array  # (outputs,)
    scales: Array | None = None  # (outputs,), only where the layer's sums are normalized


class Prediction(NamedTuple):
    """What a network says of n images."""

    probabilities: Array  # (n, 10), of each digit, supposing that the image shows one
    is_digit: Array | None  # (n,), the probability that it shows one; None of a network that knows nothing but digits


class Network:
    """A multilayer perceptron whose parameters are one vector: `Network((784, 128, 10), "relu")`.

    `parameters` holds all layers' weights, then all biases, then the scales of batch normalization; `layers` are
    views into it. `statistics` (2, units) holds the running mean and variance of every normalized sum: they are
    measured, not learned. A new network is all zeros: see `initialize`.

    With an output more than there are digits, the last class is all that is none (`BACKGROUND`). `temperature` divides
    the digits' logits before they become probabilities, so that these mean what they say, and `caution` is added to the
    background's, so that its doubts are neither too many nor too few: see model/nn/calibration.py.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "relu",
        *,
        batch_normalization: bool = False,
        dtype: type[np.floating[Any]] = np.float32,
    ) -> None:
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes must be at least two numbers of 1 or more; got {tuple(sizes)}")
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {activation!r}")
        self.sizes = tuple(int(size) for size in sizes)
        self.activation = activation
        self.temperature, self.caution = 1.0, 0.0
        self.batch_normalization = batch_normalization and len(sizes) > 2  # the last sums are never normalized
        units = sum(self.sizes[1:-1]) if self.batch_normalization else 0
        self.weight_count = sum(inputs * outputs for inputs, outputs in self.shapes)
        self.parameters: Array = np.zeros(self.weight_count + sum(self.sizes[1:]) + units, dtype)
        self.layers = self.views(self.parameters)
        self.statistics: Array = np.zeros((2, units), dtype)
        self.statistics[1] = 1
        for layer in self.layers:
            if layer.scales is not None:
                layer.scales[:] = 1

    def __repr__(self) -> str:
        normalized = ", batch normalization" if self.batch_normalization else ""
        shape = "-".join(map(str, self.sizes))
        return f"Network {shape} {self.activation}{normalized}, {self.parameters.size:,} parameters"

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """(inputs, outputs) of each layer."""
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    def views(self, vector: Array) -> list[Layer]:
        """The layers of a vector laid out like `parameters`: the parameters' own, a gradient's, a snapshot's."""
        position = 0

        def take(count: int) -> Array:
            nonlocal position
            position += count
            return vector[position - count : position]

        weights = [take(inputs * outputs).reshape(inputs, outputs) for inputs, outputs in self.shapes]
        biases = [take(outputs) for outputs in self.sizes[1:]]
        scales = [take(size) for size in self.sizes[1:-1]] if self.batch_normalization else []
        return [Layer(weights[i], biases[i], scales[i] if i < len(scales) else None) for i in range(len(weights))]

    def copy(self) -> Network:
        """A network of the same values that goes its own way from here."""
        twin = Network(
            self.sizes,
            self.activation,
            batch_normalization=self.batch_normalization,
            dtype=self.parameters.dtype.type,
        )
        twin.become(self)
        return twin

    def become(self, other: Network) -> None:
        """Take over all values of a network of the same shape."""
        self.parameters[:] = other.parameters
        self.statistics[:] = other.statistics
        self.temperature, self.caution = other.temperature, other.caution

    def checksum(self) -> str:
        """Equal for networks whose values are equal to the last bit."""
        values = self.parameters, self.statistics, np.array((self.temperature, self.caution))
        return hashlib.sha256(b"".join(value.tobytes() for value in values)).hexdigest()[:16]

    def initialize(self, method: str, rng: np.random.Generator, std: float = 0.01) -> Network:
        """Draw the weights from a normal distribution of the method's width; biases 0, scales 1. Returns self."""
        if method not in INITIALIZERS:
            raise ValueError(f"initialization must be one of {', '.join(INITIALIZERS)}; got {method!r}")
        for layer in self.layers:
            inputs, outputs = layer.weights.shape
            width = INITIALIZERS[method](inputs, outputs, std)
            layer.weights[:] = width * rng.standard_normal((inputs, outputs), dtype=np.float32)
            layer.biases[:] = 0
            if layer.scales is not None:
                layer.scales[:] = 1
        return self

    # -- Reading ------------------------------------------------------------------------------------------

    def logits(self, images: Array) -> Array:
        """The last layer's sums, (n, classes), for images (n, pixels): uint8 0..255, or floats 0..1."""
        if images.ndim != 2 or images.shape[1] != self.sizes[0]:
            raise ValueError(f"images must have the shape (n, {self.sizes[0]}); got {images.shape}")
        logits = np.empty((len(images), self.sizes[-1]), self.parameters.dtype)
        for start in range(0, len(images), INFERENCE_BATCH_SIZE):
            rows = slice(start, start + INFERENCE_BATCH_SIZE)
            logits[rows] = self._forward(as_inputs(images[rows], self.parameters.dtype))
        return logits

    def answers(self, images: Array) -> Prediction:
        """Which digits images (n, pixels) show, and whether they show digits at all."""
        logits = self.logits(images)
        probabilities = softmax(logits[:, :CLASSES] / logits.dtype.type(self.temperature))
        if self.sizes[-1] <= CLASSES:
            return Prediction(probabilities, None)
        logits[:, NON_DIGIT] += self.caution
        return Prediction(probabilities, 1 - softmax(logits)[:, NON_DIGIT])

    def probabilities(self, images: Array) -> Array:
        """The probability of each digit, (n, 10), for images (n, pixels)."""
        return self.answers(images).probabilities

    def accuracy(self, images: Array, labels: Array) -> float:
        """The share of images (n, pixels) whose most probable digit is their label (n,)."""
        return float((self.logits(images)[:, :CLASSES].argmax(axis=1) == labels).mean())

    def _forward(self, x: Array) -> Array:
        for outputs in self.outputs(x):
            x = outputs
        return x

    def outputs(self, x: Array) -> Iterator[Array]:
        """Each layer's outputs (n, units) in turn for images (n, pixels) of floats 0..1; the last are the logits."""
        function = ACTIVATIONS[self.activation].function
        for index, layer in enumerate(self.layers):
            x = x @ layer.weights  # (n, outputs)
            if layer.scales is not None:
                mean, variance = self.statistics_of(index)
                x -= mean
                x *= layer.scales / np.sqrt(variance + BATCH_NORM_EPSILON)
            x += layer.biases
            if index < len(self.layers) - 1:
                function(x, x)
            yield x

    def statistics_of(self, index: int) -> Array:
        """Views (2, outputs): the running mean and variance of one hidden layer's sums."""
        start = sum(self.sizes[1 : index + 1])
        return self.statistics[:, start : start + self.sizes[index + 1]]

    # -- Learning -----------------------------------------------------------------------------------------

    def loss_and_gradient(
        self,
        images: Array,
        labels: Array,
        trace: Workspace,
        *,
        smoothing: float = 0.0,
        masks: Sequence[Array] | None = None,
    ) -> float:
        """The mean loss of a batch; its gradient by every parameter is left in `trace.gradient`.

        Images (n, pixels) are floats 0..1 of the parameters' type, labels (n,) integers.
        """
        logits = self.forward(images, trace, masks)
        wanted = targets(labels, smoothing, classes=self.sizes[-1], dtype=self.parameters.dtype.type)
        self.backward(images, wanted, trace, masks)
        return cross_entropy(logits, labels, smoothing)

    def forward(self, images: Array, trace: Workspace, masks: Sequence[Array] | None = None) -> Array:
        """The logits, (n, classes), for images (n, pixels) of floats 0..1; the trace remembers the way to them.

        `masks`, one for each hidden layer (n, units), multiply the activations: that is dropout. The logits are the
        trace's own, until its next use; n is at most its rows.
        """
        n, last = len(images), len(self.layers) - 1
        function = ACTIVATIONS[self.activation].function
        x = images
        for index, layer in enumerate(self.layers):
            z = np.dot(x, layer.weights, out=trace.sums[index][:n])  # (n, outputs)
            if layer.scales is not None:
                z = self._normalize(index, z, layer.scales, trace)
            z += layer.biases
            if index < last:
                x = trace.outputs[index][:n]
                function(z, x)
                if masks is not None:
                    x = np.multiply(x, masks[index], out=trace.masked[index][:n])
        return z

    def backward(
        self,
        images: Array,
        targets: Array,
        trace: Workspace,
        masks: Sequence[Array] | None = None,
        *,
        into: Sequence[Layer] | None = None,
        scale: float = 1.0,
        keep: float = 0.0,
    ) -> None:
        """Leave the mean loss's gradient by every parameter in `trace.gradient`; `forward` comes before.

        Write x for a layer's inputs, z = x W + b for its sums and a = f(z) for its outputs. If the loss L changes
        by D = dL/dz when the sums change, the chain rule gives

            dL/dW = x^T D        dL/db = D summed over the batch        dL/dx = D W^T

        and the layer below, whose outputs are these inputs, continues with D = dL/dx * f'(z). For softmax and
        cross-entropy together, the first D, at the top, is just (probabilities - targets) / n.

        With `into`, layers of any vector, even of the parameters themselves, keep * into + scale * gradient is left
        there instead: the products add into it as they go, and the gradient itself never stands in memory.
        """
        n, last = len(images), len(self.layers) - 1
        derivative = ACTIVATIONS[self.activation].derivative
        outputs = trace.outputs if masks is None else trace.masked

        below = softmax(trace.sums[last][:n], out=trace.deltas[last][:n])  # (n, classes)
        below -= targets
        below *= 1 / n
        for index in range(last, -1, -1):
            delta, layer, gradient = below, self.layers[index], trace.gradients[index]
            np.add.reduce(delta, axis=0, out=gradient.biases)
            if layer.scales is not None:
                delta = self._normalize_backward(index, delta, layer.scales, trace, gradient)
            if index:
                below = np.dot(delta, layer.weights.T, out=trace.deltas[index - 1][:n])  # (n, inputs)
                if masks is not None:
                    below *= masks[index - 1]
                below *= derivative(trace.sums[index - 1][:n], trace.outputs[index - 1][:n])
            x = outputs[index - 1][:n] if index else images
            if into is None:
                np.dot(x.T, delta, out=gradient.weights)
            else:  # after the product above: these may be the very weights that it needs
                add_product(into[index].weights, x, delta, scale, keep)
                add_scaled(into[index].biases, gradient.biases, scale, keep)

    def _normalize(self, index: int, z: Array, scales: Array, trace: Workspace) -> Array:
        """Batch normalization (Ioffe and Szegedy 2015), in place: z = scale * (z - mean) / deviation.

        Mean and deviation are the batch's own; the running statistics, which reading uses, follow them.
        """
        mean, variance = z.mean(axis=0), z.var(axis=0)  # (outputs,)
        running = self.statistics_of(index)
        running += BATCH_NORM_MOMENTUM * (np.stack((mean, variance)) - running)
        trace.deviations[index] = np.sqrt(variance + BATCH_NORM_EPSILON)
        normalized = trace.normalized[index][: len(z)]
        np.subtract(z, mean, out=normalized)
        normalized /= trace.deviations[index]
        return np.multiply(normalized, scales, out=z)

    def _normalize_backward(self, index: int, delta: Array, scales: Array, trace: Workspace, gradient: Layer) -> Array:
        """dL/dz before normalization from dL/dz after it; the scales' gradient is left in `gradient`.

        With u = (z - mean) / deviation and g = dL/du = scale * D, mean and deviation depend on z too, and what
        remains of the chain rule is dL/dz = (g - mean(g) - u * mean(g * u)) / deviation.
        """
        normalized = trace.normalized[index][: len(delta)]
        assert gradient.scales is not None
        np.sum(delta * normalized, axis=0, out=gradient.scales)
        delta *= scales
        correction = normalized * (delta * normalized).mean(axis=0)
        delta -= delta.mean(axis=0)
        delta -= correction
        delta /= trace.deviations[index]
        return delta


class Workspace:
    """What a training step remembers of the forward pass, and the gradient that it leaves behind.

    The arrays are made once for batches of up to `rows` images, and used again at every step.
    """

    def __init__(self, network: Network, rows: int) -> None:
        def arrays(sizes: Sequence[int]) -> list[Array]:
            return [np.empty((rows, size), network.parameters.dtype) for size in sizes]

        hidden = network.sizes[1:-1]
        self.rows = rows
        self.gradient: Array = np.zeros_like(network.parameters)
        self.gradients = network.views(self.gradient)
        self.sums = arrays(network.sizes[1:])
        self.outputs = arrays(hidden)
        self.masked = arrays(hidden)
        self.deltas = arrays(network.sizes[1:])
        self.normalized = arrays(hidden) if network.batch_normalization else []
        self.deviations: list[Array] = [np.empty(0)] * len(hidden)


def as_inputs(images: Array, dtype: Any = np.float32, out: Array | None = None) -> Array:
    """Images as the network takes them: uint8 0..255 become floats 0..1; floats only change their type."""
    if images.dtype == np.uint8:
        inputs = np.empty(images.shape, dtype) if out is None else out
        np.copyto(inputs, images)
        inputs *= inputs.dtype.type(1 / 255)
        return inputs
    return images.astype(dtype, copy=False)


def dropout_masks(network: Network, rows: int, rate: float, rng: np.random.Generator) -> list[Array]:
    """A mask (rows, units) for each hidden layer: 0 with probability `rate`, else 1 / (1 - rate).

    The survivors grow by as much as is lost on average, so that reading needs no change (Srivastava et al. 2014).
    """
    kept = network.parameters.dtype.type(1 / (1 - rate))
    return [(rng.random((rows, size), dtype=np.float32) >= rate) * kept for size in network.sizes[1:-1]]
