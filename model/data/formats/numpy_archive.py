"""Reading NumPy archives of images and labels: Keras's mnist.npz, and others by their arrays' names and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.common.arrays import U8
from model.common.constants import CLASSES
from model.data.formats.contents import MAX_IMAGES, Contents
from model.data.formats.labels import as_labels, fits_labels
from model.data.formats.pixels import as_images, fits_images, normalized
from model.data.npz import NpzReader, open_npz
from model.data.part_names import Part, part_of

_IMAGE_NAMES, _LABEL_NAMES = ("x", "image", "images", "data", "features", "pixels"), ("y", "label", "labels", "target")


@dataclass(frozen=True)
class ArrayHeader:
    """What an archive says of one of its arrays."""

    key: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def part(self) -> Part:
        """The part of a data set that its name says it is of."""
        return part_of(self.key)

    @property
    def is_images(self) -> bool:
        """Whether it holds images, by its name or, failing that, its shape."""
        words = self._words()
        if words & set(_IMAGE_NAMES):
            return True
        return not words & set(_LABEL_NAMES) and fits_images(self.shape)

    @property
    def is_labels(self) -> bool:
        """Whether it holds labels, by its name or, failing that, its shape."""
        words = self._words()
        if words & set(_LABEL_NAMES):
            return True
        return not words & set(_IMAGE_NAMES) and not fits_images(self.shape) and fits_labels(self.shape)

    def _words(self) -> set[str]:
        text = self.key.lower().replace("-", "_")
        words = set(text.split("_")) | {text}
        # xtrain, Xtest, y_tr: the first letter tells
        return words | ({text[0]} if text[0] in "xy" and len(text) < 10 else set())


def read_archive(source: Path | bytes, name: str) -> Contents:
    """Read images and labels from an npz archive, a test part with them if there is one.

    Raises:
        ValueError: it is damaged, or holds no images.
    """
    with open_npz(source, name) as archive:
        arrays = [ArrayHeader(key, *archive.header(key)) for key in archive.keys[:50]]
        images = [array for array in arrays if array.is_images]
        labels = [array for array in arrays if array.is_labels]
        if not images or not labels:
            held = ", ".join(archive.keys[:8]) or "nothing"
            missing = ["x_train"] * (not images) + ["y_train"] * (not labels)
            raise ValueError(
                f"{name}: expected arrays x_train, y_train and, if there is one, a test part x_test, y_test;"
                f" got {held}; missing {', '.join(missing)}"
            )
        training, testing = _parts(images)
        digits_of = _find_labels(training, labels, images)
        if not digits_of:
            wanted = training.key.replace("x", "y").replace("X", "y").replace("images", "labels")
            held = ", ".join(other.key for other in labels)
            raise ValueError(f"{name}: expected labels for {training.key}; missing {wanted}; got {held}")
        pixels, digits, notes = _read_part(archive, training, digits_of)
        used = [training.key]
        test_pixels, test_digits = pixels[:0], digits[:0]
        if testing and (test_digits_of := _find_labels(testing, labels, images)):
            test_pixels, test_digits, more = _read_part(archive, testing, test_digits_of)
            notes += tuple(note for note in more if note not in notes)
            used.append(testing.key)
        rest = [array.key for array in images if array.key not in used]
        if rest:
            notes += (f"{name}: {', '.join(rest[:5])} was left out; {' and '.join(used)} was used.",)
    return Contents(pixels, digits, test_pixels, test_digits, notes)


def _parts(images: list[ArrayHeader]) -> tuple[ArrayHeader, ArrayHeader | None]:
    """Choose the arrays of images to train and to test on: by name, else in the order of the file."""
    by_part = {part: [array for array in images if array.part is part] for part in Part}
    first = (by_part[Part.TRAINING] or by_part[Part.UNKNOWN] or images)[0]
    tests = [array for array in by_part[Part.TEST] if array is not first]
    if tests:
        return first, tests[0]
    unnamed = [array for array in by_part[Part.UNKNOWN] if array is not first]
    return first, unnamed[0] if unnamed and first.part is Part.UNKNOWN else None


def _find_labels(array: ArrayHeader, labels: list[ArrayHeader], images: list[ArrayHeader]) -> ArrayHeader | None:
    """Find the labels of an array of images: of the same part and, if several are, of the same length and place."""
    same = [other for other in labels if other.part is array.part]
    place = [other for other in images if other.part is array.part].index(array)
    fitting = [other for other in same if other.shape[:1] == array.shape[:1]]
    if len(same) > 1 and len(fitting) == 1:
        return fitting[0]
    return same[place] if place < len(same) else None


def _read_part(archive: NpzReader, images: ArrayHeader, labels: ArrayHeader) -> tuple[U8, U8, tuple[str, ...]]:
    """Read images (n, 784) and labels (n,); types and shapes are checked before the values are read."""
    name = archive.name
    if images.dtype.kind not in "iufb":
        raise ValueError(f"{name}: {images.key} must be numbers, with ink from 0 to 255; got {images.dtype}")
    if not fits_images(images.shape) or not 1 <= images.shape[0] <= MAX_IMAGES:
        raise ValueError(
            f"{name}: {images.key} must have shape (n, 28, 28) or (n, 784), n from 1 to {MAX_IMAGES:,};"
            f" got {images.shape}"
        )
    if labels.dtype.kind not in "iufbUS" or labels.dtype.itemsize > 64:
        raise ValueError(f"{name}: {labels.key} must be whole numbers; got {labels.dtype}")
    if not fits_labels(labels.shape):
        raise ValueError(
            f"{name}: {labels.key} must have shape (n,), or (n, {CLASSES}) with a single 1 in each row;"
            f" got {labels.shape}"
        )
    values = as_images(archive.read(images.key), name)
    digits = as_labels(archive.read(labels.key), name, labels.key)
    if len(values) != len(digits):
        raise ValueError(
            f"{name}: {images.key} and {labels.key} must be equally long; got {len(values)} and {len(digits)}"
        )
    pixels, notes = normalized(values, name)
    return pixels, digits, notes
