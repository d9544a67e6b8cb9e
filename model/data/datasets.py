"""A data set is images of digits and what they show: one part to learn from, and another to test with.

What a network learned from it can know by heart; only the test part, never used to choose anything, tells how
well it reads digits that it has not seen.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.common.constants import PIXELS
from model.common.settings import Settings
from model.data import cache, formats, mnist

DOWNLOAD_SIZE = "11 MB"  # of the full MNIST, compressed
DATASETS = {
    "mnist-5k": "5,000 of MNIST's handwritten digits, which come with Inkling: 4,000 to train, 1,000 to test.",
    "mnist": f"MNIST's 70,000 handwritten digits, downloaded once ({DOWNLOAD_SIZE}): 60,000 to train, 10,000 to test.",
}

# How the names of files begin that hold the training part and the test part, the surest first.
_TRAINING_FILES = ("train-images", "mnist_train.csv", "train.csv", "mnist.npz")
_TEST_FILES = {"train-images": "t10k-images", "mnist_train.csv": "mnist_test.csv", "train.csv": "test.csv"}

_ARRAYS = ("images", "labels", "test_images", "test_labels")


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images with their labels: uint8 images (n, 784), ink 255 on paper 0, and uint8 labels (n,) from 0 to 9.

    The test part has the same form, and may be empty. Raises ValueError if the arrays do not fit together.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray

    def __post_init__(self) -> None:
        parts = {
            "training": (self.images, self.labels),
            "test": (self.test_images, self.test_labels),
        }
        for part, (images, labels) in parts.items():
            if images.dtype != np.uint8 or images.ndim != 2 or images.shape[1] != PIXELS:
                got = f"{images.dtype} {images.shape}"
                raise ValueError(f"{self.name}: {part} images must be uint8 of shape (n, 784); got {got}")
            if labels.dtype != np.uint8 or labels.ndim != 1:
                got = f"{labels.dtype} {labels.shape}"
                raise ValueError(f"{self.name}: {part} labels must be uint8 of shape (n,); got {got}")
            if len(labels) != len(images):
                raise ValueError(
                    f"{self.name}: expected a label for each of {len(images):,} {part} images;"
                    f" got {len(labels):,} labels"
                )
            if len(labels) and labels.max() > 9:
                raise ValueError(f"{self.name}: {part} labels must be 0 to 9; got {labels.max()}")
        if not len(self.images):
            raise ValueError(f"{self.name}: expected images to train on; got none")

    def __repr__(self) -> str:
        return f"{self.name}: {len(self.images):,} images to train, {len(self.test_images):,} to test"


def load(source: str | Path, progress: mnist.Progress | None = None) -> Dataset:
    """A data set by name ("mnist-5k", "mnist"), or from a file or a folder of the user's own.

    `mnist` is fetched if need be (see `prepare`). A folder holds MNIST's four IDX files, mnist_train.csv and
    mnist_test.csv, train.csv (with test.csv, used if it has labels), or mnist.npz. A file is one that
    `files.read_images` knows; IDX images have their file of labels beside them. Without a test file, the test
    part is empty. Raises ValueError for anything else, and for images without labels.
    """
    if source in DATASETS:
        return open_folder(prepare(str(source), progress))
    path = Path(source).expanduser()
    if path.is_dir():
        return from_files({child.name: child for child in path.iterdir() if child.is_file()}, path.name)
    if not path.is_file():
        raise ValueError(f"data must be {', '.join(DATASETS)}, or a file or folder that exists; got {source}")
    beside = [path.with_name(name) for name in _labels_names(path.name)]
    return from_files({file.name: file for file in (path, *beside) if file.is_file()}, path.name)


def from_files(sources: Mapping[str, Path | bytes], name: str) -> Dataset:
    """A data set called `name` from files by their names, each on disk or (as uploaded) in memory.

    One file may have any name; several are told apart by theirs, as in a folder (see `load`).
    Raises ValueError.
    """
    training, test = _choose(sources, name)
    contents = _read_labelled(sources, training)
    if contents.labels is None:
        raise ValueError(f"{training}: expected labels, to train on; got images alone, which can only be classified")
    test_part = contents.test_images, contents.test_labels
    if test:
        test_contents = _read_labelled(sources, test)
        # Kaggle's test.csv has no labels: nothing can be scored on it.
        if test_contents.labels is not None:
            test_part = test_contents.images, test_contents.labels
    return Dataset(name, contents.images, contents.labels, *test_part)


def _choose(sources: Mapping[str, Path | bytes], name: str) -> tuple[str, str | None]:
    """The names of the files that hold the training part and, if there is one, the test part."""
    if len(sources) == 1:
        return next(iter(sources)), None
    for start in _TRAINING_FILES:
        training = _first(sources, start)
        if training:
            return training, _first(sources, _TEST_FILES.get(start, ""))
    images = [file for file in sources if "images" in file]
    if len(images) == 1:
        return images[0], None
    raise ValueError(
        f"{name}: expected MNIST's four IDX files, mnist_train.csv, mnist_test.csv, train.csv, or mnist.npz;"
        f" got {', '.join(sorted(sources)[:6]) or 'no file'}"
    )


def _first(sources: Mapping[str, Path | bytes], start: str) -> str | None:
    return next((file for file in sorted(sources) if start and file.startswith(start)), None)


def _read_labelled(sources: Mapping[str, Path | bytes], file: str) -> formats.Contents:
    """A file's contents, with the labels of IDX images taken from the file that goes with them."""
    contents = formats.read_images(sources[file], file)
    wanted = _labels_names(file)
    if contents.labels is not None or not wanted:
        return contents
    found = [other for other in wanted if other in sources]
    if not found:
        raise ValueError(f"{file}: expected its labels beside it; missing {wanted[0]}; add it")
    labels = formats.read_idx_labels(sources[found[0]], found[0])
    if len(labels) != len(contents.images):
        raise ValueError(
            f"{found[0]}: expected a label for each of the {len(contents.images):,} images in {file};"
            f" got {len(labels):,}"
        )
    return formats.Contents(contents.images, labels)


def _labels_names(file: str) -> list[str]:
    """What the file of labels that goes with an IDX file of images may be called; nothing for other files."""
    if "images" not in file or ".csv" in file:
        return []
    labels = file.replace("images", "labels").replace("idx3", "idx1")
    return [labels, labels.removesuffix(".gz") if labels.endswith(".gz") else f"{labels}.gz"]


def save(dataset: Dataset, folder: Path) -> None:
    """Writes a data set to a new folder, as .npy arrays that any number of processes can open and share.

    The folder appears whole or not at all. Raises ValueError if it cannot be written.
    """
    arrays = {name: np.asarray(getattr(dataset, name)) for name in _ARRAYS}
    cache.save_arrays(folder, arrays | {"name": np.array(dataset.name)})


def open_folder(folder: Path) -> Dataset:
    """Opens a saved data set, its arrays mapped into memory, read-only. Raises ValueError if damaged."""
    name, images, labels, test_images, test_labels = cache.open_arrays(folder, ("name", *_ARRAYS))
    return Dataset(str(name), images, labels, test_images, test_labels)


def prepare(name: str, progress: mnist.Progress | None = None) -> Path:
    """Makes sure that a named data set lies unpacked in a folder, and returns the folder, for `open_folder`.

    MNIST is taken from $MNIST_DIR if that holds its files (all four: some of them is an error), then from the
    cache, and is otherwise downloaded, with `progress(done, total)` told the unpacked bytes. What is unpacked
    is checked against MNIST's checksums, wherever it comes from, and is not unpacked again. If the cache
    cannot be written, a temporary folder serves until this process ends. Raises ValueError.
    """
    if name not in DATASETS:
        raise ValueError(f"name must be one of {', '.join(DATASETS)}; got {name}")
    local = _mnist_files() if name == "mnist" else None
    if _is_whole(cache.home() / name):
        return cache.home() / name
    home = cache.writable_home()
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
        save(Dataset(name, *arrays), folder)
    except ValueError:
        # Another process may have saved the same meanwhile, and tidied up.
        if not _is_whole(folder):
            raise
    shutil.rmtree(downloads, ignore_errors=True)
    return folder


def is_present(name: str) -> bool:
    """Whether a named data set can be loaded without a download.

    Raises ValueError, as `prepare` does, if $MNIST_DIR holds only some of MNIST's files.
    """
    return name == "mnist-5k" or is_unpacked(name) or _mnist_files() is not None


def is_unpacked(name: str) -> bool:
    """Whether `prepare` has nothing left to do for a named data set."""
    return any(_is_whole(home / name) for home in (cache.home(), cache.writable_home()))


def _mnist_files() -> dict[str, Path] | None:
    folder = Settings().mnist_dir
    return mnist.find(folder) if folder else None


def _is_whole(folder: Path) -> bool:
    try:
        open_folder(folder)
    except ValueError:
        return False
    return True


def split(
    dataset: Dataset, validation_size: float, training_size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Shuffles the training part and holds out the first: indices to learn from, and indices held out.

    `validation_size` is a share below 1, or from 1 on a number of images, as in scikit-learn's
    train_test_split. `training_size` is how many images to use in all, the held-out ones among them; 0, or
    more than there are, is every image. Raises ValueError if that leaves no image to learn from.
    """
    available = len(dataset.images)
    if training_size < 0:
        raise ValueError(f"training_size must be 0 (all) or more; got {training_size}")
    used = min(training_size or available, available)
    if validation_size >= 1 and validation_size != int(validation_size):
        raise ValueError(f"validation_size from 1 on must be a whole number of images; got {validation_size}")
    held_out = int(validation_size) if validation_size >= 1 else round(validation_size * used)
    if validation_size > 0:
        held_out = max(held_out, 1)
    if not 0 <= held_out < used:
        raise ValueError(f"validation_size must leave images to learn from, of {used:,} in all; got {validation_size}")
    order = rng.permutation(available)[:used]
    return order[held_out:], order[:held_out]


def overlap(trained_on: str, tested_on: str, *, ink: str = "", on_training_part: bool = False) -> str | None:
    """What to say wherever the score of a network on images it learned from shows; None if there are none.

    Both are names of data sets; `ink` names the files of drawings that it learned from besides. `on_training_part`
    says that it is scored on what one learns from, as with a file that has no test part.
    """
    if trained_on == "mnist" and tested_on == "mnist-5k":
        return (
            "All 5,000 of these images stand among MNIST's 60,000 training images, which this network learned"
            " from: its score here says nothing about new digits."
        )
    learned = {Path(name.strip()).name for name in (trained_on, *ink.split(","))}
    if on_training_part and Path(tested_on).name in learned:
        return "The network learned from these images: its score here says little about new digits."
    return None
