"""Pictures as a data set: in a folder for each digit, or with a table of their names and labels."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from model import ink
from model.common.arrays import U8
from model.common.constants import IMAGE_SIDE, PIXELS
from model.common.text_encoding import to_text
from model.data.byte_reader import ByteReader
from model.data.formats import MAX_IMAGES, Contents
from model.data.formats.pixels import normalized
from model.data.part_names import Part, part_of
from model.data.zip_set import Files

MAX_LIST_BYTES = 50_000_000
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_CLASS = re.compile(r"(?:class|digit|label|number|num|n|c)?[ _-]?(\d)")
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")


class LabeledPicture(NamedTuple):
    """A picture of a digit."""

    name: str
    digit: int


def read_pictures(
    sources: Files, pictures: Sequence[str], lists: Sequence[str], name: str
) -> tuple[Contents, Contents | None]:
    """Read labeled pictures: the training part, and the test part if there is one.

    Pictures that cannot be read are left out, and a note says which.

    Args:
        sources: all files by name.
        pictures: those that are pictures.
        lists: those that may be tables of names and labels.
        name: what messages call the data set.

    Raises:
        ValueError: the pictures have no labels, or none can be read.
    """
    labeled = _by_folder(pictures) or _by_list(sources, pictures, lists)
    if not labeled:
        raise ValueError(
            f"{name}: expected pictures in a folder for each digit (3/name.png), or with a labels.csv of names"
            f" and digits; got {len(pictures):,} pictures without labels, such as {pictures[0]}"
        )
    if len(labeled) > MAX_IMAGES:
        raise ValueError(f"{name}: expected at most {MAX_IMAGES:,} pictures; got {len(labeled):,}")
    test = [picture for picture in labeled if part_of(picture.name) is Part.TEST]
    validation = [picture for picture in labeled if part_of(picture.name) is Part.VALIDATION]
    apart = {picture.name for picture in (*test, *validation)}
    training = [picture for picture in labeled if picture.name not in apart]
    if not training:
        return _read(sources, labeled, name), None
    return _read(sources, training, name), _read(sources, test, name) if test else None


def _by_folder(pictures: Sequence[str]) -> list[LabeledPicture]:
    """Label the pictures that are in a folder named for a digit."""
    labeled = []
    for name in pictures:
        folder = PurePosixPath(name).parent.name.lower()
        found = _CLASS.fullmatch(folder)
        if found or folder in _WORDS:
            labeled.append(LabeledPicture(name, int(found[1]) if found else _WORDS.index(folder)))
    return labeled


def _by_list(sources: Files, pictures: Sequence[str], lists: Sequence[str]) -> list[LabeledPicture]:
    """Label the pictures that a table names: one of its columns holds names, another one digits."""
    known: dict[str, str] = {}
    for name in pictures:
        path = PurePosixPath(name)
        known |= {name: name, path.name: name, path.stem: name}
    for file in lists:
        rows = _rows(sources[file], file)
        for column in range(max(map(len, rows), default=0)):
            named = {index: known.get(_cell(row, column).removeprefix("./")) for index, row in enumerate(rows)}
            hits = {index: name for index, name in named.items() if name}
            if len(hits) < max(1, len(rows) - 1) * 0.5:
                continue
            for other in range(max(map(len, rows))):
                digits = {index: _cell(rows[index], other) for index in hits}
                if other != column and all(re.fullmatch(r"\d(?:\.0)?", digit) for digit in digits.values()):
                    return [LabeledPicture(name, int(digits[index][0])) for index, name in hits.items()]
    return []


def _rows(source: Path | bytes, name: str) -> list[list[str]]:
    with ByteReader(source, name) as opened:
        text = to_text(bytes(opened.read(MAX_LIST_BYTES)))
    first = text.partition("\n")[0]
    separator = max((",", ";", "\t", " "), key=first.count)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]


def _cell(row: list[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _read(sources: Files, pictures: Sequence[LabeledPicture], name: str) -> Contents:
    plain, plain_labels, photos, photo_labels, bad = [], [], [], [], []
    for picture in pictures:
        try:
            image = _plain_image(sources[picture.name])
            if image is not None:
                plain.append(image)
                plain_labels.append(picture.digit)
            else:
                photos.append(_photo(sources[picture.name]))
                photo_labels.append(picture.digit)
        except (ValueError, OSError) as error:
            bad.append(f"{picture.name} ({error})")
    if not plain and not photos:
        raise ValueError(f"{name}: expected pictures of digits; none of {len(bad):,} can be read, such as {bad[0]}")
    images, notes = normalized(np.array(plain, np.uint8).reshape(-1, PIXELS), name)
    images = np.concatenate([images, np.array(photos, np.uint8).reshape(-1, PIXELS)])
    if bad:
        said = f"{name}: left out {len(bad):,} pictures that could not be read, such as {bad[0]}."
        notes = (*notes, said if len(bad) > 1 else f"{name}: left out {bad[0]}.")
    return Contents(images, np.array(plain_labels + photo_labels, np.uint8), notes=notes)


def _plain_image(source: Path | bytes) -> U8 | None:
    """Decode a picture of 28x28 gray pixels: (784,); None of any other picture."""
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=_FORMATS) as picture:
            if picture.size != (IMAGE_SIDE, IMAGE_SIDE) or picture.mode in ("RGBA", "LA", "PA"):
                return None
            return np.asarray(picture.convert("L")).reshape(-1)
    except Image.DecompressionBombError as error:
        raise ValueError("it is far too large") from error
    except UnidentifiedImageError:
        return None


def _photo(source: Path | bytes) -> U8:
    from model.ink.photo import read_photo  # SciPy takes a second to import, and only photos need it

    try:
        return read_photo(source).reshape(-1)
    except ink.BlankDrawing as error:
        raise ValueError("nothing is drawn on it") from error
