"""Finding and loading data sets: those with a name, and those in a user's own files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from model.common.paths import expanded
from model.common.settings import Settings
from model.data import cache, file_set, mnist
from model.data.dataset import Dataset

DOWNLOAD_SIZE = "11 MB"  # of the full MNIST, compressed
DATASETS = {
    "mnist-5k": "5,000 of MNIST's handwritten digits, which come with Inkling: 4,000 to train, 1,000 to test.",
    "mnist": f"MNIST's 70,000 handwritten digits, downloaded once ({DOWNLOAD_SIZE}): 60,000 to train, 10,000 to test.",
}
TRAINING_IMAGES = {"mnist-5k": 4_000, "mnist": 60_000}

_ARRAYS, _NOTES = ("images", "labels", "test_images", "test_labels"), "notes"


def load(source: str | Path, progress: mnist.Progress | None = None) -> Dataset:
    """Load a data set by name ("mnist-5k", "mnist"), or from a user's own file or folder.

    `mnist` is downloaded if needed (see `prepare`). A folder, or a zip, holds MNIST's four IDX files, tables to train
    and to test on whose names tell which is which, mnist.npz, or pictures in a folder for each digit. A file has one of
    the forms of `formats.read_images`; the labels of IDX images are in a file beside it. Without a test file, the test
    part is empty.

    Raises:
        ValueError: the source is something else, or has images without labels.
    """
    if source in DATASETS:
        try:
            return open_folder(prepare(str(source), progress))
        except cache.NotWrittenError:
            if source == "mnist-5k":  # all disks are full: it is small enough for the memory of each process
                return Dataset(source, *mnist.embedded())
            raise
    path = expanded(source)
    if path.is_dir():
        return file_set.from_files(file_set.list_folder(path), path.name)
    if not path.is_file():
        raise ValueError(f"data must be {', '.join(DATASETS)}, or a file or folder that exists; got {source}")
    return file_set.read_file(path)


def save(dataset: Dataset, folder: Path, *, durable: bool = False) -> None:
    """Write a data set to a new folder, as .npy arrays that any number of processes can open and share.

    The folder appears whole or not at all; one that is `durable` outlives a power cut, and takes longer.

    Raises:
        ValueError: the folder cannot be written.
    """
    arrays = {name: np.asarray(getattr(dataset, name)) for name in _ARRAYS}
    texts = {"name": np.array(dataset.name), _NOTES: np.array(dataset.notes, np.str_)}
    cache.save_arrays(folder, arrays | texts, durable=durable)


def open_folder(folder: Path) -> Dataset:
    """Open a saved data set; its arrays are mapped into memory and read-only.

    Raises:
        ValueError: an array is missing or damaged.
    """
    name, images, labels, test_images, test_labels = cache.open_arrays(folder, ("name", *_ARRAYS))
    # Folders from before there were notes have none.
    notes = tuple(map(str, cache.open_arrays(folder, [_NOTES])[0])) if (folder / f"{_NOTES}.npy").is_file() else ()
    return Dataset(str(name), images, labels, test_images, test_labels, notes)


def prepare(name: str, progress: mnist.Progress | None = None) -> Path:
    """Unpack a named data set into a folder, if it is not there yet, and return the folder for `open_folder`.

    MNIST comes from $MNIST_DIR if that folder has its four files, or from the cache, or is downloaded. Its content is
    checked against MNIST's checksums wherever it comes from. If the cache cannot be written, or its disk is full, a
    temporary folder is used until this process ends.

    Args:
        name: one of DATASETS.
        progress: called as `progress(done, total)` during a download, with unpacked bytes.

    Raises:
        ValueError: the name is unknown, $MNIST_DIR has not all of the files, a file is damaged, or the download
            failed.
    """
    if name not in DATASETS:
        raise ValueError(f"name must be one of {', '.join(DATASETS)}; got {name}")
    local = _mnist_files() if name == "mnist" else None
    if _is_whole(cache.home() / name):
        return cache.home() / name
    for find_home in (cache.writable_home, cache.temporary_home):
        try:
            return _prepare_in(find_home(), name, local, progress)
        except cache.NotWrittenError as error:  # the disk is full
            problem = error
    raise problem


def _prepare_in(home: Path, name: str, local: Mapping[str, Path] | None, progress: mnist.Progress | None) -> Path:
    folder = home / name
    if _is_whole(folder):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    downloads = home / f"{name}-download"
    try:
        if name == "mnist-5k":
            arrays = mnist.embedded()
        else:
            arrays = mnist.read(local or mnist.download(downloads, progress))
        save(Dataset(name, *arrays), folder, durable=True)
    except ValueError:
        # Another process may have saved the same data set meanwhile.
        if not _is_whole(folder):
            raise
    shutil.rmtree(downloads, ignore_errors=True)
    return folder


def is_present(name: str) -> bool:
    """Tell whether a named data set can be loaded without a download.

    Raises:
        ValueError: $MNIST_DIR has not all of MNIST's files.
    """
    return name == "mnist-5k" or is_unpacked(name) or _mnist_files() is not None


def is_unpacked(name: str) -> bool:
    """Tell whether `prepare` has nothing left to do for a named data set."""
    return any(_is_whole(home / name) for home in cache.homes())


def _mnist_files() -> dict[str, Path] | None:
    folder = Settings().mnist_dir
    return mnist.find(folder) if folder else None


def _is_whole(folder: Path) -> bool:
    try:
        open_folder(folder)
    except ValueError:
        return False
    return True
