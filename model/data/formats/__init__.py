"""Reading files of digits: CSV tables, MNIST's IDX files, NumPy archives, and ink.

Files are not trusted: a header is checked before memory is allocated for it, gzip and zip are not unpacked beyond what
it promises, and an error message names the byte or the line.
"""

from __future__ import annotations

from pathlib import Path

from model.data.byte_reader import FORMATS, ByteReader
from model.data.formats.contents import MAX_IMAGES, Contents
from model.data.formats.idx import read_idx_images, read_idx_labels, read_opened_images
from model.data.formats.ink_file import read_ink_file
from model.data.formats.kinds import FileKind, kind_of
from model.data.formats.label_table import read_label_table
from model.data.formats.numpy_archive import read_archive
from model.data.formats.unread import describe_unread
from model.data.zip_set import open_set

__all__ = [
    "MAX_IMAGES",
    "Contents",
    "FileKind",
    "kind_of",
    "read_idx_images",
    "read_idx_labels",
    "read_images",
    "read_label_table",
]

BEGINNING = 512  # bytes that tell a file's form


def read_images(source: Path | bytes, name: str | None = None) -> Contents:
    """Read a file of digits; its form is recognized by its content.

    It may be a CSV table (one image per line: 784 pixels, with a label or without), IDX images or drawings in JSON, all
    gzipped or not, or an npz archive of arrays. Drawings are rendered as MNIST images; drawings that are blank or
    labeled as a non-digit are left out.

    Raises:
        ValueError: the file is anything else; the message names the byte or the line.
    """
    with ByteReader(source, name) as opened:
        start = opened.peek(BEGINNING)
        if not start:
            raise ValueError(f"{opened.name}: expected {FORMATS}; got an empty file, gzipped")
        if unread := describe_unread(start, opened.name):
            raise ValueError(f"{opened.name}: expected {FORMATS}; got {unread[0]}; {unread[1]}")
        if start[:4] == b"PK\x03\x04":
            members = open_set(source, opened.name)
            if members is not None:
                held = ", ".join(list(members)[:3]) or "nothing"
                raise ValueError(
                    f"{opened.name}: expected one file of digits; got a zip with {held};"
                    " unpack it, or name it as a data set (--data)"
                )
            return read_archive(source, opened.name)
        kind = kind_of(start, opened.name)
        if kind is FileKind.INK:
            return read_ink_file(source, opened.name)
        if kind in (FileKind.IDX_IMAGES, FileKind.IDX_LABELS):
            images, notes = read_opened_images(opened)
            return Contents(images, notes=notes)
        from model.data.formats import csv_table  # brings pandas, half a second that a worker can save

        return csv_table.read_csv(opened)
