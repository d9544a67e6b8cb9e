"""A zip file with one data set's files in it."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from model.common.unpacking import check_ratio

Files = Mapping[str, Path | bytes]  # a data set's files by name

_MAGIC = b"PK\x03\x04"
_DOCUMENTS = {"xl/": "an Excel workbook", "word/": "a Word document", "ppt/": "a PowerPoint presentation"}


def open_set(source: Path | bytes, name: str) -> Files | None:
    """Return the files in a zip, each unpacked when it is asked for; None of any other file, an npz among them.

    Raises:
        ValueError: the zip file is damaged, or is a workbook or another document.
    """
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                start = file.read(len(_MAGIC))
        except OSError:
            return None  # who reads it says why
    else:
        start = source[: len(_MAGIC)]
    if start != _MAGIC:
        return None
    try:
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:  # NotImplementedError is one
        raise ValueError(f"{name}: expected a zip or npz file; it is damaged or cut short ({error})") from error
    names = archive.namelist()
    for folder, what in _DOCUMENTS.items():
        if any(member.startswith(folder) for member in names):
            raise ValueError(f"{name}: expected a table; got {what}; save it as CSV")
    if any(member.endswith(".npy") for member in names):
        return None
    return ZipMembers(archive, name)


class JoinedSets(Mapping[str, Path | bytes]):
    """Several sets as one, each in a folder of its name."""

    def __init__(self, sets: Mapping[str, Files]) -> None:
        self._sets = sets
        self._places = {f"{name}/{member}": (name, member) for name, files in sets.items() for member in files}

    def __getitem__(self, key: str) -> Path | bytes:
        name, member = self._places[key]
        return self._sets[name][member]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class ZipMembers(Mapping[str, bytes]):
    """The files in a zip: folders, and what systems add, are left out."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name
        self._members = {
            info.filename: info
            for info in archive.infolist()
            if not info.is_dir() and not any(part.startswith((".", "__")) for part in info.filename.split("/"))
        }
        self._packed = sum(info.compress_size for info in archive.infolist())
        self._unpacked = 0

    def __getitem__(self, key: str) -> bytes:
        """Unpack a file, no further than its header promises.

        Raises:
            ValueError: it is damaged, or unpacks to far more than it has.
        """
        info = self._members[key]
        check_ratio(self._name, info.file_size, self._packed)
        try:
            with self._archive.open(info) as member:
                content = member.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError) as error:
            raise ValueError(f"{self._name}: {key} cannot be unpacked: {error}") from error
        if not content:
            raise ValueError(f"{self._name}: {key} is empty")
        return content

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)
