"""A data set's files, told apart by their content and their names: which are to train on, which to test on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from model.data import formats, orientation, picture_folder, zip_set
from model.data.byte_reader import FORMATS, ByteReader
from model.data.dataset import Dataset
from model.data.formats import Contents, Kind
from model.data.formats.labels import one_label_note
from model.data.formats.unread import describe_unread
from model.data.part_names import Part, common_name, part_of
from model.data.zip_set import Files

PEEKED = 2**16  # bytes that tell a file's kind
MAX_DEPTH = 4  # of folders: MNIST/raw, train/3
MAX_FILES = 300_000
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic")
_DATA = (Kind.IDX_IMAGES, Kind.TABLE, Kind.ARCHIVE, Kind.INK)  # in the order of preference


@dataclass(frozen=True)
class Entry:
    """A file of a set."""

    name: str  # with its folder
    kind: Kind

    @property
    def part(self) -> Part:
        """The part of the data set that its name says it is."""
        return part_of(self.name)

    @property
    def common_name(self) -> str:
        """What its name has in common with those of the other parts."""
        return common_name(self.name)


def list_folder(folder: Path) -> dict[str, Path]:
    """List a folder's files by their path within it, folders within it only as deep as needed to find any.

    Raises:
        ValueError: there are too many.
    """
    level, found = [folder], dict[str, Path]()
    for _ in range(MAX_DEPTH):
        children = [
            child for each in level for child in sorted(each.iterdir()) if not child.name.startswith((".", "__"))
        ]
        for child in children:
            if child.is_file():
                found[child.relative_to(folder).as_posix()] = child
        if len(found) > MAX_FILES:
            raise ValueError(f"{folder}: expected at most {MAX_FILES:,} files; got more; name one of its folders")
        if any(_kind(name, found) in (*_DATA, Kind.PICTURE) for name in found):
            break
        level = [child for child in children if child.is_dir() and not child.is_symlink()]
    return found


def from_files(sources: Files, name: str) -> Dataset:
    """Make a data set of files.

    Args:
        sources: the files by name. A single one may have any name; of several, names tell which are to test on.
        name: what to call the data set.

    Raises:
        ValueError: the files are not a data set.
    """
    if len(sources) == 1:
        (only,) = sources
        if isinstance(members := zip_set.open_set(sources[only], only), Mapping):
            return from_files(members, name)
        return _dataset(name, _read_training(sources, [], only), None)
    entries = [Entry(each, _kind(each, sources)) for each in sources]
    data = [entry for entry in entries if entry.kind in _DATA]
    pictures = [entry.name for entry in entries if entry.kind is Kind.PICTURE]
    if not data and pictures:
        lists = [entry.name for entry in entries if entry.kind is Kind.LIST]
        training, testing = picture_folder.read_pictures(sources, pictures, lists, name)
        return _dataset(name, training, testing)
    chosen, test, notes = _choose(entries, data, sources, name)
    if chosen.kind is Kind.ARCHIVE and isinstance(
        members := zip_set.open_set(sources[chosen.name], chosen.name), Mapping
    ):
        return from_files(members, name)
    contents = _read_training(sources, entries, chosen.name)
    test_contents = _read_labeled(sources, entries, test.name) if test else None
    # Kaggle's test.csv has no labels: nothing can be scored on it.
    if test and test_contents and test_contents.labels is None:
        notes = (*notes, f"{test.name}: it has no labels, so there is nothing to test on.")
        test_contents = None
    return _dataset(name, contents, test_contents, notes)


def read_file(path: Path) -> Dataset:
    """Make a data set of one file; the labels of IDX images are in another one beside it.

    Raises:
        ValueError: it is not a data set.
    """
    sources = {path.name: path}
    if _kind(path.name, sources) is Kind.IDX_IMAGES:
        wanted = part_of(path.name), common_name(path.name)
        beside = [other for other in sorted(path.parent.iterdir()) if other.is_file() and other != path]
        named = {other.name: other for other in beside if (part_of(other.name), common_name(other.name)) == wanted}
        sources |= named
        entries = [Entry(each, _kind(each, sources)) for each in sources]
        return _dataset(path.name, _read_training(sources, entries, path.name), None)
    return from_files(sources, path.name)


def _dataset(name: str, training: Contents, test: Contents | None, notes: tuple[str, ...] = ()) -> Dataset:
    """Put a data set together, and look at it as a whole."""
    labels = training.labels
    assert labels is not None  # `_read_training` has looked
    test_images, test_labels = training.test_images, training.test_labels
    notes = training.notes + notes
    if test is not None and test.labels is not None:
        test_images, test_labels = test.images, test.labels
        notes += test.notes
    notes += one_label_note(labels, name) or orientation.notes(training.images, labels, name)
    return Dataset(name, training.images, labels, test_images, test_labels, tuple(dict.fromkeys(notes)))


def _kind(name: str, sources: Files) -> Kind:
    """Tell a file's kind: a picture by its name, for there may be thousands, everything else by its content."""
    if name.lower().endswith(PICTURE_ENDINGS):
        return Kind.PICTURE
    try:
        with ByteReader(sources[name], name) as opened:
            kind = formats.kind_of(opened.peek(PEEKED), name)
    except ValueError:  # empty or damaged; whoever reads it says so
        return Kind.TABLE if ".csv" in name.lower() else Kind.OTHER
    # Labels under a name of images are a mistake that whoever reads them will tell.
    return Kind.IDX_IMAGES if kind is Kind.IDX_LABELS and "images" in name else kind


def _choose(
    entries: list[Entry], data: list[Entry], sources: Files, name: str
) -> tuple[Entry, Entry | None, tuple[str, ...]]:
    """Choose the file with the training part and, if there is one, that with the test part."""
    if len(data) == 1:
        return data[0], None, ()
    groups = defaultdict[str, list[Entry]](list)
    for entry in data:
        groups[entry.common_name].append(entry)
    for wanted in (Part.TRAINING, Part.UNKNOWN):
        training = {
            common: min(found, key=lambda entry: (_DATA.index(entry.kind), entry.name))
            for common, group in groups.items()
            if (found := [entry for entry in group if entry.part is wanted])
        }
        digits = {common: entry for common, entry in training.items() if "digit" in entry.name.lower()}
        best = digits if len(digits) == 1 else training
        if wanted is Part.UNKNOWN and any(len(group) > 1 for group in _same_kind(groups, wanted)):
            break
        if len(best) == 1:
            ((common, chosen),) = best.items()
            test = _test_of(chosen, groups[common], data)
            others = [entry.name for entry in training.values() if entry is not chosen]
            said = f"{name}: took {chosen.name}; left out {', '.join(others[:4])}."
            return chosen, test, (said,) if others else ()
        if best:
            break
    raise ValueError(_no_choice(entries, data, sources, name))


def _same_kind(groups: Mapping[str, list[Entry]], part: Part) -> Iterator[list[Entry]]:
    for group in groups.values():
        for kind in _DATA:
            yield [entry for entry in group if entry.part is part and entry.kind is kind]


def _test_of(chosen: Entry, group: list[Entry], data: list[Entry]) -> Entry | None:
    """The test file that belongs to a training file: of the same name otherwise, or else the only one."""
    tests = [entry for entry in group if entry.part is Part.TEST]
    same_kind = [entry for entry in tests if entry.kind is chosen.kind] or tests
    if same_kind:
        return same_kind[0]
    everywhere = [entry for entry in data if entry.part is Part.TEST]
    return everywhere[0] if len(everywhere) == 1 else None


def _no_choice(entries: list[Entry], data: list[Entry], sources: Files, name: str) -> str:
    """Say why the files are no data set: which are not read, or which names leave the choice open."""
    for entry in entries:
        if not data and entry.kind is Kind.UNREAD:
            with ByteReader(sources[entry.name], entry.name) as opened:
                unread = describe_unread(opened.peek(formats.BEGINNING), entry.name)
            if unread:
                return f"{entry.name}: expected {FORMATS}; got {unread[0]}; {unread[1]}"
    held = ", ".join(sorted(entry.name for entry in data or entries)[:6]) or "no file"
    advice = "; name one of them, or call them train and test" if len(data) > 1 else ""
    return (
        f"{name}: expected MNIST's four IDX files, a CSV table to train on with one to test on (train.csv and"
        f" test.csv, say), mnist.npz, or a folder of pictures for each digit; got {held}{advice}"
    )


def _read_training(sources: Files, entries: list[Entry], file: str) -> Contents:
    """Read a file to train on, which must have labels."""
    contents = _read_labeled(sources, entries, file)
    if contents.labels is None:
        raise ValueError(f"{file}: expected labels, to train on; got images alone, which can only be classified")
    return contents


def _read_labeled(sources: Files, entries: list[Entry], file: str) -> Contents:
    """Read a file; the labels of IDX images come from the file that belongs to them."""
    contents = formats.read_images(sources[file], file)
    if contents.labels is not None or _kind(file, sources) is not Kind.IDX_IMAGES:
        return contents
    part = part_of(file)
    labels_files = [entry for entry in entries if entry.kind is Kind.IDX_LABELS and entry.part is part]
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
