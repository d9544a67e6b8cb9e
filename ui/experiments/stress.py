"""Stress: how accurate networks are on images that are made harder, and which images they fail on first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st

from model.common.arrays import U8
from model.common.constants import IMAGE_SIDE
from model.config import TrainingConfig
from model.robustness.stress import STRESSES, Stress, first_failures, stressed
from model.robustness.tables import to_csv
from ui import state
from ui.charts import digit_images
from ui.charts.amount_curves import AmountAxis, Measured, amount_curves
from ui.charts.digit_images import CaptionedImage
from ui.common import errors, formatting, templates, theme
from ui.evaluate import clickable, fairness
from ui.evaluate.results import EvaluationSet, evenly
from ui.experiments import report_button, stress_measures, stress_report
from ui.experiments.stress_measures import Images, Subject
from ui.experiments.stress_report import Answering
from ui.pickers import datasets, networks
from ui.state import presentation, widget_state

MAX_NETWORKS = 4
MAX_SHOWN = 6  # images of each network
FAILING = 0.9  # the images of the mildest amount below this accuracy are shown first


def show() -> None:
    """The networks and the images, the curves, what each amount looks like, and what fails there first."""
    network_menu, dataset_menu = st.columns(2, gap="medium")
    with dataset_menu:
        dataset = datasets.select_dataset()
    with network_menu:
        names = _choose_networks()
    if dataset is None:
        return
    if not names:
        st.info("Choose a network, or up to four.", icon=":material/arrow_upward:")
        return
    with errors.stop_on_error("The network or the data can't be opened"):
        images = stress_measures.images_of(dataset)
        checkpoints = {name: networks.find(name) for name in names}
    samples = EvaluationSet(images.images, images.labels, images.is_test)
    for name, checkpoint in checkpoints.items():
        for warning in fairness.warnings(checkpoint, dataset, samples):
            st.caption(f":material/info: {errors.escape_markdown(name)}: {warning}")
    subjects = {name: Subject.of(checkpoint.network) for name, checkpoint in checkpoints.items()}
    configs = {name: checkpoint.config for name, checkpoint in checkpoints.items()}
    most = max(len(stress.amounts) for stress in STRESSES.values())
    _stress(subjects, configs, dataset, images.some([subject.network for subject in subjects.values()], most))


def _choose_networks() -> list[str]:
    names = networks.menu_names()
    key, chosen = "stress_networks", state.visitor().network
    first = list(dict.fromkeys([chosen if chosen in names else networks.DEFAULT, fairness.STARTER]))
    kept = [name for name in widget_state.get(key, first) if name in names]
    if kept != widget_state.get(key, first):
        widget_state.put(key, kept)
    return list(
        st.multiselect(
            "Networks",
            names,
            first,
            key=key,
            format_func=networks.describe,
            max_selections=MAX_NETWORKS,
            persist_state="session",
            help="Up to four: those that come with Inkling, those you trained here, and those that you have loaded "
            "from files on another page.",
        )
    )


@st.fragment
def _stress(
    subjects: Mapping[str, Subject], configs: Mapping[str, TrainingConfig | None], dataset: str, images: Images
) -> None:
    """The chosen stress; drawn alone when another one or another amount is chosen."""
    titles = {stress.title: name for name, stress in STRESSES.items()}
    chosen = st.segmented_control(
        "Stress",
        list(titles),
        default=next(iter(titles)),
        key="stress_kind",
        persist_state="session",
        required=True,
        help="What is done to the images before the networks get them. They are not centered again, as a drawing is.",
    )
    name = titles[chosen or next(iter(titles))]
    stress = STRESSES[name]
    st.caption(stress.explanation)
    pieces = [
        partial(stress_measures.predict_stressed, subject, name, amount, images)
        for amount in stress.amounts
        for subject in subjects.values()
    ]
    found = stress_measures.measure_all(pieces, "Classifying the images")
    answering = [
        Answering(label, dict(zip(stress.amounts, found[index :: len(subjects)], strict=True)), configs[label])
        for index, label in enumerate(subjects)
    ]
    amount = _chosen_amount(name, stress, answering, images)
    _show_curves(name, answering, images, dataset, amount)
    _show_strip(name, stress, images, amount)
    shown = stress_measures.stressed_images(name, amount, images.identity, images.images)
    _show_failures(stress, answering, images, shown, amount)


def _chosen_amount(name: str, stress: Stress, answering: Sequence[Answering], images: Images) -> float:
    """The amount whose images are shown: the visitor's, or the mildest one at which a network fails often."""
    if name in state.tab().stress_amounts:
        return state.tab().stress_amounts[name]
    harder = [amount for amount in stress.amounts if amount > stress.neutral]
    for amount in harder:
        if min(stress_measures.accuracy(one.answers[amount], images) for one in answering) < FAILING:
            return amount
    return harder[-1]


def _show_curves(name: str, answering: Sequence[Answering], images: Images, dataset: str, amount: float) -> None:
    stress, described = STRESSES[name], stress_measures.describe(images, dataset)
    curves, rows = [], []
    for one in answering:
        points = []
        for each, answers in one.answers.items():
            share = stress_measures.accuracy(answers, images)
            points.append(Measured(each, stress.describe(each), share, share, share))
            rows.append(
                {"stress": stress.title, "unit": stress.unit, "network": one.name, "amount": each, "accuracy": share}
            )
        curves.append((one.name, points))
    unit = f" ({stress.unit})"
    axis = AmountAxis(f"{stress.title.lower()}{unit}", ".0%" if stress.unit == "%" else ".3~r", stress.amounts)
    st.vega_lite_chart(
        presentation.fit(amount_curves(curves, axis, marked=amount)).chart(), key=f"stress_curve_{stress.title}"
    )
    st.caption(f"Accuracy on {errors.escape_markdown(described)}; dotted: a guess among ten digits.")
    with st.container(horizontal=True, gap="small", key="stress_files"):
        report_button.show(
            lambda: stress_report.make(name, list(answering), images, described, amount),
            f"stress-{name.replace('_', '-')}",
            "stress_report",
        )
        st.download_button(
            "Curves (CSV)",
            to_csv(list(rows[0]), rows),
            f"stress-{stress.title.lower().replace(' ', '-')}.csv",
            "text/csv",
            key="stress_download",
            icon=":material/download:",
            on_click="ignore",
        )


def _show_strip(name: str, stress: Stress, images: Images, chosen: float) -> None:
    """What each amount looks like: pictures of one digit, each of which shows the images that fail first there."""

    def choose(choice: str) -> None:
        if choice.isascii() and choice.isdecimal() and int(choice) < len(stress.amounts):
            state.tab().stress_amounts[name] = stress.amounts[int(choice)]

    example = images.images[:1]
    tiles = [
        {
            "choice": str(index),
            "source": digit_images.data_url(stressed(example, stress, amount).reshape(IMAGE_SIDE, IMAGE_SIDE)),
            "amount": stress.describe(amount),
            "is_chosen": amount == chosen,
        }
        for index, amount in enumerate(stress.amounts)
    ]
    st.markdown("**What each amount looks like**", help="Choose one to see the images on which a network fails first.")
    clickable.show(templates.render("experiments/stress_strip.html", tiles=tiles), key="stress_strip", on_choice=choose)


def _show_failures(stress: Stress, answering: Sequence[Answering], images: Images, shown: U8, amount: float) -> None:
    """The images that each network gets wrong first at the chosen amount."""
    if amount == stress.neutral:
        st.markdown("**Wrong without any stress**")
    else:
        st.markdown(
            f"**First failures at {stress.describe(amount)}**",
            help="Right at all milder amounts in this direction, and wrong here.",
        )
    for column, one in zip(st.columns(max(2, len(answering)), gap="medium"), answering, strict=False):
        with column:
            failed = first_failures(stress, one.answers, images.labels, amount)
            st.markdown(f"{errors.escape_markdown(one.name)}: {formatting.image_count(len(failed))}")
            chosen = failed[evenly(len(failed), MAX_SHOWN)] if len(failed) else failed
            st.html(_gallery(chosen, shown, one.answers[amount], images) if len(chosen) else "<p>None.</p>")


def _gallery(chosen: np.ndarray, shown: U8, answers: U8, images: Images) -> str:
    return digit_images.gallery(
        [
            CaptionedImage(shown[index], f"{images.labels[index]} predicted as {answers[index]}", (), theme.WRONG)
            for index in chosen
        ]
    )
