"""How many of the images that score a network it was trained on: told by the images, not by the names of data sets."""

from __future__ import annotations

import functools

import numpy as np

from model import data
from model.common.arrays import U8
from model.data import fingerprint
from model.data.fingerprint import Hashes
from model.training.checkpoint import TRAINED_ON, Checkpoint


def seen_share(trained: Checkpoint, images: U8) -> float | None:
    """Return the share of images (n, 784) that a network was trained on, 0..1; None if that is not known.

    It is exact if the network was trained on a data set that has a name and is at hand, and otherwise estimated from
    the sample of hashes in the network's file.
    """
    config = trained.config
    if config and config.data in data.DATASETS and data.is_unpacked(config.data):
        return float(np.isin(fingerprint.hashes(images), _hashes_of(config.data)).mean()) if len(images) else None
    known = trained.scores.get(TRAINED_ON)
    return fingerprint.share_in(known, images) if isinstance(known, str) else None


@functools.cache
def _hashes_of(name: str) -> Hashes:
    return fingerprint.hashes(data.load(name).images)
