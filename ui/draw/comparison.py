"""What all networks predict for the same drawing, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.common.arrays import U8
from model.inference.classification import Classification, classify_images
from model.nn.classifier import DigitClassifier
from ui import state
from ui.common import formatting, templates
from ui.pickers import networks

MAX_PARAMETERS = 20_000_000  # of all networks together: an image takes a network a nanosecond or so for each


def box() -> DeltaGenerator | None:
    """Let the visitor compare the networks; returns where their answers go, once that is opened."""
    expander = st.expander("Compare networks", icon=":material/balance:", key="compare", on_change="rerun")
    return expander if expander.open else None


def show(place: DeltaGenerator, image: U8 | None) -> None:
    """Show what all networks predict for an image."""
    place.html(comparison_html(predict_all(_networks(), image)))


def _networks() -> dict[str, DigitClassifier]:
    """The visitor's networks, the newest first, and those that come with Inkling."""
    own = {name: checkpoint.network for name, checkpoint in reversed(state.visitor().networks.items())}
    return own | {name: networks.load_shipped(name).network for name in networks.shipped_names()}


def predict_all(
    compared: Mapping[str, DigitClassifier], image: U8 | None, max_parameters: int = MAX_PARAMETERS
) -> dict[str, Classification | None]:
    """Each network's answer to an image, by name; None for those that would take too long together with the others."""
    answers: dict[str, Classification | None] = {}
    left = max_parameters
    for name, network in compared.items():
        size = network.mlp.parameters.size
        answers[name] = classify_images(network, [image])[0] if size <= left else None
        left -= size if size <= left else 0
    return answers


def comparison_html(answers: Mapping[str, Classification | None]) -> str:
    """The networks' names with their digits and confidences."""
    cards = [{"name": name, **_said(answer)} for name, answer in answers.items()]
    return templates.render("draw/comparison.html", cards=cards)


def _said(answer: Classification | None) -> dict[str, str]:
    if answer is None:
        return {"kind": "none", "digit": "–", "words": "skipped: too large"}
    if answer.probabilities is None:
        return {"kind": "none", "digit": "–", "words": "nothing drawn"}
    if answer.verdict == "no digit":
        return {"kind": "none", "digit": "–", "words": f"not a digit (closest: {answer.digit})"}
    percent = formatting.percent(min(float(answer.probabilities.max()), 0.9999), 1)
    if answer.verdict == "perhaps":
        return {"kind": "guess", "digit": f"{answer.digit}?", "words": percent}
    return {"kind": "digit", "digit": str(answer.digit), "words": percent}
