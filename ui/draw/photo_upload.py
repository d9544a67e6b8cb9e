"""A photo of a digit that the visitor uploads or takes instead of drawing."""

from __future__ import annotations

import base64
import io
from typing import NamedTuple

import streamlit as st
from PIL import Image

from model.ink import BlankDrawing
from model.ink.photo import MAX_BYTES, DigitPhoto, find_digit
from ui import state
from ui.common import errors
from ui.state import reading, stored_uploads

TYPES = ["png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif"]
CAMERA_WIDTH = 300  # pixels
MAX_PIXELATED = 64  # a picture of so few pixels either way is shown with hard edges
SUGGESTION = "A photo or a scan of one handwritten digit, dark on light or light on dark."


def uploader() -> None:
    """Let the visitor upload or take a photo of a digit instead; the next stroke goes back to the drawing."""
    with st.container(key="photo", gap="small"):
        key = _key("picture")
        st.file_uploader(
            "Or upload a photo",
            type=TYPES,
            key=key,
            max_upload_size=stored_uploads.max_megabytes(MAX_BYTES // 1_000_000),
            on_change=_read,
            args=(key,),
            help=SUGGESTION,
        )
        camera = st.popover("Use the camera", icon=":material/photo_camera:", key="camera", on_change="rerun")
        if camera.open:  # the browser asks for the camera as soon as this is shown
            key = _key("camera_picture")
            camera.camera_input(
                "Hold one handwritten digit before the camera",
                key=key,
                on_change=_read,
                args=(key,),
                width=CAMERA_WIDTH,
            )
        if problem := state.visitor().photo_problem:
            errors.show_error(problem)


def _key(name: str) -> str:
    """The key of an upload: another one after a photo was put away, which empties the upload."""
    number = state.visitor().photo_number
    return f"{name}_{number}" if number else name


class Shown(NamedTuple):
    """What the page shows of an upload."""

    number: int
    problem: str | None


def shown() -> Shown:
    """What the page has to show of an upload: another number, or another problem, takes a run of the page."""
    visitor = state.visitor()
    return Shown(visitor.photo_number, visitor.photo_problem)


def photo() -> DigitPhoto | None:
    """The uploaded photo; None once something has been drawn since."""
    return state.visitor().photo


def _read(key: str) -> None:
    visitor, files = state.visitor(), reading.new_files(key)
    if files is None:
        return
    visitor.photo = visitor.photo_problem = None
    if not files:
        return
    (file,) = files
    try:
        visitor.photo = reading.read_upload("the picture", file.size, find_digit, file.getvalue())
    except BlankDrawing as blank:
        visitor.photo_problem = f"The photo can't be read: {blank}."
    except ValueError as invalid:
        visitor.photo_problem = f"The file can't be read: {invalid}."


def discard() -> None:
    """Forget the photo and empty the upload, so that the drawing counts again."""
    visitor = state.visitor()
    if visitor.photo is not None or visitor.photo_problem is not None:
        visitor.photo_number += 1
    visitor.photo = visitor.photo_problem = None


def for_paper(found: DigitPhoto) -> dict[str, object]:
    """A photo for the browser to show on the paper: its data URL, and the digit's box in percent of it."""
    buffer = io.BytesIO()
    kind = "PNG" if max(found.picture.shape) <= MAX_PIXELATED else "JPEG"
    Image.fromarray(found.picture).save(buffer, kind, quality=80)
    left, top, right, bottom = (100 * share for share in found.box)
    return {
        "source": f"data:image/{kind.lower()};base64," + base64.b64encode(buffer.getvalue()).decode(),
        "isPixelated": kind == "PNG",
        "size": [found.picture.shape[1], found.picture.shape[0]],
        "box": {"left": left, "top": top, "width": right - left, "height": bottom - top},
    }
