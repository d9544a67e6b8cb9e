"""Data sets: MNIST, and a user's own CSV, IDX, npz and ink files; their split, and the cache that shares them."""

from model.data.dataset import Dataset, split, split_sizes
from model.data.datasets import (
    DATASETS,
    DOWNLOAD_SIZE,
    TRAINING_IMAGES,
    is_present,
    is_unpacked,
    load,
    open_folder,
    prepare,
    save,
)
from model.data.file_set import from_files
from model.data.orientation import TURNS, ink_notes, suggested_turn, turned
from model.data.overlap import Overlap, find_overlap

__all__ = [
    "DATASETS",
    "DOWNLOAD_SIZE",
    "TRAINING_IMAGES",
    "TURNS",
    "Dataset",
    "Overlap",
    "find_overlap",
    "from_files",
    "ink_notes",
    "is_present",
    "is_unpacked",
    "load",
    "open_folder",
    "prepare",
    "save",
    "split",
    "split_sizes",
    "suggested_turn",
    "turned",
]
