"""The small paper at the curves: the browser reads what is drawn there with the network as it is now, while it learns.

The browser fetches the network itself, again and again, so the page is not redrawn for it. What is on the paper may be
pinned: then the worker tracks its probabilities (ui/train/probe_image).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from model.common.arrays import U8
from model.ink import Drawing
from model.jobs import Job
from ui import state
from ui.browser import modules, run_networks
from ui.common import theme
from ui.common.components import component
from ui.draw.clipping import clip_strokes
from ui.draw.fabric import PEN_WIDTH, SHEET_SIZE
from ui.pickers import datasets
from ui.state import widget_state
from ui.state.visitor_state import Pinned
from ui.train import chart_options, controls, probe_image, snapshots, tabs

KEY = "live_paper"
DECIMALS = 1  # of a place on the paper
MAX_MARK = 40  # characters

NO_RUN = "Start a run, and see it learn to read what you draw."
WAITING = "It answers as soon as the run has started."
TOO_LARGE = "This network is too large for a browser to read with. Pin the drawing: a chart below shows its answers."

_component = component(__file__)


def show(job: Job | None, dataset: str | None) -> None:
    """The paper, which is read by a run and by the other branch of its fork; without a run it can be drawn on.

    Args:
        job: the selected run.
        dataset: the name of the selected data set.
    """
    with st.container(key="paper_reader"):
        _component(
            key=KEY,
            data={
                "modules": modules.address(),
                "size": SHEET_SIZE,
                "penWidth": PEN_WIDTH,
                "penColor": theme.PEN,
                "strokes": _strokes(),
                "image": image(job, dataset),
                "runs": [entry(one, is_selected=one is job) for one in read_by(job)],
                "words": NO_RUN,
                "pinned": pinned_mark(),
                "canPin": "follow" not in controls.hidden(),
            },
            on_pinned_change=_on_pin_change,
            on_sampled_change=partial(sample, job, dataset),
        )


# -- The runs that read -------------------------------------------------------------------------------------


def read_by(job: Job | None) -> list[Job]:
    """The selected run, and beside it the newest one that branches off it or that it branches off, or that also runs.

    Of those only one that the charts show.
    """
    if job is None:
        return []
    shown = chart_options.current().compared
    others = [other for other in state.visitor().jobs if other is not job and other.label in shown]
    branches = [other for other in others if other.parent_number == job.number or job.parent_number == other.number]
    beside = branches or [other for other in others if job.is_live and other.is_live and not other.stop_requested]
    return [job, *beside[-1:]]


def entry(job: Job, *, is_selected: bool) -> dict[str, Any]:
    """A run as the browser knows it. A snapshot that is looked at is one of the selected run."""
    view = job.state()
    snapshot = snapshots.selected(view) if is_selected else None
    address = run_networks.address(state.visitor(), job, snapshot)
    return {
        "name": job.label,
        "address": address,
        "version": f"snapshot {snapshot.step}" if snapshot else run_networks.version(view),
        "words": WAITING if address else TOO_LARGE,
    }


# -- What is on the paper -----------------------------------------------------------------------------------


def _strokes() -> list[list[list[float]]]:
    """What the paper begins with: the drawing that is pinned, or that of Draw."""
    drawing = probe_image.drawing()
    return [stroke.round(DECIMALS).tolist() for stroke in drawing.strokes]


def _tests(job: Job | None, dataset: str | None) -> tuple[U8, U8]:
    """The test images of the run's data set, or of that which is selected for the first run."""
    return probe_image.tests(job.data if job else datasets.folder(dataset or "mnist-5k"))


def image(job: Job | None, dataset: str | None) -> dict[str, Any] | None:
    """The test image on the paper."""
    tab = state.tab()
    if not tab.paper_image:
        return None
    images, labels = _tests(job, dataset)
    number = min(tab.paper_image, len(labels))
    return {
        "pixels": base64.b64encode(np.asarray(images[number - 1]).tobytes()).decode(),
        "caption": f"Test image {number}: {labels[number - 1]}",
        "number": number,
        "mark": _image_mark(number),
        "place": tab.paper_images,
    }


def sample(job: Job | None, dataset: str | None) -> None:
    """Put another test image on the paper."""
    tab = state.tab()
    if count := len(_tests(job, dataset)[1]):
        tab.paper_image, tab.paper_images = int(np.random.default_rng().integers(count)) + 1, tab.paper_images + 1


# -- Pin it -------------------------------------------------------------------------------------------------


def pinned_mark() -> str:
    """The mark of what is pinned; empty if nothing is."""
    visitor = state.visitor()
    if visitor.probe == probe_image.TEST_IMAGE:
        return _image_mark(visitor.probe_number)
    return visitor.pinned.mark if visitor.probe == probe_image.DRAWING and visitor.pinned else ""


def _image_mark(number: int) -> str:
    return f"test image {number}"


def _on_pin_change() -> None:
    value: object = widget_state.get(KEY, {})
    pin(value.get("pinned") if isinstance(value, Mapping) else None)


def pin(chosen: object) -> None:
    """Track what the browser has sent: strokes, a test image by its number, or nothing any more."""
    if not isinstance(chosen, Mapping):
        return
    visitor, number = state.visitor(), chosen.get("number")
    if "strokes" in chosen:
        drawing = read_strokes(chosen["strokes"])
        if drawing is None:
            return
        visitor.pinned = Pinned(drawing, str(chosen.get("mark", ""))[:MAX_MARK])
        visitor.probe = probe_image.DRAWING
    elif type(number) is int and number >= 1:
        visitor.probe, visitor.probe_number = probe_image.TEST_IMAGE, number
    else:
        visitor.probe = visitor.pinned = None
    visitor.times_pinned += 1
    if visitor.probe:
        widget_state.put(tabs.KEY, tabs.PROBE)


def read_strokes(sent: object) -> Drawing | None:
    """The drawing that a browser has sent; None if it is none, or blank."""
    try:
        whole = Drawing(tuple(sent), pen=PEN_WIDTH)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None
    clipped = Drawing(tuple(clip_strokes(whole.strokes, SHEET_SIZE)), pen=PEN_WIDTH)
    return clipped if clipped.strokes else None
