"""A followed digit is one image whose ten probabilities are watched while a network learns to read it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model import data, ink
from model.inference.classification import classify_images
from model.jobs import Job, JobState
from model.jobs.protocol import ProbePrediction, SetProbeImage, SnapshotRef
from ui.charts.probe_chart import probe_chart
from ui.common import glossary
from ui.draw import prediction
from ui.state import session
from ui.train import diagnostics

DRAWING, TEST_IMAGE = "my drawing", "a test image"


class Followed(NamedTuple):
    """The image (784,) uint8, the digit that it shows if that is known, and what it is called."""

    image: NDArray[np.uint8]
    label: int | None
    caption: str


def is_on() -> bool:
    """Whether a digit is followed."""
    return session.get_value("follow") is not None


def show(job: Job, view: JobState, chosen: SnapshotRef | None) -> None:
    """Choose an image, and see what the network has made of it so far."""
    with st.container(key="followed_digit"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Follow a digit**", help=glossary.explain("follow"))
            st.segmented_control(
                "Follow",
                [DRAWING, TEST_IMAGE],
                key="follow",
                default=session.get_value("follow"),
                label_visibility="collapsed",
                on_change=lambda: session.set_value("follow", st.session_state["follow"]),
            )
            if session.get_value("follow") == TEST_IMAGE:
                st.number_input(
                    "Image", 1, _count(job), _number(job), key="follow_image", width=140, on_change=_take_number
                )
        followed = _followed(job)
        _tell(job, followed)
        if followed is None:
            if session.get_value("follow") == DRAWING:
                st.caption("There is no drawing yet: draw a digit on the Draw page, and come back.")
                st.page_link("pages/draw.py", label="Draw a digit", icon=":material/draw:")
            return
        network = diagnostics.network_at(job, chosen) if chosen else None
        history = _before(job, view, followed) + view.probe_predictions
        left, right = st.columns([1, 2])
        with left:
            st.html(prediction.network_input_html(followed.image.reshape(28, 28), followed.caption))
        with right:
            if history:
                points = [(glance.epoch, glance.probabilities) for glance in history]
                st.vega_lite_chart(*probe_chart(points, view.epochs, followed.label), key="followed_chart")
        if network:
            (reading,) = classify_images(network, [followed.image])
            st.html(prediction.probability_bars_html(reading))


def _count(job: Job) -> int:
    return max(1, len(_tests(job)[1]))


def _number(job: Job) -> int:
    return min(int(session.get_value("follow_image", 1)), _count(job))


def _take_number() -> None:
    session.set_value("follow_image", st.session_state["follow_image"])


def _tests(job: Job) -> tuple[Any, Any]:
    """The test images, or those to learn from where there are none."""
    known, dataset = session.get_value("follow_data", (None, None))
    if known != job.data:
        dataset = data.open_folder(job.data)
        session.set_value("follow_data", (job.data, dataset))
    if len(dataset.test_labels):
        return dataset.test_images, dataset.test_labels
    return dataset.images, dataset.labels


def _followed(job: Job) -> Followed | None:
    if session.get_value("follow") == TEST_IMAGE:
        images, labels = _tests(job)
        row = _number(job) - 1
        return Followed(np.asarray(images[row]), int(labels[row]), f"Test image {row + 1}, a {labels[row]}")
    drawing = session.get_value("drawing")
    if session.get_value("follow") == DRAWING and drawing is not None and drawing.strokes:
        return Followed(ink.render(drawing).reshape(-1), None, "Your drawing")
    return None


def _tell(job: Job, followed: Followed | None) -> None:
    """Have the worker follow the image, if it does not yet."""
    image = None if followed is None else followed.image.tobytes()
    if job.probe_image != image and (job.is_live or image is None):
        job.send(SetProbeImage(image))


def _before(job: Job, view: JobState, followed: Followed) -> list[ProbePrediction]:
    """What the networks of the snapshots made of the image, up to where the worker began to follow it."""
    first = view.probe_predictions[0].epoch if view.probe_predictions else float("inf")
    earlier = [kept for kept in view.snapshots if kept.epoch < first]
    wanted = job.number, followed.image.tobytes()
    known, found = session.get_value("followed_before", (None, {}))
    if known != wanted:
        found = {}
        session.set_value("followed_before", (wanted, found))
    for kept in earlier:
        if kept not in found:
            try:
                network = job.network_at(kept)
            except ValueError:
                continue  # it was given up meanwhile
            found[kept] = ProbePrediction(
                kept.epoch, tuple(network.predict_proba(followed.image.reshape(1, -1))[0].tolist())
            )
    return [found[kept] for kept in earlier if kept in found]
