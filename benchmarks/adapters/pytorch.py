"""PyTorch trains eagerly: each operation is called from Python, and autograd retraces them for the gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.adapters import adapter
from benchmarks.workloads import BETA2, EPSILON, MOMENTUM, Workload
from model.common.arrays import F32, U8
from model.common.constants import CLASSES
from model.training import checkpoint

ACTIVATIONS = {"relu": nn.ReLU, "gelu": partial(nn.GELU, approximate="tanh")}


class PyTorch(adapter.Adapter):
    """With the implementation of the optimizer that PyTorch takes unless told otherwise."""

    fused: bool | None = None

    def prepare(self, workload: Workload, folder: Path) -> None:
        torch.manual_seed(workload.seed)
        self.folder = folder
        self.images, self.labels = self._load(folder)
        self.batch_size = workload.batch_size
        self.network = perceptron(workload.sizes)
        for layer in self.network[::2]:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = self._optimizer(workload)

    def _load(self, folder: Path) -> tuple[Any, Any]:
        images, labels = adapter.load_floats(folder)
        return torch.from_numpy(images), torch.from_numpy(labels)

    def _optimizer(self, workload: Workload) -> Any:
        parameters, rate = self.network.parameters(), workload.learning_rate
        if workload.optimizer == "adam":
            betas = (MOMENTUM, BETA2)
            return torch.optim.Adam(parameters, lr=rate, betas=betas, eps=EPSILON, fused=self.fused)
        momentum = MOMENTUM if workload.optimizer == "momentum" else 0
        return torch.optim.SGD(parameters, lr=rate, momentum=momentum, fused=self.fused)

    def use_threads(self, count: int) -> None:
        torch.set_num_threads(count)

    def epoch(self) -> float:
        total = 0.0
        for rows in torch.randperm(len(self.labels)).split(self.batch_size):
            total += self._step(rows) * len(rows)
        return total / len(self.labels)

    def quarters(self) -> Iterator[None]:
        steps = max(1, len(self.labels) // self.batch_size // 4)
        while True:
            for step, rows in enumerate(torch.randperm(len(self.labels)).split(self.batch_size), 1):
                self._step(rows)
                if step % steps == 0:
                    yield

    def accuracy(self) -> float:
        images, labels = self.test
        with torch.inference_mode():
            return float((self.network(images).argmax(dim=1) == labels).float().mean())

    @cached_property
    def test(self) -> tuple[Any, Any]:
        images, labels = adapter.load_floats(self.folder, "test_")
        return torch.from_numpy(images), torch.from_numpy(labels)

    def _batch(self, rows: Any) -> Any:
        return self.images[rows]  # (batch, 784)

    def _step(self, rows: Any) -> float:
        loss = self.criterion(self.network(self._batch(rows)), self.labels[rows])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return float(loss.item())


class FusedPyTorch(PyTorch):
    """With the optimizer's rule as one operation over each parameter tensor."""

    fused = True


class PyTorchFromBytes(FusedPyTorch):
    """With the images kept as bytes and made floats batch by batch, which takes less memory."""

    def _load(self, folder: Path) -> tuple[Any, Any]:
        images, labels = np.load(folder / "images.npy"), np.load(folder / "labels.npy")
        return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))

    def _batch(self, rows: Any) -> Any:
        return self.images[rows].float().div_(255)


class Reader(adapter.Reader):
    """The same weights in a module of PyTorch's."""

    def prepare(self, weights: Path, folder: Path) -> None:
        trained = checkpoint.load(weights).network
        activation = ACTIVATIONS.get(trained.mlp.activation)
        if activation is None or trained.mlp.batch_normalization:
            known = " or ".join(ACTIVATIONS)
            raise ValueError(f"{weights.name} must be a plain network of {known} to be read here; got {trained.mlp!r}")
        self.network, self.temperature = perceptron(trained.mlp.sizes, activation), trained.temperature
        with torch.no_grad():
            for module, layer in zip(self.network[::2], trained.mlp.layers, strict=True):
                module.weight.copy_(torch.from_numpy(layer.weights.T.copy()))
                module.bias.copy_(torch.from_numpy(layer.biases.copy()))
        self.images = np.load(folder / "test_images.npy")

    def use_threads(self, count: int) -> None:
        torch.set_num_threads(count)

    def probabilities(self, image: U8) -> F32:
        with torch.inference_mode():
            logits = self.network(torch.from_numpy(image).float() / 255)[:, :CLASSES] / self.temperature
            probabilities: F32 = torch.softmax(logits, dim=1).numpy()
        return probabilities


def perceptron(sizes: Sequence[int], activation: Callable[[], nn.Module] = nn.ReLU) -> Any:
    """Linear layers of these sizes with an activation between them."""
    modules: list[Any] = []
    for inputs, outputs in pairwise(sizes):
        modules += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*modules[:-1])
