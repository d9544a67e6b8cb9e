"""A workload is what every library trains alike: a network's shape, the size of its batches, and the optimizer.

From ten hidden units to eight hundred the cost moves from calling many small operations to multiplying large matrices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LEARNING_RATES = {"sgd": 0.1, "momentum": 0.01, "adam": 0.001}
MOMENTUM = 0.9
BETA2, EPSILON = 0.999, 1e-8  # Adam's, the same in every library here
PIXELS, CLASSES = 784, 10
IMAGES = 60_000  # in an epoch, as many as MNIST has to train on


@dataclass(frozen=True)
class Workload:
    """A network of ReLU layers, trained by softmax and cross-entropy from He's initial weights (drawn by the seed)."""

    hidden_sizes: tuple[int, ...]
    batch_size: int
    optimizer: str
    seed: int = 0

    @property
    def sizes(self) -> tuple[int, ...]:
        """The network's layers, from the image's pixels to the digits."""
        return (PIXELS, *self.hidden_sizes, CLASSES)

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """(inputs, outputs) of each layer."""
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @property
    def learning_rate(self) -> float:
        return LEARNING_RATES[self.optimizer]

    @property
    def network(self) -> str:
        return "-".join(map(str, self.sizes))

    @property
    def name(self) -> str:
        """What `--only` looks at: 784-64-64-10 batch 64 adam."""
        return f"{self.network} batch {self.batch_size} {self.optimizer}"


NETWORKS = (
    ((10,), 32),
    ((64, 64), 64),
    ((128,), 64),
    ((512, 256), 128),
    ((800,), 128),
    ((512, 256), 1000),
)  # hidden sizes, batch size

WORKLOADS = tuple(Workload(hidden, batch, optimizer) for hidden, batch in NETWORKS for optimizer in LEARNING_RATES)


def chosen(names: Sequence[str], pattern: str) -> list[str]:
    """The names in which a regular expression is found, whatever its case; an empty one is found in all.

    Raises:
        ValueError: no regular expression, or one that is found in none.
    """
    try:
        found = [name for name in names if re.search(pattern, name, re.IGNORECASE)]
    except re.error as error:
        raise ValueError(f"--only must be a regular expression; got {pattern!r} ({error})") from None
    if not found:
        raise ValueError(f"--only must be found in one of: {', '.join(names)}; got {pattern!r}")
    return found
