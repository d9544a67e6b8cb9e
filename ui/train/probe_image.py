"""The probe image is one image whose ten probabilities are tracked while a network learns to read it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st

from model import data, ink
from model.common.arrays import U8
from model.inference.classification import classify_images
from model.ink import Drawing
from model.jobs import Job, JobState
from model.jobs.protocol import ProbePrediction, SetProbeImage, SnapshotRef
from ui import state
from ui.charts import vega
from ui.charts.probe_chart import probe_chart
from ui.common import glossary
from ui.draw import prediction
from ui.state import presentation, widget_state
from ui.train import diagnostics

DRAWING, TEST_IMAGE = "my drawing", "test image"


class ProbeImage(NamedTuple):
    """The image (784,) uint8, the digit that it shows if that is known, and its caption."""

    image: U8
    label: int | None
    caption: str


def is_on() -> bool:
    """Whether an image is tracked."""
    return state.visitor().probe is not None


def show(job: Job, view: JobState, snapshot: SnapshotRef | None) -> None:
    """Choose an image, and see how the network has classified it so far."""
    visitor = state.visitor()
    with st.container(key="followed_digit"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Probe image**", help=glossary.explain("probe"))
            widget_state.put("follow", visitor.probe)  # it may have been pinned on the paper
            st.segmented_control(
                "Probe image",
                [DRAWING, TEST_IMAGE],
                key="follow",
                label_visibility="collapsed",
                on_change=_take_probe,
            )
            if visitor.probe == TEST_IMAGE:
                widget_state.put("follow_image", _number(job))
                st.number_input("Image", 1, _count(job), key="follow_image", width=140, on_change=_take_number)
        probe = _probe_image(job)
        _send(job, probe)
        if probe is None:
            if visitor.probe == DRAWING:
                st.caption("There is no drawing yet: draw a digit on the paper above and pin it, or draw one on Draw.")
                st.page_link("draw.py", label="Draw a digit", icon=":material/draw:")
            return
        network = diagnostics.network_at(job, snapshot) if snapshot else None
        history = _predictions_before(job, view, probe) + view.probe_predictions
        left, right = st.columns([1, 2])
        with left:
            st.html(prediction.network_input_html(probe.image.reshape(28, 28), probe.caption))
        with right:
            if history:
                points = [(one.epoch, one.probabilities) for one in history]
                end = vega.axis_end(points[-1][0], view.epochs)
                st.vega_lite_chart(
                    presentation.fit(probe_chart(points, end, probe.label)).chart(), key="followed_chart"
                )
        if network:
            (classification,) = classify_images(network, [probe.image])
            st.html(prediction.probability_bars_html(classification))


def drawing() -> Drawing:
    """The visitor's drawing: what they pinned on the page's own paper, or else what they drew on Draw."""
    visitor = state.visitor()
    return visitor.pinned.drawing if visitor.pinned else visitor.drawing


def _count(job: Job) -> int:
    return max(1, len(tests(job.data)[1]))


def _number(job: Job) -> int:
    return min(state.visitor().probe_number, _count(job))


def _take_probe() -> None:
    state.visitor().probe = widget_state.get("follow", None)


def _take_number() -> None:
    state.visitor().probe_number = widget_state.get("follow_image", 1)


def tests(folder: Path) -> tuple[U8, U8]:
    """A data set's test images and their labels; the training images where there are no others."""
    dataset = state.tab().probe_dataset.get(folder, lambda: data.open_folder(folder))
    if len(dataset.test_labels):
        return dataset.test_images, dataset.test_labels
    return dataset.images, dataset.labels


def _probe_image(job: Job) -> ProbeImage | None:
    visitor = state.visitor()
    if visitor.probe == TEST_IMAGE:
        images, labels = tests(job.data)
        row = _number(job) - 1
        return ProbeImage(np.asarray(images[row]), int(labels[row]), f"Test image {row + 1}: {labels[row]}")
    if visitor.probe == DRAWING and drawing().strokes:
        return ProbeImage(ink.render(drawing()).reshape(-1), None, "Your drawing")
    return None


def _send(job: Job, probe: ProbeImage | None) -> None:
    """Have the worker track the image, if it does not yet."""
    image = None if probe is None else probe.image.tobytes()
    if job.probe_image != image and (job.is_live or image is None):
        job.send(SetProbeImage(image))


def _predictions_before(job: Job, view: JobState, probe: ProbeImage) -> list[ProbePrediction]:
    """What the networks of the snapshots say of the image, up to where the worker began to track it."""
    first = view.probe_predictions[0].epoch if view.probe_predictions else float("inf")
    earlier = [snapshot for snapshot in view.snapshots if snapshot.epoch < first]
    found = state.tab().probe_history.get((job.number, probe.image.tobytes()), dict)
    for snapshot in earlier:
        if snapshot not in found:
            try:
                network = job.network_at(snapshot)
            except ValueError:
                continue  # it was dropped meanwhile
            probabilities = network.predict_proba(probe.image.reshape(1, -1))[0]
            found[snapshot] = ProbePrediction(snapshot.epoch, tuple(probabilities.tolist()))
    return [found[snapshot] for snapshot in earlier if snapshot in found]
