"""The cards on Home: each is a link as a whole, with a small picture of the page that it leads to."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

CARDS = {
    "draw": ("Draw", "Draw a digit with mouse, pen or finger. A network predicts which one it is."),
    "train": ("Train", "Configure a network, start training, and watch the loss fall and the accuracy rise."),
    "evaluate": ("Evaluate", "Test a network on thousands of digits, and look at the misclassified ones."),
    "inside": ("Inside", "Follow one answer through the network, and see what would have changed it."),
    "experiments": ("Experiments", "Bet on a race of two settings, and let the machine search for better ones."),
}
ICONS = {
    "draw": ":material/draw:",
    "train": ":material/model_training:",
    "evaluate": ":material/fact_check:",
    "inside": ":material/hub:",
    "experiments": ":material/science:",
}


def show() -> None:
    """Show the cards beside each other."""
    for column, (name, (title, words)) in zip(st.columns(len(CARDS), gap="small"), CARDS.items(), strict=True):
        with column.container(key=f"card_{name}", border=True, height="stretch", gap="xsmall"):
            st.markdown(_picture(name), unsafe_allow_html=True)
            st.page_link(f"{name}.py", label=f"**{title}**", icon=ICONS[name])
            st.caption(words)


def _picture(name: str) -> str:
    """The SVG of a card. It says nothing that the card's words do not, so screen readers skip it."""
    return (Path(__file__).parent / f"{name}.svg").read_text(encoding="utf-8")
