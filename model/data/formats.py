"""Reading files of digits: CSV tables, MNIST's IDX files, NumPy archives, and ink.

Files are not trusted: a header is checked before memory is allocated for it, gzip and zip are not unpacked beyond what
it promises, and an error message names the byte or the line.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from model import ink
from model.common.arrays import U8, Array
from model.common.constants import CLASSES, IMAGE_SIDE, PIXELS
from model.data.byte_reader import FORMATS, ByteReader
from model.data.npz import NpzReader, open_npz

MAX_IMAGES = 1_000_000
MAX_DRAWINGS, MAX_POINTS = 100_000, 5_000_000  # of a file of ink: MNIST has 70,000 images

_KINDS = {0x0803: "IDX images", 0x0801: "IDX labels"}  # 08: unsigned bytes; then the number of dimensions


def _no_images() -> U8:
    return np.empty((0, PIXELS), np.uint8)


def _no_labels() -> U8:
    return np.empty(0, np.uint8)


@dataclass(frozen=True, eq=False)
class Contents:
    """A file's images, its labels if it has any, and its test part if it has one."""

    images: U8  # (n, 784)
    labels: U8 | None = None  # (n,)
    test_images: U8 = field(default_factory=_no_images)
    test_labels: U8 = field(default_factory=_no_labels)


def read_images(source: Path | bytes, name: str | None = None) -> Contents:
    """Read a file of digits; its format is recognized by its content.

    It may be a CSV table (one image per line: 784 pixels, or a label and 784 pixels, with or without a header), IDX
    images or drawings as JSON lines, all gzipped or not, or Keras's mnist.npz. Drawings are rendered as MNIST images;
    drawings that are blank or labeled as a non-digit are left out.

    Raises:
        ValueError: the file is anything else; the message names the byte or the line.
    """
    with ByteReader(source, name) as opened:
        start = opened.read(4)
        if not start:
            raise ValueError(f"{opened.name}: expected {FORMATS}; got an empty file, gzipped")
        if start == b"PK\x03\x04":
            return _read_archive(source, opened.name)
        if start.lstrip()[:1] == b"{":
            return _read_ink(source, opened.name)
        if start[:2] == b"\0\0" or "ubyte" in opened.name:
            return Contents(_read_idx(opened, start, (IMAGE_SIDE, IMAGE_SIDE)))
        from model.data import csv_table  # brings pandas, half a second that a worker can save

        images, labels = csv_table.read_csv(opened, bytes(start))
        return Contents(images, labels)


def read_idx_images(source: Path | bytes, name: str | None = None) -> U8:
    """Read an IDX file of 28x28 images, gzipped or not: (n, 784).

    LeCun, Cortes and Burges describe the format on the page that published MNIST (1998).

    Raises:
        ValueError: the file is anything else; the message names the byte.
    """
    with ByteReader(source, name) as opened:
        return _read_idx(opened, opened.read(4), (IMAGE_SIDE, IMAGE_SIDE))


def read_idx_labels(source: Path | bytes, name: str | None = None) -> U8:
    """Read an IDX file of labels 0 to 9, gzipped or not: (n,).

    Raises:
        ValueError: the file is anything else; the message names the byte.
    """
    with ByteReader(source, name) as opened:
        labels = _read_idx(opened, opened.read(4), ())
        wrong = np.flatnonzero(labels >= CLASSES)
        if len(wrong):
            byte = 8 + int(wrong[0])
            raise ValueError(f"{opened.name}: labels must be 0 to 9; got {labels[wrong[0]]} at byte {byte:,}")
        return labels


def _read_idx(source: ByteReader, start: bytearray, item_shape: tuple[int, ...]) -> U8:
    """Read the items after an IDX header: images (n, 784) or labels (n,); `start` is the magic number."""
    expected = 0x0801 + len(item_shape)
    magic = int.from_bytes(start, "big")
    if magic != expected or len(start) < 4:
        got = f"{magic} ({_KINDS.get(magic, 'unknown')})" if len(start) == 4 else f"only {len(start)} bytes"
        raise ValueError(f"{source.name}: expected magic number {expected} ({_KINDS[expected]}) at byte 0; got {got}")
    numbers = 1 + len(item_shape)
    header = source.read(4 * numbers)
    if len(header) < 4 * numbers:
        raise ValueError(
            f"{source.name}: expected a header of {4 + 4 * numbers} bytes; the file ends at byte {source.position}"
        )
    count, *shape = struct.unpack(f">{numbers}I", header)
    if tuple(shape) != item_shape:
        raise ValueError(f"{source.name}: expected images of 28x28 pixels (bytes 8 to 15); got {shape[0]}x{shape[1]}")
    if not 1 <= count <= MAX_IMAGES:
        raise ValueError(f"{source.name}: expected a count from 1 to {MAX_IMAGES:,} at byte 4; got {count:,}")
    promised = count * math.prod(item_shape)
    end = source.position + promised
    # One byte more than promised: it reveals a file that goes on, and makes gzip compare its checksum.
    data = source.read(promised + 1)
    if len(data) != promised:
        got = f"it ends at byte {source.position:,}" if len(data) < promised else f"it goes on after byte {end:,}"
        raise ValueError(f"{source.name}: expected {end:,} bytes, as its header promises {count:,} items; {got}")
    return np.frombuffer(data, np.uint8).reshape(count, *([-1] if item_shape else []))


def _read_ink(source: Path | bytes, name: str) -> Contents:
    try:
        drawings = [drawing for drawing in _bounded(ink.read_ink(source)) if drawing.strokes]
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if any(drawing.label for drawing in drawings):
        drawings = [drawing for drawing in drawings if drawing.is_digit]
        labels = np.array([int(drawing.label or 0) for drawing in drawings], np.uint8)
    else:
        labels = None
    if not drawings:
        raise ValueError(f"{name}: expected drawings labeled 0 to 9; got none")
    return Contents(np.stack([ink.render(drawing).reshape(-1) for drawing in drawings]), labels)


def _bounded(drawings: Iterator[ink.Drawing]) -> Iterator[ink.Drawing]:
    """Pass on drawings, up to a number: rendering takes a third of a millisecond for each, and longer for long ones."""
    points = 0
    for number, drawing in enumerate(drawings, 1):
        points += sum(map(len, drawing.strokes))
        if number > MAX_DRAWINGS:
            raise ValueError(f"drawings must be at most {MAX_DRAWINGS:,}; got more: split the file")
        if points > MAX_POINTS:
            raise ValueError(f"drawings must have at most {MAX_POINTS:,} points in all; got more: split the file")
        yield drawing


def _read_archive(source: Path | bytes, name: str) -> Contents:
    """Read the four arrays of Keras's mnist.npz."""
    with open_npz(source, name) as archive:
        missing = [key for key in ("x_train", "y_train", "x_test", "y_test") if key not in archive.keys]
        if missing:
            held = ", ".join(archive.keys[:8]) or "nothing"
            raise ValueError(
                f"{name}: expected arrays x_train, y_train, x_test, y_test; got {held}; missing {', '.join(missing)}"
            )
        return Contents(*_read_part(archive, "train"), *_read_part(archive, "test"))


def _read_part(archive: NpzReader, part: str) -> tuple[U8, U8]:
    """Read images (n, 784) and labels (n,) of the archive's "train" or "test" part."""
    name = archive.name
    images = _read_array(archive, f"x_{part}")
    labels = _read_array(archive, f"y_{part}")
    if len(labels) != len(images):
        raise ValueError(f"{name}: x_{part} and y_{part} must be equally long; got {len(images)} and {len(labels)}")
    wrong = np.flatnonzero((labels < 0) | (labels >= CLASSES))
    if len(wrong):
        raise ValueError(f"{name}: labels must be 0 to 9; got {labels[wrong[0]]} at y_{part}[{wrong[0]}]")
    return images.reshape(len(images), PIXELS), labels.astype(np.uint8)


def _read_array(archive: NpzReader, key: str) -> Array:
    """Read images (x_...) or labels (y_...); type and shape are checked before the values are read."""
    name, is_images = archive.name, key.startswith("x")
    shape, dtype = archive.header(key)
    if is_images and dtype != np.uint8:
        raise ValueError(f"{name}: {key} must be uint8, with ink from 0 to 255; got {dtype}")
    if dtype.kind not in "iu":
        raise ValueError(f"{name}: {key} must be whole numbers; got {dtype}")
    item_shapes = [(IMAGE_SIDE, IMAGE_SIDE), (PIXELS,)] if is_images else [()]
    if shape[1:] not in item_shapes or not shape or not 1 <= shape[0] <= MAX_IMAGES:
        wanted = " or ".join(str(("n", *item)).replace("'", "") for item in item_shapes)
        raise ValueError(f"{name}: {key} must have shape {wanted}, n from 1 to {MAX_IMAGES:,}; got {shape}")
    return archive.read(key)
