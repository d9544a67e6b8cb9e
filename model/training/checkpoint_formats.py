"""The formats of a checkpoint's file: its tensors and metadata are read from safetensors, or from NumPy's npz."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import safetensors

from model.common.arrays import Array
from model.data.npz import open_npz
from model.training.network_tensors import TensorHeader, check_shapes, shapes_of, sizes_of

SIZE_LIMIT = 512 * 2**20  # bytes: more than six layers of 4,096 units need
HEADER_LIMIT = 2**20  # bytes of names, shapes and metadata


def read_safetensors(content: bytes, name: str) -> tuple[dict[str, Array], dict[str, str]]:
    """Return views of the tensors in a file's bytes, which the library checks to lie inside it, and its metadata.

    Raises:
        ValueError: it is no safetensors file, or not one of a network.
    """
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(HEADER_LIMIT, len(content) - 8):
        raise ValueError(f"{name}: no safetensors file: its first 8 bytes should give the length of its header")
    try:
        entries = safetensors.deserialize(content)  # type: ignore[no-untyped-call]
        metadata = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    except (safetensors.SafetensorError, ValueError, RecursionError) as error:
        raise ValueError(f"{name}: no sound safetensors file ({error})") from None
    tensors = {}
    for key, entry in entries:
        if entry["dtype"] != "F32":
            raise ValueError(f"{name}: {key} must be float32 (F32); got {entry['dtype']}")
        try:
            tensors[key] = np.frombuffer(entry["data"], "<f4").reshape(entry["shape"])
        except (ValueError, OverflowError):  # a side of 0 lets the others be of any length
            raise ValueError(f"{name}: {key} has a shape that no network has: {str(entry['shape'])[:60]}") from None
    return tensors, metadata


def read_npz(content: bytes, name: str) -> tuple[dict[str, Array], dict[str, str]]:
    """Return the arrays in a file's bytes, and its metadata; none is unpacked before its header was checked.

    Raises:
        ValueError: it is no npz file, or not one of a network.
    """
    with open_npz(content, name) as archive:
        if "metadata" not in archive.keys or len(archive.keys) > 50:
            raise ValueError(f"{name}: expected a network's arrays and one called metadata, as Inkling writes them")
        headers = {key: TensorHeader(*archive.header(key)) for key in archive.keys}
        if sum(header.nbytes for header in headers.values()) > SIZE_LIMIT:
            raise ValueError(f"{name}: its arrays must come to at most {SIZE_LIMIT // 2**20} MiB; they are larger")
        described = {key: header for key, header in headers.items() if key != "metadata"}
        try:
            check_shapes(described, shapes_of(sizes_of(described), "layers.0.scales" in described))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        arrays = {key: archive.read(key) for key in archive.keys}
    try:
        metadata = json.loads(str(arrays.pop("metadata")))
    except (ValueError, RecursionError):
        raise ValueError(f"{name}: its metadata must be a JSON object") from None
    return arrays, metadata


READERS: dict[str, Callable[[bytes, str], tuple[dict[str, Array], dict[str, str]]]] = {
    ".safetensors": read_safetensors,
    ".npz": read_npz,
}


def checked_kind(path: Path) -> str:
    """Return the path's ending in lower case.

    Raises:
        ValueError: A checkpoint can't have this ending.
    """
    kind = path.suffix.lower()
    if kind not in READERS:
        raise ValueError(f"a network's file must end in {' or '.join(READERS)}; got {path.name!r}")
    return kind
