"""Diagnostics of the selected run: its first layer's weights, each layer's health, its results for each digit.

Each part has its own container on the page, and shows the network as it is now or as it was at a snapshot.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from model import data
from model.common.arrays import U8, Bools
from model.jobs import Job, JobState
from model.jobs.protocol import CheckGradient, SnapshotRef
from model.nn.classifier import DigitClassifier
from model.nn.gradient_check import GradientCheck
from model.training import sample_rows
from model.training.diagnostics import Diagnostics, inspect_network, layer_norms
from ui import state
from ui.charts import diagnostics_tables, digit_images, first_layer_weights, vega
from ui.charts.layer_norms_chart import layer_norms_chart
from ui.common import errors, formatting, glossary, theme
from ui.state import presentation

ORDERS: dict[str, Any] = {"in order": None, "largest norm first": "strongest first"}
MAX_EXAMPLES = 12  # images that were learned or forgotten last
MAX_GRADIENT_ERROR = 1e-3  # relative; with float32 parameters


def weights(job: Job, view: JobState, snapshot: SnapshotRef | None) -> None:
    """The weights of the first layer, as images."""
    with st.container(key="weights_view"):
        with st.container(horizontal=True, vertical_alignment="center"):
            units = job.config.sizes[1]
            some = f" ({first_layer_weights.MAX_UNITS} of {units:,})" if units > first_layer_weights.MAX_UNITS else ""
            st.markdown(f"**First-layer weights**{some}", help=glossary.explain("weights"))
            order = st.segmented_control(
                "Order", [*ORDERS], key="weights_order", default="in order", label_visibility="collapsed"
            )
        st.image(_weights_image(job, view, snapshot, ORDERS[order or "in order"]), width="stretch")


def _weights_image(job: Job, view: JobState, snapshot: SnapshotRef | None, order: Any) -> str:
    """Drawn again only when the parameters are new."""

    def draw() -> str:
        weights = network_at(job, snapshot).mlp.layers[0].weights if snapshot else job.first_layer_weights()
        return first_layer_weights.weights_image(weights, order=order)

    return state.tab().weights_image.get((job.number, view.weights_version, snapshot, order), draw)


def layers(job: Job, view: JobState, snapshot: SnapshotRef | None) -> None:
    """How strong the gradient is in each layer, how far a step moves it, and which of its units are dead."""
    with st.container(key="layers_view"):
        explanation = f"{glossary.explain('update_ratio')}\n\n{glossary.explain('dead_units')}"
        st.markdown("**Layer health**", help=explanation)
        latest = diagnostics_at(job, view, snapshot)
        if latest is None or not latest.gradients:
            st.caption("Shown after the first step.")
            return
        st.html(diagnostics_tables.layer_table(latest, job.config.sizes))
        over_time = st.expander("Gradients and updates over time", key="layers_over_time", on_change="rerun")
        history = [one for one in view.diagnostics if one.gradients]
        if over_time.open and history:
            of: Any
            for place, (of, term) in zip(
                over_time.columns(2), (("gradients", "gradient_norm"), ("updates", "update_norm")), strict=True
            ):
                with place:
                    st.markdown(f"**{of.capitalize()}**", help=glossary.explain(term))
                    end = vega.axis_end(history[-1].epoch if history else 0, view.epochs)
                    chart = layer_norms_chart(history, job.config.sizes, end, of=of)
                    st.vega_lite_chart(presentation.fit(chart).chart(), key=f"layers_{of}")


def digits(job: Job, view: JobState, snapshot: SnapshotRef | None) -> None:
    """The confusion matrix, the accuracy by digit, and what was learned and forgotten last."""
    with st.container(key="digits_view"):
        measured = diagnostics_at(job, view, snapshot)
        if measured is None or not len(measured.predictions):
            st.caption("Shown after the first step.")
            return
        images, labels = sample(job)
        predictions = measured.predictions
        left, right = st.columns(2)
        with left:
            st.markdown("**Confusion matrix**", help=glossary.explain("confusion"))
            st.html(diagnostics_tables.confusion_table(labels, predictions))
        with right:
            st.markdown("**Per-digit accuracy**", help=glossary.explain("forgotten"))
            st.html(
                diagnostics_tables.accuracy_by_digit_table(labels, predictions, np.array(measured.best or [0.0] * 10))
            )
        correct = predictions == labels
        st.caption(f"{formatting.image_count(int(correct.sum()))} of {len(labels):,} are classified correctly.")
        _examples("Recently learned", images, labels, measured, correct)
        _examples("Forgotten examples", images, labels, measured, ~correct)


def _examples(title: str, images: U8, labels: U8, measured: Diagnostics, among: Bools) -> None:
    """Show the images whose prediction became right or wrong last, the newest first."""
    if not len(measured.last_flip_step):
        return
    rows = np.flatnonzero(among & (measured.last_flip_step > 0))
    rows = rows[np.argsort(-measured.last_flip_step[rows], kind="stable")][:MAX_EXAMPLES]
    if len(rows):
        st.markdown(f"**{title}**")
        st.html(digit_images.gallery([_example(images[row], labels[row], measured, row) for row in rows.tolist()]))


def _example(image: U8, label: int, measured: Diagnostics, row: int) -> digit_images.CaptionedImage:
    predicted, step = measured.predictions[row], f"step {measured.last_flip_step[row]:,}"
    if label == predicted:
        return digit_images.CaptionedImage(image, str(label), [step], theme.RIGHT)
    return digit_images.CaptionedImage(image, f"{label} predicted as {predicted}", [step], theme.WRONG)


def gradient_check(job: Job) -> None:
    """Compare the gradient from backpropagation with finite differences, on demand."""
    with st.container(key="gradient_view"):
        st.markdown(glossary.explain("gradient_check"))
        st.button(
            "Run on the current batch",
            key="gradient_check",
            icon=":material/rule:",
            disabled=not job.is_live,
            on_click=lambda: job.send(CheckGradient()),
        )
        if isinstance(job.gradient_check, str):
            st.info(job.gradient_check)
        elif job.gradient_check:
            _show_gradient_check(job.gradient_check)


def _show_gradient_check(check: GradientCheck) -> None:
    measured = f"The largest relative error is {check.worst:.1e}, on {formatting.image_count(check.images)}: "
    if check.worst < MAX_GRADIENT_ERROR:
        st.success(measured + "analytic and numeric gradients agree.")
    else:
        st.error(measured + "analytic and numeric gradients do not agree.")
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


# -- Snapshots ----------------------------------------------------------------------------------------------


def network_at(job: Job, snapshot: SnapshotRef) -> DigitClassifier:
    """The network of a snapshot."""
    try:
        return state.tab().snapshot_network.get((job.number, snapshot), lambda: job.network_at(snapshot))
    except ValueError as error:
        errors.show_error(str(error))
        st.stop()


def diagnostics_at(job: Job, view: JobState, snapshot: SnapshotRef | None) -> Diagnostics | None:
    """The latest diagnostics; or a snapshot's, with the gradients and updates that were measured nearest to it."""
    if not snapshot:
        return view.diagnostics[-1] if view.diagnostics else None
    return state.tab().snapshot_diagnostics.get((job.number, snapshot), lambda: _inspect(job, view, snapshot))


def _inspect(job: Job, view: JobState, snapshot: SnapshotRef) -> Diagnostics:
    network = network_at(job, snapshot)
    dead, predictions = inspect_network(network.mlp, sample(job)[0])
    history = [one for one in view.diagnostics if one.gradients]
    nearest = min(history, key=lambda one: abs(one.step - snapshot.step), default=None)
    return Diagnostics(
        epoch=snapshot.epoch,
        step=snapshot.step,
        weights=layer_norms(network.mlp.layers),
        gradients=nearest.gradients if nearest else (),
        updates=nearest.updates if nearest else (),
        dead=dead,
        predictions=predictions,
    )


def sample(job: Job) -> tuple[U8, U8]:
    """The images (m, 784) on which the run is inspected, and their labels (m,)."""

    def read() -> tuple[U8, U8]:
        dataset = data.open_folder(job.data)
        rows = sample_rows(job.initial_config, dataset)
        return dataset.images[rows], dataset.labels[rows]

    return state.tab().sample.get(job.number, read)
