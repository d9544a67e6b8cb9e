"""Reading takes whatever holds digits, a picture, drawings or a table, and says which digits they are, and how surely.

All of it goes through the same last steps as MNIST did, so that the network sees what it was trained on.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import files, ink, picture
from model.network import Network

Pixels = NDArray[np.uint8]

TABLE_ENDINGS = (".csv", "ubyte", ".npz", ".idx")


@dataclass(frozen=True, eq=False)
class Reading:
    """A network's answer to one image; nothing drawn has no answer, never a digit."""

    probabilities: NDArray[np.float32] | None  # (10,), None where nothing was drawn
    label: str | None = None  # what it is said to be

    @property
    def digit(self) -> int | None:
        return None if self.probabilities is None else int(self.probabilities.argmax())

    @property
    def probability(self) -> float | None:
        return None if self.probabilities is None else float(self.probabilities.max())

    @property
    def is_labelled(self) -> bool:
        """Whether the label is a digit, so that the answer can be right or wrong."""
        return self.label is not None and len(self.label) == 1 and self.label in "0123456789"

    @property
    def is_right(self) -> bool:
        return self.is_labelled and self.label == str(self.digit)

    def __str__(self) -> str:
        answer = "nothing drawn" if self.digit is None else f"{self.digit}  {self.probability:.1%}"
        return answer if self.label is None else f"{answer}  (labelled {self.label})"

    def as_dict(self) -> dict[str, Any]:
        return {"label": self.label, "digit": self.digit, "probability": self.probability}


def read_drawing(network: Network, drawing: ink.Drawing) -> Reading:
    """The answer to one drawing."""
    return next(_read(network, [(drawing.label, _rendered(drawing))]))


def read_files(network: Network, path: Path) -> list[Reading]:
    """The answers to all that a file holds: a picture, drawings as JSON lines, or a table of images.

    Raises:
        ValueError: it is none of these, or damaged.
        OSError: it can't be read.
    """
    return list(_read(network, _images(path)))


def _images(path: Path) -> list[tuple[str | None, Pixels | None]]:
    """Labels, where there are any, and images (28, 28), None where nothing was drawn."""
    if not path.is_file():
        raise ValueError(f"expected a file to read; {path} is {'a folder' if path.is_dir() else 'not there'}")
    name = path.name.removesuffix(".gz")
    if name.endswith(TABLE_ENDINGS):
        contents = files.read_images(path)
        labels = [None] * len(contents.images) if contents.labels is None else map(str, contents.labels)
        images = (image if image.any() else None for image in contents.images.reshape(-1, 28, 28))
        return list(zip(labels, images, strict=True))
    try:
        if _is_ink(path, name):
            return [(drawing.label, _rendered(drawing)) for drawing in ink.read_ink(path)]
        return [(None, picture.read_picture(path))]
    except ink.BlankDrawing:
        return [(None, None)]
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _is_ink(path: Path, name: str) -> bool:
    """Drawings are JSON lines: known by the file's ending, or by the brace that each line begins with."""
    if name.endswith((".jsonl", ".json", ".ndjson")):
        return True
    with path.open("rb") as file:
        start = file.read(64)
    if start[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path) as unpacked:
                start = unpacked.read(64)
        except (OSError, EOFError):
            return False
    return start.lstrip().startswith(b"{")


def _rendered(drawing: ink.Drawing) -> Pixels | None:
    try:
        return ink.render(drawing)
    except ink.BlankDrawing:
        return None


def _read(network: Network, images: list[tuple[str | None, Pixels | None]]) -> Iterator[Reading]:
    drawn = [image.reshape(-1) for _, image in images if image is not None]
    probabilities = iter(network.probabilities(np.stack(drawn)) if drawn else ())
    for label, image in images:
        yield Reading(None if image is None else next(probabilities), label)
