"""What the tests of ink share: drawings of digits, MNIST's own images, and a maker of drawings."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from model.ink import Drawing, read_ink
from tests.paths import INK


@pytest.fixture(scope="session")
def digits() -> list[Drawing]:
    """30 drawings, three of each digit."""
    return list(read_ink(INK))


@pytest.fixture(scope="session")
def mnist() -> np.ndarray:
    """The first 10,000 of MNIST's training images, read without the project's own reader."""
    if "MNIST_DIR" not in os.environ:
        pytest.skip("set MNIST_DIR to the folder with MNIST's four IDX files")
    path = next(Path(os.environ["MNIST_DIR"]).glob("train-images*ubyte*"))
    packed = path.read_bytes()
    raw = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28)[:10_000]
