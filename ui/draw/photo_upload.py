"""A photo of a digit that the visitor uploads or takes instead of drawing."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st
from PIL import Image

from model.ink import BlankDrawing
from model.ink.photo import MAX_BYTES, DigitPhoto, find_digits
from ui import state
from ui.common import errors
from ui.state import reading, stored_uploads, widget_state

TYPES = ["png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif"]
CAMERA_WIDTH = 300  # pixels
CHOICE = "picture_digit"  # the menu's key
MAX_PIXELATED = 64  # a picture of so few pixels either way is shown with hard edges
SUGGESTION = "A photo or a scan of one handwritten digit or several, dark on light or light on dark."
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


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
                "Hold a handwritten digit before the camera",
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


def photos() -> tuple[DigitPhoto, ...]:
    """All digits of the uploaded picture, by rows; none once something has been drawn since."""
    visitor = state.visitor()
    if visitor.photo is None:
        return ()
    return visitor.photos if visitor.photo in visitor.photos else (visitor.photo,)


def choose(answers: Sequence[str]) -> None:
    """Say how many digits are in the picture, and let the visitor choose the one that the page reads.

    Args:
        answers: what each is read as, in a character or two.
    """
    found = photos()
    if len(found) < 2:
        return
    many = NUMBERS[len(found)] if len(found) < len(NUMBERS) else str(len(found))
    st.segmented_control(
        f"I see {many} digits",
        range(len(found)),
        key=CHOICE,
        format_func=lambda number: f"{answers[number]}",
        on_change=_choose,
        help="Each is read by itself. Choose one to see how the network reads it.",
    )


def _choose() -> None:
    visitor, number, found = state.visitor(), widget_state.get(CHOICE, None), photos()
    if number is None or number >= len(found):
        _show(visitor.photo)
    else:
        visitor.photo = found[number]


def _show(chosen: DigitPhoto | None) -> None:
    """Let the menu of digits stand at one."""
    found = photos()
    if chosen in found:
        widget_state.put(CHOICE, found.index(chosen))


def is_unread() -> bool:
    """Whether the visitor's last act was a picture that could not be read."""
    return state.visitor().photo_problem is not None


def _read(key: str) -> None:
    visitor, files = state.visitor(), reading.new_files(key)
    if files is None:
        return
    visitor.photo = visitor.photo_problem = None
    if not files:
        return
    (file,) = files
    try:
        visitor.photos = tuple(reading.read_upload("the picture", file.size, find_digits, file.getvalue()))
        visitor.photo = visitor.photos[0]
        _show(visitor.photo)
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


def for_paper(answers: Sequence[str] = ()) -> dict[str, object] | None:
    """The picture for the browser to show on the paper: its data URL, and the digits' boxes in percent of it.

    Args:
        answers: what each digit is read as, in a character or two; shown where there are several digits.
    """
    chosen, digits = photo(), photos()
    if chosen is None:
        return None
    answers = answers if len(digits) == len(answers) > 1 else [""] * len(digits)
    return _picture(chosen) | {
        "boxes": [_box(found, answer, found is chosen) for found, answer in zip(digits, answers, strict=True)]
    }


def _box(found: DigitPhoto, answer: str, is_chosen: bool) -> dict[str, object]:
    left, top, right, bottom = (100 * share for share in found.box)
    box = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    return {"place": box, "answer": answer, "isChosen": is_chosen}


def _picture(found: DigitPhoto) -> dict[str, object]:
    buffer = io.BytesIO()
    kind = "PNG" if max(found.picture.shape) <= MAX_PIXELATED else "JPEG"
    Image.fromarray(found.picture).save(buffer, kind, quality=80)
    return {
        "source": f"data:image/{kind.lower()};base64," + base64.b64encode(buffer.getvalue()).decode(),
        "isPixelated": kind == "PNG",
        "size": [found.picture.shape[1], found.picture.shape[0]],
    }
