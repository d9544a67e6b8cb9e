"""Which images a network was trained on, in a few hundred characters: a sample of their hashes.

The sample is the least of all hashes, so two sets share of their samples what they share of their images
(Broder, 1997). A network's file can hold it, whatever becomes of the data set and of its name.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.common.arrays import U8

HASH_BYTES = 6  # two of a million images are alike by chance in one of 500 cases
MOST = 124  # hashes of a sample, which are 992 characters

Hashes = NDArray[Any]  # (n,), unsigned numbers of 64 bits


def hashes(images: U8) -> Hashes:
    """Hash each of the images, (n, 784), by its bytes: (n,)."""
    content = np.ascontiguousarray(images)
    padding = bytes(8 - HASH_BYTES)
    joined = b"".join(hashlib.blake2b(row.data, digest_size=HASH_BYTES).digest() + padding for row in content)
    return np.frombuffer(joined, "<u8")


def sample(images: U8) -> str:
    """Return the sample of a set of images as a text of at most 1,000 characters."""
    return sample_hashes(hashes(images))


def sample_hashes(known: Hashes) -> str:
    """Return the same of the images' hashes."""
    least = np.unique(known)[:MOST]
    return base64.b64encode(least.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :HASH_BYTES].tobytes()).decode()


def share_in(known: str, images: U8) -> float | None:
    """Estimate how many of the images are in the set that a sample is of, 0..1; None if it cannot tell.

    A share of 0 is certain of all the images together only if the sample is of a small set.

    Args:
        known: the sample.
        images: (n, 784).
    """
    least = _parse(known)
    found = np.unique(hashes(images))
    if not len(least) or not len(found):
        return None
    if len(least) == MOST:  # of a larger set, which has no other hashes up to the last of these
        found = found[found <= least[-1]]
    return float(np.isin(found, least).mean()) if len(found) else None


def _parse(text: str) -> Hashes:
    """Read a sample; one that is damaged is empty."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        return np.empty(0, "<u8")
    whole = content[: len(content) // HASH_BYTES * HASH_BYTES]
    rows = np.frombuffer(whole, np.uint8).reshape(-1, HASH_BYTES)
    return np.pad(rows, ((0, 0), (0, 8 - HASH_BYTES))).copy().view("<u8").reshape(-1)
