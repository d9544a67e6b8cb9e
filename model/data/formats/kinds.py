"""The kind of a file, told by how it begins."""

from __future__ import annotations

from enum import StrEnum, auto

from model.common.text_encoding import find_encoding, to_text
from model.data.formats.idx import dimensions
from model.data.formats.pixels import fits_images
from model.data.formats.unread import describe_unread, is_picture

MANY = 300  # cells that make a line one of a table of images, as far as it is seen
NUMBER_SIGNS = str.maketrans("", "", ".-+")
SOME = 2  # cells that make a line one of a small table


class FileKind(StrEnum):
    """What a file may be."""

    TABLE = auto()  # CSV, an image on each line
    LIST = auto()  # a small table: names of pictures with their labels, perhaps
    IDX_IMAGES = auto()
    IDX_LABELS = auto()
    ARCHIVE = auto()  # zip: npz, or a set of files
    INK = auto()
    PICTURE = auto()
    UNREAD = auto()  # known, but not read
    OTHER = auto()


def kind_of(start: bytes, name: str) -> FileKind:
    """Tell what a file is.

    Args:
        start: its first bytes, unpacked if it is gzipped; some thousands tell a table from a text.
        name: its name, which helps where the content is too short.
    """
    if is_picture(start):
        return FileKind.PICTURE
    if describe_unread(start, name):
        return FileKind.UNREAD
    if start[:4] == b"PK\x03\x04":
        return FileKind.ARCHIVE
    if shape := dimensions(start):
        return FileKind.IDX_IMAGES if fits_images(shape) or len(shape) > 2 else FileKind.IDX_LABELS
    if (start[:2] == b"\0\0" and find_encoding(start)[0] == "utf-8") or "ubyte" in name:
        return FileKind.IDX_IMAGES
    text = to_text(start)
    if text.lstrip()[:1] == "{" or _is_json_list(text):
        return FileKind.INK
    return _kind_of_text(text)


def _is_json_list(text: str) -> bool:
    compact = "".join(text[:200].split())
    return compact.startswith(("[{", "[[["))


def _kind_of_text(text: str) -> FileKind:
    """Tell a table of images from other texts by the cells in its first lines; a long line need not be whole."""
    if "\0" in text or "\ufffd" in text[:-4]:
        return FileKind.OTHER
    most = 0
    for line in [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")][:5]:
        cells = max(len(line.split(mark)) for mark in (",", ";", "\t", "|"))
        words = line.split()
        if words and all(word.translate(NUMBER_SIGNS).isalnum() and word[-1].isdigit() for word in words):
            cells = max(cells, len(words))
        most = max(most, cells)
    if most >= MANY:
        return FileKind.TABLE
    return FileKind.LIST if most >= SOME else FileKind.OTHER
