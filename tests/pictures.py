"""Picture files of arrays."""

import io
from typing import Any

import numpy as np
from PIL import Image


def image_file(pixels: np.ndarray | Image.Image, format: str = "PNG", **options: Any) -> bytes:
    """Return the content of a picture file."""
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()
