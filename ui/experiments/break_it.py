"""Break it: perturb a trained network, see at once which digits it still reads, and train on from there."""

from __future__ import annotations

import numpy as np
import streamlit as st

from model.common.arrays import U8
from model.inference import metrics
from ui.charts import digit_images
from ui.charts.digit_bars import digit_bars
from ui.charts.digit_images import CaptionedImage
from ui.common import errors, formatting, theme
from ui.evaluate import fairness
from ui.evaluate.results import EvaluationSet, evenly
from ui.experiments import (
    break_it_curves,
    break_it_fork,
    break_it_report,
    break_it_source,
    break_it_widgets,
    report_button,
    stress_measures,
)
from ui.experiments.break_it_source import Source
from ui.experiments.stress_measures import Images, Subject
from ui.pickers import datasets, networks
from ui.state import presentation

MAX_SHOWN = 8  # images that went wrong


def show() -> None:
    """The network and the images, what is done, what comes of it, and the runs that went on from there."""
    network_menu, dataset_menu = st.columns(2, gap="medium")
    with dataset_menu:
        dataset = datasets.select_dataset()
    with network_menu, errors.stop_on_error("The network can't be opened"):
        source = break_it_source.select()
    if dataset is None:
        return
    with errors.stop_on_error("The data can't be opened"):
        images = stress_measures.images_of(dataset)
    _warn(source, dataset, images)
    _perturb(source, dataset, images)
    break_it_fork.show_newest()


def _warn(source: Source, dataset: str, images: Images) -> None:
    """Say what a reader must know of the images."""
    samples = EvaluationSet(images.images, images.labels, images.is_test)
    for warning in fairness.warnings(networks.find(source.name), dataset, samples) if source.run is None else []:
        st.caption(f":material/info: {warning}")


@st.fragment
def _perturb(source: Source, dataset: str, images: Images) -> None:
    """What is done to the network, and what comes of it; drawn alone when a widget in it is moved."""
    controls, result = st.columns([2, 3], gap="medium")
    subject = Subject.of(source.network)
    before = stress_measures.predict_perturbed(subject, None, images)
    with controls, st.container(key="perturb", border=True):
        try:
            perturbation = break_it_widgets.choose(source.network.mlp, source.config)
            break_it_widgets.clear_others()
            after = stress_measures.predict_perturbed(subject, perturbation, images)
        except ValueError as error:
            errors.show_error(str(error))
            return
    with result, st.container(key="perturb_result"):
        _show_result(before, after, dataset, images)
    left, right = st.columns(2, gap="medium")
    with left:
        points, axis = break_it_curves.show(source, subject, perturbation, images)
    with right:
        _show_lost(before, after, images)
    measured = break_it_report.Measured(before, after, images, stress_measures.describe(images, dataset))
    with st.container(key="perturb_files", horizontal=True, gap="small"):
        report_button.show(
            lambda: break_it_report.make(source, perturbation, measured, points, axis.title),
            "break-it",
            "perturb_report",
        )
        break_it_curves.download(points)
    break_it_fork.offer(source, perturbation)


def _show_result(before: U8, after: U8, dataset: str, images: Images) -> None:
    was, now = (stress_measures.accuracy(one, images) for one in (before, after))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="perturb_scores"):
        st.metric(
            "Accuracy",
            formatting.percent(now),
            f"{100 * (now - was):+.1f} points" if now != was else None,
            help="The share of all images that are classified correctly, and how much that is less than before.",
            width="content",
        )
        described = errors.escape_markdown(stress_measures.describe(images, dataset))
        st.caption(f"Before: {formatting.percent(was)}.  \nOn {described}.")
    shares = [metrics.accuracy_by_digit(metrics.confusion_matrix(images.labels, one)) for one in (before, after)]
    figure = digit_bars(*shares)
    st.markdown(
        "**Accuracy by digit**",
        help="The solid bar is the accuracy after the perturbation, the pale one what was lost, the line what was "
        "reached before.",
    )
    st.vega_lite_chart(presentation.fit(figure).chart(), key="perturb_digits")
    st.caption(_most_lost(*shares))


def _most_lost(before: np.ndarray, after: np.ndarray) -> str:
    lost = np.nan_to_num(before - after)
    digit = int(lost.argmax())
    if lost[digit] <= 0:
        return "No digit is recognized worse than before."
    was, now = formatting.percent(before[digit]), formatting.percent(after[digit])
    return f"The {digit} has suffered most: from {was} to {now}."


def _show_lost(before: U8, after: U8, images: Images) -> None:
    """Images that were right before the perturbation, and are wrong now."""
    lost = np.flatnonzero((before == images.labels) & (after != images.labels))
    gained = int(((before != images.labels) & (after == images.labels)).sum())
    st.markdown(f"**Right before, wrong now**: {formatting.image_count(len(lost))}")
    chosen = lost[evenly(len(lost), MAX_SHOWN)] if len(lost) else lost
    shown = [
        CaptionedImage(images.images[index], f"{images.labels[index]} predicted as {after[index]}", (), theme.WRONG)
        for index in chosen
    ]
    st.html(digit_images.gallery(shown) if shown else "<p>None.</p>")
    if gained:
        st.caption(f"Wrong before, right now: {formatting.image_count(gained)}.")
