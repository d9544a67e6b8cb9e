"""The cache folder, and arrays in it that any number of processes map into memory and so share."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from model.common.arrays import Array
from model.common.atomic_file import atomic_folder
from model.common.settings import Settings


def home() -> Path:
    """Return the cache folder: $INKLING_CACHE, or Inkling's own in the system's folder for caches."""
    return Settings().cache


def writable_home() -> Path:
    """Return the cache folder if it can be written, and otherwise a temporary one for the life of this process."""
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return Path(_temporary().name)
    return folder


@functools.cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="inkling-")


def save_arrays(folder: Path, arrays: Mapping[str, Array]) -> None:
    """Write each array to `folder`/name.npy; the folder appears whole or not at all.

    Raises:
        ValueError: the folder cannot be written, or exists already.
    """
    try:
        with atomic_folder(folder) as part:
            for name, array in arrays.items():
                np.save(part / f"{name}.npy", array, allow_pickle=False)
    except OSError as error:
        raise ValueError(
            f"{folder}: expected a new folder that can be written; got '{error.strerror}';"
            " make room, or set INKLING_CACHE to another folder"
        ) from error


def open_arrays(folder: Path, names: Sequence[str]) -> list[Array]:
    """Open the arrays saved in a folder, in the order of `names`, mapped into memory and read-only.

    Raises:
        ValueError: one of them is missing or damaged.
    """
    arrays = []
    for name in names:
        path = folder / f"{name}.npy"
        try:
            arrays.append(np.load(path, mmap_mode="r", allow_pickle=False))
        # NumPy parses a header as Python text: a damaged one raises errors of any kind.
        except Exception as error:
            reason = type(error).__name__
            raise ValueError(f"{path}: expected an array saved before; it cannot be opened ({reason})") from error
    return arrays
