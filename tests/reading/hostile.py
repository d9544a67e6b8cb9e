"""Files made to take as much memory or time as they can, and readers that never end."""

import gzip
import io
import os
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint


def compute_for_ever() -> None:
    while True:
        pass


def answer_when(path: Path) -> str:
    """Wait until a file is there."""
    while not path.exists():
        time.sleep(0.01)
    return path.read_text()


def fill_memory() -> int:
    return len(bytearray(2**33))


def crash() -> None:
    os.abort()


def fail() -> None:
    raise IndexError("a fault of the reader")


def my_pid() -> int:
    return os.getpid()


def deep_png() -> bytes:
    """49 million pixels of 16 bits."""
    content = io.BytesIO()
    Image.fromarray(np.full((7000, 7000), 60_000, np.uint16)).save(content, "PNG", compress_level=1)
    return content.getvalue()


def endless_jpeg() -> bytes:
    """A progressive picture whose last scan comes again and again."""
    content = io.BytesIO()
    Image.effect_noise((64, 64), 64).save(content, "JPEG", progressive=True)
    jpeg = content.getvalue()
    last = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + last * 5_000 + b"\xff\xd9"


def npz(**arrays: bytes) -> bytes:
    """An archive of compressed arrays, each given as its file's bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            archive.writestr(f"{name}.npy", array)
    return content.getvalue()


def npy(shape: tuple[int, ...], dtype: str) -> bytes:
    content = io.BytesIO()
    np.save(content, np.zeros(shape, dtype))
    return content.getvalue()


def network_npz() -> bytes:
    """A sound small network, with an array beside it that takes 400 MB."""
    small = Checkpoint(DigitClassifier(MLP((784, 10)))).to_bytes(".npz")
    with zipfile.ZipFile(io.BytesIO(small)) as archive:
        arrays = {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}
    return npz(**arrays, more=npy((100_000_000,), "<f4"))


def mnist_npz() -> bytes:
    """400,000 blank images."""
    arrays = {"x_train": npy((400_000, 784), "u1"), "y_train": npy((400_000,), "u1")}
    return npz(**arrays, x_test=npy((1, 784), "u1"), y_test=npy((1,), "u1"))


def csv_gz() -> bytes:
    """A hundred thousand blank images."""
    return gzip.compress((b"7" + b",0" * 784 + b"\n") * 100_000, 1)


def ink_gz() -> bytes:
    """A million drawings."""
    return gzip.compress(b'{"label":"1","strokes":[[[0,0],[1,1]]]}\n' * 1_000_000, 1)


READ_AS_PICTURE = {"deep.png": deep_png, "endless.jpg": endless_jpeg}
READ_AS_NETWORK = {"network.npz": network_npz}
READ_AS_DATASET = {"mnist.npz": mnist_npz, "table.csv.gz": csv_gz, "ink.jsonl.gz": ink_gz}
