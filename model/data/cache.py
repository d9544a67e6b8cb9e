"""A cache keeps what was slow to get, so that it need not be got twice: here, the arrays of data sets.

Arrays on disk can be mapped into memory, and then any number of processes share one copy of them.
"""

import functools
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from model.common.atomic_file import atomic_folder
from model.common.settings import Settings


def home() -> Path:
    """The folder to keep things in: $INKLING_CACHE, or Inkling's own in the system's folder for caches."""
    return Settings().cache


def writable_home() -> Path:
    """The same folder if it can be written, and otherwise a temporary one that ends with this process."""
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


def save_arrays(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes each array to `folder`/name.npy. The folder appears whole or not at all.

    Raises ValueError if it cannot be written, or is there already.
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


def open_arrays(folder: Path, names: Sequence[str]) -> list[np.ndarray]:
    """The arrays saved in a folder, in the order of `names`, mapped into memory and read-only.

    Raises ValueError if one of them is missing or damaged.
    """
    arrays = []
    for name in names:
        path = folder / f"{name}.npy"
        try:
            arrays.append(np.load(path, mmap_mode="r", allow_pickle=False))
        # A damaged header is Python text to NumPy, and fails to parse with errors of any kind.
        except Exception as error:
            reason = type(error).__name__
            raise ValueError(f"{path}: expected an array saved before; it cannot be opened ({reason})") from error
    return arrays
