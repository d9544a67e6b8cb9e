"""Data sets in: MNIST, CSV, IDX and npz files, drawings; their split, and the cache that keeps them."""

from model.data.datasets import (
    DATASETS,
    DOWNLOAD_SIZE,
    Dataset,
    from_files,
    is_present,
    is_unpacked,
    load,
    open_folder,
    overlap,
    prepare,
    save,
    split,
)

__all__ = [
    "DATASETS",
    "DOWNLOAD_SIZE",
    "Dataset",
    "from_files",
    "is_present",
    "is_unpacked",
    "load",
    "open_folder",
    "overlap",
    "prepare",
    "save",
    "split",
]
