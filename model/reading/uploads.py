"""What a reading process does with the files that visitors bring; what comes of it is small, or lies on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from model import data
from model.ink import DIGITS
from model.ink.ink_file import read_ink
from model.training import checkpoint


def unpack_dataset(sources: Mapping[str, bytes], name: str, folder: Path) -> None:
    """Read the files of a data set, and write it to a new folder for `data.open_folder`.

    Raises:
        ValueError: the files are not a data set, or the folder cannot be written.
    """
    data.save(data.from_files(sources, name), folder)


def check_network(content: bytes, name: str) -> bytes:
    """Read a file with a network; return it as a safetensors file, which holds no more than the network needs.

    Raises:
        ValueError: the file is no network's.
    """
    return checkpoint.load(content, name).to_bytes()


def labeled_drawings(content: bytes, name: str) -> tuple[bytes, int]:
    """Read an ink file; return the drawings in it that are labeled with a digit, one a line, and how many there are.

    Raises:
        ValueError: the file is no ink file, or none of its drawings is labeled.
    """
    try:
        lines = [f"{drawing.to_json()}\n" for drawing in read_ink(content) if drawing.label in DIGITS]
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if not lines:
        raise ValueError(f"{name}: none of its drawings has a digit as its label")
    return "".join(lines).encode(), len(lines)
