"""What goes on inside a network while it learns: its first layer's weights, each layer's health, what it has learned.

Each part is in a place of its own on the page, and shows the network as it is now or as it was at a snapshot.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model import data
from model.jobs import Job, JobState
from model.jobs.protocol import CheckGradient, SnapshotRef
from model.nn.classifier import DigitClassifier
from model.nn.gradient_check import GradientCheck
from model.training import sample_rows
from model.training.diagnostics import Diagnostics, inspect_network, layer_norms
from ui import state
from ui.charts import diagnostics_tables, digit_images, first_layer_weights
from ui.charts.layer_norms_chart import layer_norms_chart
from ui.common import errors, formatting, glossary, theme
from ui.state import widget_state

ORDERS = {"as they are": None, "strongest first": "strongest first"}
PICTURES = 12  # of digits that were learned or forgotten last


def is_open() -> bool:
    """Whether one of the folded parts is open."""
    return any(widget_state.get(key, False) for key in ("digits_open", "gradient_check_open"))


def weights(job: Job, view: JobState, snapshot: SnapshotRef | None) -> None:
    """What the first layer looks for, as pictures."""
    with st.container(key="weights_view"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**What the first layer looks for**", help=glossary.explain("weights"))
            order = st.segmented_control(
                "Order", [*ORDERS], key="weights_order", default="as they are", label_visibility="collapsed"
            )
        st.image(_weights_picture(job, view, snapshot, ORDERS[order or "as they are"]), width="stretch")


def _weights_picture(job: Job, view: JobState, snapshot: SnapshotRef | None, order: Any) -> str:
    """Drawn again only when the parameters are new."""

    def draw() -> str:
        weights = network_at(job, snapshot).mlp.layers[0].weights if snapshot else job.first_layer_weights()
        return first_layer_weights.weights_image(weights, order=order)

    return state.tab().weights_image.get((job.number, view.weights_version, snapshot, order), draw)


def layers(job: Job, view: JobState, snapshot: SnapshotRef | None) -> None:
    """How strong the gradient is in each layer, how far a step moves it, and which of its units are dead."""
    with st.container(key="layers_view"):
        st.markdown("**Layer by layer**", help=glossary.explain("update_ratio"))
        observation = observed(job, view, snapshot)
        if observation is None or not observation.gradients:
            st.caption("To be seen as soon as it learns.")
            return
        st.html(diagnostics_tables.layer_table(observation, job.config.sizes))
        over_time = st.expander("Gradients and updates over time", key="layers_over_time", on_change="rerun")
        measured = [one for one in view.diagnostics if one.gradients]
        if over_time.open and measured:
            of: Any
            for place, (of, term) in zip(
                over_time.columns(2), (("gradients", "gradient_norm"), ("updates", "update_norm")), strict=True
            ):
                with place:
                    st.markdown(f"**{of.capitalize()}**", help=glossary.explain(term))
                    chart = layer_norms_chart(measured, job.config.sizes, view.epochs, of=of)
                    st.vega_lite_chart(*chart, key=f"layers_{of}")


def digits(job: Job, view: JobState, snapshot: SnapshotRef | None) -> None:
    """Which digits it reads, which it confuses, and which it has forgotten."""
    with st.container(key="digits_view"):
        folded = st.expander("Which digits it reads", key="digits_open", on_change="rerun")
        observation = observed(job, view, snapshot) if folded.open else None
        if observation is None or not len(observation.predictions):
            return
        images, labels = sample(job)
        predictions = observation.predictions
        with folded:
            left, right = st.columns(2)
            with left:
                st.markdown("**What it takes for what**", help=glossary.explain("confusion"))
                st.html(diagnostics_tables.confusion_table(labels, predictions))
            with right:
                st.markdown("**Read right now, and at best**", help=glossary.explain("forgotten"))
                st.html(
                    diagnostics_tables.accuracy_by_digit_table(
                        labels, predictions, np.array(observation.best or [0.0] * 10)
                    )
                )
            right_now = predictions == labels
            st.caption(f"{formatting.image_count(int(right_now.sum()))} of {len(labels):,} are read right.")
            _turned("Learned last", images, labels, observation, right_now)
            _turned("Forgotten: read right before, and wrong now", images, labels, observation, ~right_now)


def _turned(
    title: str, images: NDArray[np.uint8], labels: NDArray[np.uint8], observation: Diagnostics, among: NDArray[Any]
) -> None:
    """The images that changed sides last."""
    turned = observation.last_flip_step
    if not len(turned):
        return
    rows = np.flatnonzero(among & (turned > 0))
    rows = rows[np.argsort(-turned[rows], kind="stable")][:PICTURES]
    if len(rows):
        st.markdown(f"**{title}**")
        shown = [
            digit_images.CaptionedImage(
                images[row],
                f"a {labels[row]}"
                if labels[row] == observation.predictions[row]
                else f"read as {observation.predictions[row]}",
                [f"step {turned[row]:,}"],
                theme.RIGHT if labels[row] == observation.predictions[row] else theme.WRONG,
            )
            for row in rows
        ]
        st.html(digit_images.gallery(shown))


def gradient_check(job: Job) -> None:
    """Backpropagation's gradient beside the one that is found by trying, on demand."""
    with st.expander("Check the gradient", key="gradient_check_open", on_change="rerun") as folded:
        if not folded.open:
            return
        st.markdown(glossary.explain("gradient_check"))
        st.button(
            "Check it on the present batch",
            key="gradient_check",
            icon=":material/rule:",
            disabled=not job.is_live,
            on_click=lambda: job.send(CheckGradient()),
        )
        if isinstance(job.gradient_check, str):
            st.info(job.gradient_check)
        elif job.gradient_check:
            _checked(job.gradient_check)


def _checked(check: GradientCheck) -> None:
    sound = check.worst < 1e-3
    said = f"The largest relative error is {check.worst:.1e}, on {formatting.image_count(check.images)}: "
    (st.success if sound else st.error)(said + ("backpropagation is right." if sound else "they do not agree."))
    st.dataframe(
        {
            "layer": [row.layer + 1 for row in check.rows],
            "parameter": [f"{row.kind} {', '.join(map(str, row.index))}" for row in check.rows],
            "analytic": [f"{row.analytic:+.6e}" for row in check.rows],
            "numeric": [f"{row.numeric:+.6e}" for row in check.rows],
            "relative error": [f"{row.relative_error:.1e}" for row in check.rows],
        },
        hide_index=True,
        key="gradient_check_table",
    )


# -- Looking back -------------------------------------------------------------------------------------------


def network_at(job: Job, snapshot: SnapshotRef) -> DigitClassifier:
    """The network of a snapshot."""
    try:
        return state.tab().snapshot_network.get((job.number, snapshot), lambda: job.network_at(snapshot))
    except ValueError as error:
        errors.show_error(str(error))
        st.stop()


def observed(job: Job, view: JobState, snapshot: SnapshotRef | None) -> Diagnostics | None:
    """What was seen inside last; or at a snapshot, where the norms are those of the look nearest to it."""
    if not snapshot:
        return view.diagnostics[-1] if view.diagnostics else None
    return state.tab().snapshot_diagnostics.get((job.number, snapshot), lambda: _inspect(job, view, snapshot))


def _inspect(job: Job, view: JobState, snapshot: SnapshotRef) -> Diagnostics:
    network = network_at(job, snapshot)
    dead, predictions = inspect_network(network.mlp, sample(job)[0])
    measured = [one for one in view.diagnostics if one.gradients]
    nearest = min(measured, key=lambda one: abs(one.step - snapshot.step), default=None)
    return Diagnostics(
        epoch=snapshot.epoch,
        step=snapshot.step,
        weights=layer_norms(network.mlp.layers),
        gradients=nearest.gradients if nearest else (),
        updates=nearest.updates if nearest else (),
        dead=dead,
        predictions=predictions,
    )


def sample(job: Job) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The images (m, 784) on which the run is inspected, and their labels (m,)."""

    def read() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        dataset = data.open_folder(job.data)
        rows = sample_rows(job.initial_config, dataset)
        return dataset.images[rows], dataset.labels[rows]

    return state.tab().sample.get(job.number, read)
