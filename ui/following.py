"""A followed digit is one image whose ten probabilities are watched while a network learns to read it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model import data, ink
from model.jobs import Job, View
from model.messages import Follow, Glance, Kept
from model.reading import read_images
from ui import answer, inside, inside_charts, session, terms

DRAWING, TEST_IMAGE = "my drawing", "a test image"


class Followed(NamedTuple):
    """The image (784,) uint8, the digit that it shows if that is known, and what it is called."""

    image: NDArray[np.uint8]
    label: int | None
    caption: str


def is_on() -> bool:
    """Whether a digit is followed."""
    return session.remembered("follow") is not None


def show(job: Job, view: View, chosen: Kept | None) -> None:
    """Choose an image, and see what the network has made of it so far."""
    with st.container(key="followed_digit"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Follow a digit**", help=terms.explain("follow"))
            st.segmented_control(
                "Follow",
                [DRAWING, TEST_IMAGE],
                key="follow",
                default=session.remembered("follow"),
                label_visibility="collapsed",
                on_change=lambda: session.remember("follow", st.session_state["follow"]),
            )
            if session.remembered("follow") == TEST_IMAGE:
                st.number_input(
                    "Image", 1, _count(job), _number(job), key="follow_image", width=140, on_change=_take_number
                )
        followed = _followed(job)
        _tell(job, followed)
        if followed is None:
            if session.remembered("follow") == DRAWING:
                st.caption("There is no drawing yet: draw a digit on the Draw page, and come back.")
                st.page_link("pages/draw.py", label="Draw a digit", icon=":material/draw:")
            return
        network = inside.network_at(job, chosen) if chosen else None
        history = _before(job, view, followed) + view.glances
        left, right = st.columns([1, 2])
        with left:
            st.html(answer.seen(followed.image.reshape(28, 28), followed.caption))
        with right:
            if history:
                points = [(glance.epoch, glance.probabilities) for glance in history]
                st.vega_lite_chart(
                    *inside_charts.followed_chart(points, view.epochs, followed.label), key="followed_chart"
                )
        if network:
            (reading,) = read_images(network, [followed.image])
            st.html(answer.bars(reading))


def _count(job: Job) -> int:
    return max(1, len(_tests(job)[1]))


def _number(job: Job) -> int:
    return min(int(session.remembered("follow_image", 1)), _count(job))


def _take_number() -> None:
    session.remember("follow_image", st.session_state["follow_image"])


def _tests(job: Job) -> tuple[Any, Any]:
    """The test images, or those to learn from where there are none."""
    known, dataset = session.remembered("follow_data", (None, None))
    if known != job.data:
        dataset = data.open_folder(job.data)
        session.remember("follow_data", (job.data, dataset))
    if len(dataset.test_labels):
        return dataset.test_images, dataset.test_labels
    return dataset.images, dataset.labels


def _followed(job: Job) -> Followed | None:
    if session.remembered("follow") == TEST_IMAGE:
        images, labels = _tests(job)
        row = _number(job) - 1
        return Followed(np.asarray(images[row]), int(labels[row]), f"Test image {row + 1}, a {labels[row]}")
    drawing = session.remembered("drawing")
    if session.remembered("follow") == DRAWING and drawing is not None and drawing.strokes:
        return Followed(ink.render(drawing).reshape(-1), None, "Your drawing")
    return None


def _tell(job: Job, followed: Followed | None) -> None:
    """Have the worker follow the image, if it does not yet."""
    image = None if followed is None else followed.image.tobytes()
    if job.followed != image and (job.is_live or image is None):
        job.order(Follow(image))


def _before(job: Job, view: View, followed: Followed) -> list[Glance]:
    """What the networks of the snapshots made of the image, up to where the worker began to follow it."""
    first = view.glances[0].epoch if view.glances else float("inf")
    earlier = [kept for kept in view.kept if kept.epoch < first]
    wanted = job.number, followed.image.tobytes()
    known, found = session.remembered("followed_before", (None, {}))
    if known != wanted:
        found = {}
        session.remember("followed_before", (wanted, found))
    for kept in earlier:
        if kept not in found:
            try:
                network = job.network_at(kept)
            except ValueError:
                continue  # it was given up meanwhile
            found[kept] = Glance(kept.epoch, tuple(network.probabilities(followed.image.reshape(1, -1))[0].tolist()))
    return [found[kept] for kept in earlier if kept in found]
