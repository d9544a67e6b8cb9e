"""Reading IDX files, MNIST's own form: a header with the type and the shape, and then the numbers.

LeCun, Cortes and Burges describe the format on the page that published MNIST (1998).
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np

from model.common.arrays import U8, Array
from model.common.constants import IMAGE_SIDE, PIXELS
from model.data.byte_reader import ByteReader
from model.data.formats.contents import MAX_IMAGES
from model.data.formats.labels import as_labels
from model.data.formats.pixels import as_images, fits_images, normalized

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
IMAGES, LABELS = 0x0803, 0x0801  # the magic numbers of MNIST's files: unsigned bytes, three dimensions or one
_KINDS = {IMAGES: "IDX images", LABELS: "IDX labels"}
_MAX_DIMENSIONS = 4


def read_idx_images(source: Path | bytes, name: str | None = None) -> U8:
    """Read an IDX file of 28x28 images, gzipped or not: (n, 784).

    Raises:
        ValueError: the file is anything else; the message names the byte.
    """
    with ByteReader(source, name) as opened:
        return read_opened_images(opened)[0]


def read_opened_images(opened: ByteReader) -> tuple[U8, tuple[str, ...]]:
    """Read the images of an IDX file that is open, and notes."""
    return normalized(as_images(_read(opened, IMAGES), opened.name), opened.name)


def read_idx_labels(source: Path | bytes, name: str | None = None) -> U8:
    """Read an IDX file of labels 0 to 9, gzipped or not: (n,). QMNIST's rows begin with the label.

    Raises:
        ValueError: the file is anything else; the message names the byte.
    """
    with ByteReader(source, name) as opened:
        values = _read(opened, LABELS)
        if values.dtype == np.uint8 and values.ndim == 1 and (wrong := np.flatnonzero(values > 9)).size:
            byte = 8 + int(wrong[0])
            raise ValueError(f"{opened.name}: labels must be 0 to 9; got {values[wrong[0]]} at byte {byte:,}")
        return as_labels(values, opened.name)


def dimensions(start: bytes) -> tuple[int, ...]:
    """The shape that an IDX file's first bytes give; () if they are not those of an IDX file."""
    if len(start) < 8 or start[:2] != b"\0\0" or start[2] not in TYPES or not 1 <= start[3] <= _MAX_DIMENSIONS:
        return ()
    count = start[3]
    return struct.unpack(f">{count}I", start[4 : 4 + 4 * count]) if len(start) >= 4 + 4 * count else ()


def _read(source: ByteReader, expected: int) -> Array:
    """Read the numbers after an IDX header, in the header's shape; `expected` is MNIST's magic number for them."""
    start = source.read(4)
    magic = int.from_bytes(start, "big")
    is_known = len(start) == 4 and magic >> 16 == 0 and start[2] in TYPES and 1 <= start[3] <= _MAX_DIMENSIONS
    is_swapped = is_known and (start[3] == 1) == (expected == IMAGES)  # images are no list, and labels are no images
    if not is_known or (is_swapped and magic in _KINDS):
        got = f"{magic} ({_KINDS.get(magic, 'unknown')})" if len(start) == 4 else f"only {len(start)} bytes"
        raise ValueError(f"{source.name}: expected magic number {expected} ({_KINDS[expected]}) at byte 0; got {got}")
    count = start[3]
    header = source.read(4 * count)
    if len(header) < 4 * count:
        raise ValueError(
            f"{source.name}: expected a header of {4 + 4 * count} bytes; the file ends at byte {source.position}"
        )
    shape = struct.unpack(f">{count}I", header)
    if expected == IMAGES and not fits_images(shape):
        got = "x".join(map(str, shape[1:])) or "single numbers"
        raise ValueError(
            f"{source.name}: expected images of {IMAGE_SIDE}x{IMAGE_SIDE} pixels (bytes 8 to {3 + 4 * count});"
            f" got {got}"
        )
    if not 1 <= shape[0] <= MAX_IMAGES:
        raise ValueError(f"{source.name}: expected a count from 1 to {MAX_IMAGES:,} at byte 4; got {shape[0]:,}")
    if math.prod(shape[1:]) > PIXELS:
        raise ValueError(f"{source.name}: expected a number or a short row for each label; got rows of {shape[1:]}")
    dtype = np.dtype(TYPES[start[2]])
    promised = math.prod(shape) * dtype.itemsize
    end = source.position + promised
    # One byte more than promised: it reveals a file that goes on, and makes gzip compare its checksum.
    data = source.read(promised + 1)
    if len(data) != promised:
        got = f"it ends at byte {source.position:,}" if len(data) < promised else f"it goes on after byte {end:,}"
        raise ValueError(f"{source.name}: expected {end:,} bytes, as its header promises {shape[0]:,} items; {got}")
    return np.frombuffer(data, dtype).reshape(shape)
