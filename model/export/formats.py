"""The formats of an exported network, by the endings of their files."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from model.common.atomic_file import atomic_write
from model.export import archive, onnx_file, page
from model.training.checkpoint import Checkpoint

EXAMPLES = 20  # images that go with a zip file


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes:
        title: What a menu calls it.
        content: Returns a file's content, of a network and its name.
        package: What must be installed to write it; empty if nothing is.
        media_type: The one that a browser is told.
    """

    title: str
    content: Callable[[Checkpoint, str], bytes]
    package: str = ""
    media_type: str = "application/octet-stream"

    @property
    def is_available(self) -> bool:
        """Whether what it needs is installed."""
        return not self.package or importlib.util.find_spec(self.package) is not None


def _zip(checkpoint: Checkpoint, name: str) -> bytes:
    from model import data

    return archive.bundle(checkpoint, [], name, data.load("mnist-5k").test_images[:EXAMPLES])


FORMATS = {
    ".html": Format("Web page", page.page, media_type="text/html"),
    ".onnx": Format("ONNX", onnx_file.onnx_file, onnx_file.PACKAGE),
    ".npz": Format("NumPy arrays", lambda made, _: made.to_bytes(".npz")),
    ".safetensors": Format("Model file", lambda made, _: made.to_bytes()),
    ".zip": Format("Program in NumPy", _zip, media_type="application/zip"),
}


def checked_ending(path: Path) -> str:
    """Return the ending of a path.

    Raises:
        ValueError: It is no format's.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        *others, last = FORMATS
        raise ValueError(f"an exported network's file must end in {', '.join(others)} or {last}; got {path.name!r}")
    return ending


def export(checkpoint: Checkpoint, path: Path, name: str) -> int:
    """Write a network in the format that the path's ending names; returns the file's size in bytes.

    An old file is replaced only by a complete one.

    Args:
        checkpoint: The network, with its settings and scores.
        path: The file.
        name: What the file calls the network, where the format has a place for it.

    Raises:
        ValueError: The ending is no format's, the format can't hold this network, or a package is missing.
        OSError: The file can't be written.
    """
    content = FORMATS[checked_ending(path)].content(checkpoint, name)
    with atomic_write(path) as file:
        file.write(content)
    return len(content)
