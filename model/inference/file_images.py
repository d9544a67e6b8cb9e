"""The images in a file, each with its label and its place: of a picture, of drawings, or of a table.

The format of a file is recognized by its content.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from model import ink
from model.common.arrays import U8
from model.common.constants import IMAGE_SIDE, PIXELS
from model.data import formats, orientation
from model.data.byte_reader import ByteReader
from model.data.formats import FileKind

PEEKED = 2**16  # bytes that tell a file's kind
INK_ENDINGS = (".jsonl", ".json", ".ndjson")


class FileImage(NamedTuple):
    """An image in a file."""

    image: U8 | None  # (28, 28), None of a blank one
    label: str | None = None
    row: int | None = None  # of a table, counted from 1
    line: int | None = None  # of a file of drawings
    part: int | None = None  # of a picture with several digits: which, by rows, counted from 1
    box: tuple[float, float, float, float] | None = None  # left, top, right, bottom as shares of the picture


@dataclass
class FileImages:
    """What a file holds.

    Attributes:
        images: The images.
        problems: What is wrong with parts of it, a sentence each.
        notes: What was taken for granted or is doubtful, a sentence each.
    """

    images: list[FileImage] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def read_file_images(path: Path, turn: str | None = None) -> FileImages:
    """Read all images of a file.

    Args:
        path: The file.
        turn: How to turn the images of drawings and tables, one of orientation.TURNS.

    Raises:
        ValueError: It holds none, or is damaged.
        OSError: It can't be read.
    """
    if not path.is_file():
        raise ValueError(f"expected a file to read; {path} is {'a folder' if path.is_dir() else 'not there'}")
    kind = _kind(path)
    if kind is FileKind.INK:
        return _read_ink(path, turn)
    if kind in (FileKind.TABLE, FileKind.IDX_IMAGES, FileKind.IDX_LABELS, FileKind.ARCHIVE, FileKind.UNREAD):
        return _read_table(path, turn)
    from model.ink.photo import find_digits  # SciPy takes a second to import, and only photos need it

    try:
        found = find_digits(path)
        several = len(found) > 1
        notes = (f"{path.name}: {len(found)} digits are in the picture; each is read by itself",) if several else ()
        numbered = enumerate(found, 1)
        images = [FileImage(digit.image, part=part if several else None, box=digit.box) for part, digit in numbered]
        return FileImages(images, notes=notes)
    except ink.BlankDrawing:
        return FileImages([FileImage(None)])
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _kind(path: Path) -> FileKind:
    name = path.name.lower().removesuffix(".gz")
    try:
        with ByteReader(path) as opened:
            kind = formats.kind_of(opened.peek(PEEKED), path.name)
    except ValueError:  # empty or damaged: who reads it says so
        kind = FileKind.OTHER
    if kind in (FileKind.LIST, FileKind.OTHER):
        if name.endswith(INK_ENDINGS):
            return FileKind.INK
        return FileKind.TABLE if name.endswith((".csv", ".tsv", ".npz", ".idx")) else kind
    return kind


def _read_table(path: Path, turn: str | None) -> FileImages:
    contents = formats.read_images(path)
    images = contents.images if turn is None else orientation.turn_images(contents.images, turn)
    labels = [None] * len(images) if contents.labels is None else [str(label) for label in contents.labels]
    notes = contents.notes
    if contents.labels is not None:
        notes += orientation.notes(images, contents.labels, path.name)
    shown = (image if image.any() else None for image in images.reshape(-1, IMAGE_SIDE, IMAGE_SIDE))
    rows = zip(shown, labels, strict=True)
    return FileImages([FileImage(image, label, row=row) for row, (image, label) in enumerate(rows, 1)], [], notes)


def _read_ink(path: Path, turn: str | None) -> FileImages:
    found = FileImages()
    try:
        for number, drawing, problem in ink.read_ink_lines(path):
            if drawing is None:
                found.problems.append(f"{path.name}: {problem}")
                continue
            image = _rendered(drawing)
            if image is not None and turn is not None:
                image = orientation.turn_images(image.reshape(1, PIXELS), turn).reshape(IMAGE_SIDE, IMAGE_SIDE)
            found.images.append(FileImage(image, drawing.label, line=number))
    except ValueError as error:
        found.problems.append(f"{path.name}: {error}")
    if found.problems and not found.images:
        raise ValueError(found.problems[0])
    digits = [
        (each.image, int(each.label))
        for each in found.images
        if each.image is not None and each.label is not None and each.label in ink.DIGITS
    ]
    if digits:
        images = np.stack([image for image, _ in digits]).reshape(-1, PIXELS)
        found.notes = orientation.notes(images, np.array([label for _, label in digits], np.uint8), path.name)
    return found


def _rendered(drawing: ink.Drawing) -> U8 | None:
    """Return the drawing as an image (28, 28), None of a blank one."""
    try:
        return ink.render(drawing)
    except ink.BlankDrawing:
        return None
