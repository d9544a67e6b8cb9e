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
from model.data.formats.csv_dialect import LABEL_NAMES
from model.data.formats.pixels import normalized
from model.data.part_names import Part, part_of
from model.data.zip_set import Files
from model.ink.shades import eight_bits, most_shade

MAX_LIST_BYTES = 50_000_000
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_CLASS = re.compile(r"(?:class|digit|label|number|num|n|c)?[ _-]?0*(\d)")
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
    """Label the pictures that tables name: one of a table's columns holds names, another one digits."""
    labeled: dict[str, LabeledPicture] = {}
    for file in lists:
        own = [name for name in pictures if part_of(name) is part_of(file)]  # test.csv names what is in test/
        known, rows = _known(own or pictures), _rows(sources[file], file)
        columns = []
        for column in range(max(map(len, rows), default=0)):
            named = {index: _picture(_cell(row, column), known) for index, row in enumerate(rows)}
            columns.append({index: name for index, name in named.items() if name})
        # Digits may be the numbers of pictures, too: names differ from line to line.
        hits = max(columns, key=lambda hits: len(set(hits.values())), default={})
        if len(set(hits.values())) >= max(1, len(rows) - 1) * 0.5:
            labeled = {digit.name: digit for digit in _digits(rows, hits, columns.index(hits), file)} | labeled
    return list(labeled.values())


def _digits(rows: list[list[str]], hits: dict[int, str], names: int, file: str) -> list[LabeledPicture]:
    """The labels of pictures in the rows of a table, beside their names.

    Raises:
        ValueError: several columns may hold them.
    """
    header = [] if 0 in hits else [cell.strip().lower() for cell in rows[0]]
    found = [
        other
        for other in range(max(map(len, rows)))
        if other != names and all(re.fullmatch(r"\d(?:\.0)?", _cell(rows[index], other)) for index in hits)
    ]
    called = [other for other in found if other < len(header) and header[other] in LABEL_NAMES]
    if len(found) > 1 and len(called) != 1:
        likely = ", ".join(str(other + 1) for other in found[:4])
        raise ValueError(
            f"{file}: expected one column of labels; columns {likely} could all be; call one of them label"
        )
    return [
        LabeledPicture(name, int(_cell(rows[index], other)[0]))
        for other in called or found
        for index, name in hits.items()
    ]


def _known(pictures: Sequence[str]) -> dict[str, str]:
    """What a table may call each picture: its path or the end of it, without ending, or its number."""
    known: dict[str, str] = {}
    unclear = set()
    for name in pictures:
        path = PurePosixPath(name)
        ends = {"/".join(path.parts[place:]) for place in range(len(path.parts))}
        for call in ends | {path.stem} | ({str(int(path.stem))} if path.stem.isdecimal() else set()):
            if known.setdefault(call, name) != name:
                unclear.add(call)
    return {call: name for call, name in known.items() if call not in unclear}


def _picture(call: str, known: dict[str, str]) -> str | None:
    """The picture that a table calls so; the folders that it names may lie elsewhere."""
    parts = call.replace("\\", "/").removeprefix("./").split("/")
    return next((known[end] for place in range(len(parts)) if (end := "/".join(parts[place:])) in known), None)


def _rows(source: Path | bytes, name: str) -> list[list[str]]:
    try:
        with ByteReader(source, name) as opened:
            text = to_text(bytes(opened.read(MAX_LIST_BYTES)))
        first = text.lstrip().partition("\n")[0]
        separator = max((",", ";", "\t", " "), key=first.count)
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except (ValueError, csv.Error):  # it is empty, or no table
        return []


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
        except (ValueError, OSError, SyntaxError) as error:  # Pillow's, for a damaged PNG
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
            if picture.size != (IMAGE_SIDE, IMAGE_SIDE) or picture.has_transparency_data:
                return None
            return np.asarray(eight_bits(picture, most_shade(picture)).convert("L")).reshape(-1)
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
