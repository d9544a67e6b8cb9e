"""Where a command writes the network that it has trained: as it was asked to, or to the first place that takes it.

Hours of training must not be lost because a disk is full, or because two commands were given the same name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from model.cli.console import stderr
from model.data import cache
from model.training.checkpoint import Checkpoint

Identity = tuple[int, int, int]  # of a file's content


@dataclass(frozen=True)
class Saved:
    """Where a network lies now, and why it is not where it should; empty if it is."""

    path: Path
    why_elsewhere: str = ""

    def warn(self) -> None:
        """Say on stderr if the network is not where it should be."""
        if self.why_elsewhere:
            message = f"{self.why_elsewhere}: the network is in {self.path}."
            stderr.print(message, style="yellow", markup=False, highlight=False, soft_wrap=True)


class NetworkFile:
    """The file for a network that is yet to be trained. Make it before the training: it notes what is there by then."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._before = _identity(path)

    def save(self, trained: Checkpoint) -> Saved:
        """Write the network.

        Raises:
            OSError: it can be written nowhere.
        """
        why = ""
        if _identity(self.path) != self._before:
            why = f"{self.path} was written by another command meanwhile"
        for path in self._places(beside=bool(why)):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                trained.save(path)
            except OSError as error:
                why = why or f"{path} can't be written ({error.strerror or error})"
            else:
                return Saved(path, why)
        raise OSError(f"{why}, and neither can the cache, the home nor the temporary folder")

    def _places(self, *, beside: bool) -> Iterator[Path]:
        yield _free(self.path) if beside else self.path
        for folder in (cache.home() / "networks", Path.home(), Path(tempfile.gettempdir())):
            yield _free(folder / self.path.name)


def _free(path: Path) -> Path:
    """The path if nothing is there, else one with a number: net-2.safetensors."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return path if not path.exists() else next(other for other in numbered if not other.exists())


def _identity(path: Path) -> Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
