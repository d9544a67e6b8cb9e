"""A multilayer perceptron (MLP), its forward pass, and the gradient of its loss by backpropagation.

Each layer multiplies its inputs by weights, adds biases, and applies an activation function. The loss says how wrong
the resulting probabilities are; its gradient, computed from the last layer back to the first, says how each
parameter would change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from model.common.arrays import Array
from model.nn import batch_norm
from model.nn.activations import ACTIVATIONS
from model.nn.blas import add_product, add_scaled
from model.nn.distillation import SoftTargets, add_soft_gradient, distillation_losses
from model.nn.initializers import INITIALIZERS
from model.nn.layer import Layer, layer_views
from model.nn.losses import softmax, target_probabilities
from model.nn.workspace import Workspace

INFERENCE_BATCH_SIZE = 1024  # rows computed at a time: bounds the memory, does not change the result


class MLP:
    """A multilayer perceptron whose parameters are one vector: `MLP((784, 128, 10), "relu")`.

    All parameters are zero at first, gamma one: see `initialize`.

    Attributes:
        sizes: The number of inputs, of each hidden layer's units, and of outputs.
        activation: The name of the hidden layers' activation function, a key of `ACTIVATIONS`.
        batch_normalization: Whether the hidden layers' pre-activations are normalized.
        parameters: All layers' weights, then all biases, then gamma of batch normalization; `layers` are views into it.
        num_weights: How many of the parameters are weights; they stand first.
        running_statistics: (2, units), the running mean and variance of all normalized units. They are measured, not
            learned, and so not among the parameters.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "relu",
        *,
        batch_normalization: bool = False,
        dtype: type[np.floating[Any]] = np.float32,
    ) -> None:
        """Make a network of the given sizes.

        Raises:
            ValueError: The sizes are fewer than two or below 1, or the activation is unknown.
        """
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes must be at least two numbers of 1 or more; got {tuple(sizes)}")
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {activation!r}")
        self.sizes = tuple(int(size) for size in sizes)
        self.activation = activation
        self.batch_normalization = batch_normalization and len(sizes) > 2  # the last layer is never normalized
        units = sum(self.sizes[1:-1]) if self.batch_normalization else 0
        self.num_weights = sum(inputs * outputs for inputs, outputs in self.shapes)
        self.parameters: Array = np.zeros(self.num_weights + sum(self.sizes[1:]) + units, dtype)
        self.layers = self.views(self.parameters)
        self.running_statistics: Array = np.zeros((2, units), dtype)
        self.running_statistics[1] = 1
        for layer in self.layers:
            if layer.gamma is not None:
                layer.gamma[:] = 1

    def __repr__(self) -> str:
        normalized = ", batch normalization" if self.batch_normalization else ""
        shape = "-".join(map(str, self.sizes))
        return f"MLP {shape} {self.activation}{normalized}, {self.parameters.size:,} parameters"

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """(inputs, outputs) of each layer."""
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @property
    def running_mean(self) -> Array:
        """A view of the normalized units' running means, (units,)."""
        return self.running_statistics[0]

    @property
    def running_var(self) -> Array:
        """A view of the normalized units' running variances, (units,)."""
        return self.running_statistics[1]

    def running_statistics_of(self, index: int) -> Array:
        """Return a view, (2, units), of one hidden layer's running mean and variance."""
        start = sum(self.sizes[1 : index + 1])
        return self.running_statistics[:, start : start + self.sizes[index + 1]]

    def views(self, vector: Array) -> list[Layer]:
        """Return the layers of a vector laid out like `parameters`: a gradient, an update, a snapshot."""
        return layer_views(vector, self.shapes, batch_normalization=self.batch_normalization)

    def copy(self, dtype: type[np.floating[Any]] | None = None) -> MLP:
        """Return an independent network with the same values, of another floating-point type if one is given."""
        dtype = dtype or self.parameters.dtype.type
        twin = MLP(self.sizes, self.activation, batch_normalization=self.batch_normalization, dtype=dtype)
        twin.copy_from(self)
        return twin

    def copy_from(self, other: MLP) -> None:
        """Take over all values of a network of the same shape."""
        self.parameters[:] = other.parameters
        self.running_statistics[:] = other.running_statistics

    def initialize(self, method: str, rng: np.random.Generator, std: float = 0.01) -> MLP:
        """Draw the weights from a normal distribution, and set biases to 0 and gamma to 1.

        Args:
            method: What sets the distribution's standard deviation, a key of `INITIALIZERS`.
            rng: The source of random numbers.
            std: The standard deviation itself, for the method "normal".

        Returns:
            The network itself.

        Raises:
            ValueError: The method is unknown.
        """
        if method not in INITIALIZERS:
            raise ValueError(f"initialization must be one of {', '.join(INITIALIZERS)}; got {method!r}")
        for layer in self.layers:
            inputs, outputs = layer.weights.shape
            width = INITIALIZERS[method](inputs, outputs, std)
            layer.weights[:] = width * rng.standard_normal((inputs, outputs), dtype=np.float32)
            layer.biases[:] = 0
            if layer.gamma is not None:
                layer.gamma[:] = 1
        return self

    # -- Inference ----------------------------------------------------------------------------------------

    def logits(self, images: Array) -> Array:
        """Compute the last layer's outputs, (n, outputs).

        Args:
            images: (n, inputs), uint8 0..255 or floats 0..1.

        Raises:
            ValueError: The images have another shape.
        """
        if images.ndim != 2 or images.shape[1] != self.sizes[0]:
            raise ValueError(f"images must have the shape (n, {self.sizes[0]}); got {images.shape}")
        logits = np.empty((len(images), self.sizes[-1]), self.parameters.dtype)
        for start in range(0, len(images), INFERENCE_BATCH_SIZE):
            rows = slice(start, start + INFERENCE_BATCH_SIZE)
            x = as_inputs(images[rows], self.parameters.dtype)
            for activations in self.activations(x):
                x = activations  # only the last layer's are kept
            logits[rows] = x
        return logits

    def activations(self, x: Array) -> Iterator[Array]:
        """Yield each layer's activations (n, units) in turn, for inputs (n, inputs); the last are the logits."""
        function = ACTIVATIONS[self.activation].function
        for index, layer in enumerate(self.layers):
            x = x @ layer.weights  # (n, outputs)
            if layer.gamma is not None:
                batch_norm.normalize_by_running(x, layer.gamma, self.running_statistics_of(index))
            x += layer.biases
            if index < len(self.layers) - 1:
                function(x, x)
            yield x

    # -- Training -----------------------------------------------------------------------------------------

    def loss_and_gradient(
        self,
        images: Array,
        labels: Array,
        workspace: Workspace,
        *,
        smoothing: float = 0.0,
        masks: Sequence[Array] | None = None,
        soft: SoftTargets | None = None,
    ) -> float:
        """Compute a batch's mean loss, and leave its gradient in `workspace.gradient`.

        Args:
            images: (n, inputs), floats 0..1 of the parameters' type.
            labels: (n,), integers.
            workspace: Of this network, with n rows or more.
            smoothing: Label smoothing, 0..1, see `target_probabilities`.
            masks: Dropout masks, see `model.nn.dropout`.
            soft: What a teacher says of the images, see `distillation_losses`.
        """
        logits = self.forward(images, workspace, masks)
        targets = target_probabilities(labels, self.sizes[-1], smoothing, dtype=self.parameters.dtype.type)
        self.backward(images, targets, workspace, masks, soft)
        return float(distillation_losses(logits, labels, smoothing, soft).mean())

    def forward(self, images: Array, workspace: Workspace, masks: Sequence[Array] | None = None) -> Array:
        """Compute the logits, (n, outputs), and keep in the workspace what `backward` needs.

        Args:
            images: (n, inputs), floats 0..1.
            workspace: Of this network, with n rows or more. The logits are its own, until its next use.
            masks: One for each hidden layer, (n, units), that multiplies its activations: dropout.
        """
        n, last = len(images), len(self.layers) - 1
        function = ACTIVATIONS[self.activation].function
        x = images
        for index, layer in enumerate(self.layers):
            z = np.dot(x, layer.weights, out=workspace.pre_activations[index][:n])  # (n, outputs)
            if layer.gamma is not None:
                running, normalized = self.running_statistics_of(index), workspace.normalized[index][:n]
                workspace.std[index] = batch_norm.normalize(z, layer.gamma, running, normalized)
            z += layer.biases
            if index < last:
                x = workspace.activations[index][:n]
                function(z, x)
                if masks is not None:
                    x = np.multiply(x, masks[index], out=workspace.masked[index][:n])
        return z

    def backward(
        self,
        images: Array,
        targets: Array,
        workspace: Workspace,
        masks: Sequence[Array] | None = None,
        soft: SoftTargets | None = None,
        *,
        into: Sequence[Layer] | None = None,
        alpha: float = 1.0,
        beta: float = 0.0,
    ) -> None:
        """Leave the gradient of the batch's mean loss in `workspace.gradient`; `forward` comes before.

        Write x for a layer's inputs, z = x W + b for its pre-activations and a = f(z) for its activations. If the
        loss L changes by D = dL/dz when the pre-activations change, the chain rule gives

            dL/dW = x^T D        dL/db = D summed over the batch        dL/dx = D W^T

        and the layer below, whose activations are these inputs, continues with D = dL/dx * f'(z). For softmax and
        cross-entropy together, the first D, at the last layer, is just (probabilities - targets) / n.

        Args:
            images: What `forward` got, (n, inputs).
            targets: The probabilities to learn, (n, outputs).
            workspace: What `forward` left.
            masks: The dropout masks that `forward` got.
            soft: What a teacher says of the images, if it has a part in the loss.
            into: Layers of any vector, even of the parameters themselves, that become beta * into + alpha * gradient.
                The products then add into them, and the weights' gradient is never written to memory.
            alpha: The gradient's factor, with `into`.
            beta: The factor of what `into` holds.
        """
        n, last = len(images), len(self.layers) - 1
        derivative = ACTIVATIONS[self.activation].derivative
        inputs = workspace.activations if masks is None else workspace.masked

        below = softmax(workspace.pre_activations[last][:n], out=workspace.deltas[last][:n])  # (n, outputs)
        below -= targets
        if soft is not None:
            add_soft_gradient(below, workspace.pre_activations[last][:n], soft)
        below *= 1 / n
        for index in range(last, -1, -1):
            delta, layer, gradient = below, self.layers[index], workspace.gradients[index]
            np.add.reduce(delta, axis=0, out=gradient.biases)
            if layer.gamma is not None:
                assert gradient.gamma is not None
                normalized, std = workspace.normalized[index][:n], workspace.std[index]
                batch_norm.normalize_backward(delta, layer.gamma, gradient.gamma, normalized, std)
            if index:
                below = np.dot(delta, layer.weights.T, out=workspace.deltas[index - 1][:n])  # (n, inputs)
                if masks is not None:
                    below *= masks[index - 1]
                below *= derivative(workspace.pre_activations[index - 1][:n], workspace.activations[index - 1][:n])
            x = inputs[index - 1][:n] if index else images
            if into is None:
                np.dot(x.T, delta, out=gradient.weights)
            else:  # after the product above: these may be the very weights that it needs
                add_product(into[index].weights, x, delta, alpha, beta)
                add_scaled(into[index].biases, gradient.biases, alpha, beta)


def as_inputs(images: Array, dtype: Any = np.float32, out: Array | None = None) -> Array:
    """Return images as the network takes them: uint8 0..255 become floats 0..1; floats only change their type."""
    if images.dtype == np.uint8:
        inputs = np.empty(images.shape, dtype) if out is None else out
        np.copyto(inputs, images)
        inputs *= inputs.dtype.type(1 / 255)
        return inputs
    return images.astype(dtype, copy=False)
