"""Small files of digits to test with, written by hand from the formats' descriptions."""

import io
import struct
import zipfile

import numpy as np


def digits(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Random images (count, 784) and labels (count,), both uint8."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 784), np.uint8), rng.integers(0, 10, count, np.uint8)


def idx_images(images: np.ndarray) -> bytes:
    return struct.pack(">4I", 2051, len(images), 28, 28) + images.tobytes()


def idx_labels(labels: np.ndarray) -> bytes:
    return struct.pack(">2I", 2049, len(labels)) + labels.tobytes()


def table(images: np.ndarray, labels: np.ndarray | None = None, header: str | None = None) -> bytes:
    """A CSV table, its header in the style of "kaggle" (pixel0...) or "mnist-in-csv" (1x1...)."""
    names = {
        "kaggle": [f"pixel{pixel}" for pixel in range(784)],
        "mnist-in-csv": [f"{row}x{column}" for row in range(1, 29) for column in range(1, 29)],
    }
    lines = [] if header is None else [",".join(["label"] * (labels is not None) + names[header])]
    for number, image in enumerate(images):
        cells = [] if labels is None else [labels[number]]
        lines.append(",".join(str(int(cell)) for cell in [*cells, *image]))
    return "\n".join([*lines, ""]).encode()


def npz(arrays: dict[str, np.ndarray], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array, allow_pickle=True)
            archive.writestr(f"{name}.npy", member.getvalue())
    return packed.getvalue()
