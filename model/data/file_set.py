"""A data set's files, told apart by their content and their names: which are to train on, which to test on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from model.data import formats, orientation, picture_folder, zip_set
from model.data.byte_reader import FORMATS, ByteReader
from model.data.dataset import Dataset
from model.data.formats import Contents, FileKind
from model.data.formats.labels import one_label_note
from model.data.formats.unread import describe_unread
from model.data.labeled_file import Entry, file_kind, read_labeled, read_training
from model.data.part_names import Part, common_name, part_of, says_labels
from model.data.zip_set import Files

MAX_DEPTH = 6  # of folders: MNIST/raw, data/images/train/3
MAX_FILES = 300_000
_DATA = (FileKind.IDX_IMAGES, FileKind.TABLE, FileKind.ARCHIVE, FileKind.INK)  # in the order of preference


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
        if any(file_kind(name, found) in (*_DATA, FileKind.PICTURE) for name in found):
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
        members = None if file_kind(only, sources) is FileKind.UNREAD else zip_set.open_set(sources[only], only)
        if members is not None:
            return from_files(members, name)
        return _dataset(name, read_training(sources, [], only), None)
    entries = [Entry(each, file_kind(each, sources)) for each in sources]
    data = [entry for entry in entries if entry.kind in _DATA]
    pictures = [entry.name for entry in entries if entry.kind is FileKind.PICTURE]
    if not data and pictures:
        lists = [entry.name for entry in entries if entry.kind in (FileKind.LIST, FileKind.OTHER)]
        training, testing = picture_folder.read_pictures(sources, pictures, lists, name)
        return _dataset(name, training, testing)
    chosen, test, notes = _choose(entries, data, sources, name)
    archives = [entry.name for entry in (chosen, test) if entry and entry.kind is FileKind.ARCHIVE]
    opened = {archive: zip_set.open_set(sources[archive], archive) for archive in archives}
    sets = {archive: members for archive, members in opened.items() if members is not None}
    if chosen.name in sets:  # train.csv.zip beside test.csv.zip, or all of a set in one zip
        return from_files(zip_set.JoinedSets(sets) if len(sets) > 1 else sets[chosen.name], name)
    contents = read_training(sources, entries, chosen.name)
    test_contents = read_labeled(sources, entries, test.name) if test else None
    # Kaggle's test.csv has no labels: nothing can be scored on it.
    if test and test_contents and test_contents.labels is None:
        notes = (*notes, f"{test.name}: it has no labels, so there is nothing to test on.")
        test_contents = None
    return _dataset(name, contents, test_contents, notes)


def read_file(path: Path) -> Dataset:
    """Make a data set of one file; the labels of IDX images, and perhaps of a table, are in another one beside it.

    Raises:
        ValueError: it is not a data set.
    """
    sources = {path.name: path}
    kind = file_kind(path.name, sources)
    if kind in (FileKind.IDX_IMAGES, FileKind.TABLE):
        wanted = part_of(path.name), common_name(path.name)
        beside = [other for other in sorted(path.parent.iterdir()) if other.is_file() and other != path]
        named = {other.name: other for other in beside if (part_of(other.name), common_name(other.name)) == wanted}
        sources |= {name: file for name, file in named.items() if kind is FileKind.IDX_IMAGES or says_labels(name)}
        entries = [Entry(each, file_kind(each, sources)) for each in sources]
        return _dataset(path.name, read_training(sources, entries, path.name), None)
    return from_files(sources, path.name)


def _dataset(name: str, training: Contents, test: Contents | None, notes: tuple[str, ...] = ()) -> Dataset:
    """Put a data set together, and look at it as a whole."""
    labels = training.labels
    assert labels is not None  # `read_training` has looked
    test_images, test_labels = training.test_images, training.test_labels
    notes = training.notes + notes
    if test is not None and test.labels is not None:
        test_images, test_labels = test.images, test.labels
        notes += test.notes
    notes += one_label_note(labels, name) or orientation.notes(training.images, labels, name)
    return Dataset(name, training.images, labels, test_images, test_labels, tuple(dict.fromkeys(notes)))


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
        if not data and entry.kind is FileKind.UNREAD:
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
