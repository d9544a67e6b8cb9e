"""A file of a data set: of which kind it is, and its images with their labels, which may be in another file."""

from __future__ import annotations

from dataclasses import dataclass

from model.data import formats
from model.data.byte_reader import ByteReader
from model.data.formats import Contents, FileKind
from model.data.part_names import Part, common_name, part_of, says_labels
from model.data.zip_set import Files

PEEKED = 2**16  # bytes that tell a file's kind
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".jfif")


@dataclass(frozen=True)
class Entry:
    """A file of a set."""

    name: str  # with its folder
    kind: FileKind

    @property
    def part(self) -> Part:
        """The part of the data set that its name says it is."""
        return part_of(self.name)

    @property
    def common_name(self) -> str:
        """What its name has in common with those of the other parts."""
        return common_name(self.name)


def file_kind(name: str, sources: Files) -> FileKind:
    """Tell a file's kind: a picture by its name, for there may be thousands, everything else by its content."""
    if name.lower().endswith(PICTURE_ENDINGS):
        return FileKind.PICTURE
    try:
        with ByteReader(sources[name], name) as opened:
            kind = formats.kind_of(opened.peek(PEEKED), name)
    except ValueError:  # empty or damaged; whoever reads it says so
        return FileKind.TABLE if ".csv" in name.lower() else FileKind.OTHER
    # Labels under a name of images are a mistake that whoever reads them will tell.
    return FileKind.IDX_IMAGES if kind is FileKind.IDX_LABELS and "images" in name else kind


def read_training(sources: Files, entries: list[Entry], file: str) -> Contents:
    """Read a file to train on, which must have labels."""
    contents = read_labeled(sources, entries, file)
    if contents.labels is None:
        raise ValueError(
            f"{file}: expected labels, to train on; got images alone, which can only be classified; add a column of"
            " labels, or beside X_train.csv a y_train.csv"
        )
    return contents


def read_labeled(sources: Files, entries: list[Entry], file: str) -> Contents:
    """Read a file; the labels of IDX images come from the file that belongs to them, and so may those of a table."""
    contents = formats.read_images(sources[file], file)
    kind = file_kind(file, sources)
    if contents.labels is None and kind is FileKind.TABLE:
        beside = _label_table(entries, file)
        labels = formats.read_label_table(sources[beside], beside, len(contents.images)) if beside else None
        return Contents(contents.images, labels, notes=contents.notes)
    if contents.labels is not None or kind is not FileKind.IDX_IMAGES:
        return contents
    part = part_of(file)
    labels_files = [entry for entry in entries if entry.kind is FileKind.IDX_LABELS and entry.part is part]
    same = [entry for entry in labels_files if entry.common_name == common_name(file)]
    found = same or (labels_files if len(labels_files) == 1 else [])
    if not found:
        missing = file.replace("images", "labels").replace("idx3", "idx1")
        named = missing if missing != file else "a file of labels"
        raise ValueError(f"{file}: expected its labels beside it; missing {named}; add it")
    labels = formats.read_idx_labels(sources[found[0].name], found[0].name)
    if len(labels) != len(contents.images):
        raise ValueError(
            f"{found[0].name}: expected a label for each of the {len(contents.images):,} images in {file};"
            f" got {len(labels):,}"
        )
    return Contents(contents.images, labels, notes=contents.notes)


def _label_table(entries: list[Entry], file: str) -> str | None:
    """The table with the labels of a table of images: of the same part and name, and called so."""
    wanted = part_of(file), common_name(file)
    named = [
        entry.name
        for entry in entries
        if entry.kind in (FileKind.LIST, FileKind.TABLE, FileKind.OTHER)
        and entry.name != file
        and (entry.part, entry.common_name) == wanted
        and says_labels(entry.name)
    ]
    if len(named) > 1:
        raise ValueError(f"{file}: expected one file with its labels; got {', '.join(named[:4])}; leave only one there")
    return named[0] if named else None
