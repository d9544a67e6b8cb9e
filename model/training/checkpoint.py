"""A checkpoint is a trained network in a file: its parameters, how they were trained, and how well they do.

The file is safetensors, or NumPy's npz. Since a file may come from anywhere, its size, names, shapes, types and
numbers are checked before a network is built from it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from model.common.arrays import Array
from model.common.atomic_file import atomic_write
from model.config import TrainingConfig
from model.data import Dataset, fingerprint
from model.nn.activations import ACTIVATIONS
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint_formats import READERS, SIZE_LIMIT, checked_kind
from model.training.history import Progress
from model.training.network_tensors import (
    check_shapes,
    check_values,
    shapes_of,
    sizes_of,
    tensors_of,
)

WEIGHTS = Path(__file__).parents[2] / "weights"
DEFAULT_WEIGHTS = WEIGHTS / "handwriting.safetensors"
FORMAT = "inkling-1"
ANCESTORS_DATA = "ancestors_trained_on"  # the score that names the data which teachers and the like learned from
TRAINED_ON = "trained_on_hashes"  # the score that holds a sample of the hashes of the training images
TEST_IMAGES_SEEN = "test_images_seen"  # the score that counts the test images that are training images too
MAX_TEXT = 1000  # characters of a score that is a text

Scores = dict[str, float | int | str | None]


@dataclass(frozen=True)
class Checkpoint:
    """A trained network, its settings and its scores.

    Attributes:
        network: The network.
        config: The settings of its training run; None if they are not known.
        scores: Plain values by name, such as test_accuracy and tested_on.
    """

    network: DigitClassifier
    config: TrainingConfig | None = None
    scores: Scores = field(default_factory=dict)

    @classmethod
    def of(cls, config: TrainingConfig, progress: Progress, dataset: Dataset, status: str) -> Checkpoint:
        """Make the checkpoint of a run that has ended, with its scores; the test part is used only here."""
        network, test = progress.network, None
        if len(dataset.test_labels):
            test = network.accuracy(dataset.test_images, dataset.test_labels)
        known = fingerprint.hashes(dataset.images)
        scores: Scores = {
            "validation_accuracy": progress.validation_accuracy,
            "test_accuracy": test,
            "tested_on": None if test is None else dataset.name,
            "epochs": progress.epoch,
            "seconds": round(progress.seconds, 3),
            "status": status,
            "threads": progress.threads or None,
            TRAINED_ON: fingerprint.sample_hashes(known),
        }
        if test is not None:
            scores[TEST_IMAGES_SEEN] = int(np.isin(fingerprint.hashes(dataset.test_images), known).sum())
        if progress.ancestors_data:
            scores[ANCESTORS_DATA] = ",".join(progress.ancestors_data)[:MAX_TEXT]
        return cls(network.copy(), config, scores)

    def to_bytes(self, kind: str = ".safetensors") -> bytes:
        """Return the file's content; `kind` is .safetensors or .npz."""
        tensors, metadata = tensors_of(self.network.mlp), self._metadata()
        if kind == ".safetensors":
            return safetensors.numpy.save(tensors, metadata)
        buffer = BytesIO()
        np.savez(buffer, allow_pickle=False, metadata=np.array(json.dumps(metadata)), **tensors)
        return buffer.getvalue()

    def save(self, path: Path) -> None:
        """Write the file, as its ending says (.safetensors or .npz).

        An old file is replaced only by a complete one that is on the disk, so that a power cut leaves one of the two.

        Raises:
            ValueError: The path has another ending.
            OSError: The file can't be written.
        """
        content = self.to_bytes(checked_kind(path))
        with atomic_write(path, durable=True) as file:
            file.write(content)

    def _metadata(self) -> dict[str, str]:
        metadata = {
            "format": FORMAT,
            "activation": self.network.mlp.activation,
            "temperature": repr(self.network.temperature),
            "caution": repr(self.network.reject_bias),
            "scores": json.dumps(self.scores),
        }
        if self.config:
            metadata["config"] = self.config.model_dump_json()
        return metadata


def load(source: Path | bytes, name: str = "") -> Checkpoint:
    """Load the checkpoint in a file, or in an uploaded file's bytes under its `name`.

    Raises:
        ValueError: The file is no checkpoint; one line says what was expected, what came and where.
        OSError: The file can't be read.
    """
    name = name or (source.name if isinstance(source, Path) else "the file")
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > SIZE_LIMIT:
        raise ValueError(f"{name}: a network's file has at most {SIZE_LIMIT // 2**20} MiB; got {size / 2**20:,.0f}")
    kind = checked_kind(Path(name))
    content = source.read_bytes() if isinstance(source, Path) else source
    tensors, metadata = READERS[kind](content, name)
    try:
        return _build(tensors, metadata)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _build(tensors: Mapping[str, Array], metadata: Any) -> Checkpoint:
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise ValueError(f"its metadata must say format {FORMAT}, as Inkling writes it")
    activation = metadata.get("activation")
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        got = repr(activation)[:60]
        raise ValueError(f"its metadata must name an activation of {', '.join(ACTIVATIONS)}; got {got}")
    config = TrainingConfig.of(_json(metadata, "config")) if "config" in metadata else None
    scores = {str(key): value for key, value in _json(metadata, "scores").items()} if "scores" in metadata else {}
    if len(scores) > 100 or not all(_is_plain(value) for value in scores.values()):
        raise ValueError("the scores in its metadata must be at most 100 numbers or short texts")

    sizes, normalized = sizes_of(tensors), "layers.0.scales" in tensors
    if config:
        made = (sizes, activation, normalized)
        described = (config.sizes, config.activation, config.batch_normalization and len(config.sizes) > 2)
        if made != described:
            raise ValueError(
                f"its tensors make a network of (sizes, activation, batch normalization) {made}, but its config "
                f"describes {described}"
            )
    check_shapes(tensors, shapes_of(sizes, normalized))
    check_values(tensors)
    network = DigitClassifier(MLP(sizes, activation, batch_normalization=normalized))
    network.temperature = _number(metadata, "temperature", 1.0, 0.01, 100)
    network.reject_bias = _number(metadata, "caution", 0.0, -100, 100)
    for key, target in tensors_of(network.mlp).items():
        target[...] = tensors[key]  # the target is a view into the network's parameters
    return Checkpoint(network, config, scores)


def _number(metadata: Mapping[str, Any], key: str, default: float, low: float, high: float) -> float:
    """A number in the metadata, as a text; files from before it was kept have the default."""
    try:
        number = float(metadata.get(key, default))
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not low <= number <= high:
        raise ValueError(f"its metadata's {key} must be a number from {low} to {high}; got {str(metadata[key])[:60]!r}")
    return number


def _json(metadata: Mapping[str, Any], key: str) -> dict[str, Any]:
    try:
        value = json.loads(metadata[key])
    except (TypeError, ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"its metadata's {key} must be a JSON object")
    return value


def _is_plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, int) or (isinstance(value, str) and len(value) <= MAX_TEXT)
