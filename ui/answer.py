"""A network's answer to one image: the digit and its probability, all ten probabilities, and the image it saw.

Plain HTML with no text but numbers, so that an answer is on the screen as soon as it is there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ui import pictures, words

STYLE = Path(__file__).with_name("style.css")
SURE = 0.9  # below this probability, the second choice is worth a word


def style() -> None:
    """What the HTML on a page looks like; to be called once on it."""
    st.html(STYLE)


def percent(probability: float) -> str:
    """A probability in words: no answer is wholly sure, not even one that rounds to 1."""
    return words.percent(min(probability, 1 - 1e-9))


def prediction(probabilities: NDArray[np.float32] | None) -> str:
    """The digit, large, and its probability, from (10,); None where nothing is drawn."""
    if probabilities is None:
        return '<div class="answer-blank">Draw a digit</div>'
    digit = int(probabilities.argmax())
    return (
        f'<div class="answer"><span class="answer-digit">{digit}</span> '
        f'<span class="answer-percent">{percent(float(probabilities[digit]))}</span></div>'
    )


def second_choice(probabilities: NDArray[np.float32] | None) -> str:
    """A line about the next best digit, from (10,); empty where the first is sure."""
    if probabilities is None or probabilities.max() >= SURE:
        return '<div class="answer-second">&nbsp;</div>'
    second = int(probabilities.argsort()[-2])
    article = "an" if second == 8 else "a"
    return f'<div class="answer-second">or {article} {second}, {percent(float(probabilities[second]))}</div>'


def bars(probabilities: NDArray[np.float32] | None) -> str:
    """A bar for each digit, as high as its probability, from (10,); all empty where nothing is drawn."""
    values = [0.0] * 10 if probabilities is None else [float(value) for value in probabilities]
    best = None if probabilities is None else int(probabilities.argmax())
    columns = "".join(
        f'<div class="bar{" bar-best" if digit == best else ""}" title="{digit}: {value:.2%}">'
        f'<span class="bar-percent">{_whole_percent(value)}</span>'
        f'<span class="bar-track"><span class="bar-fill" style="height: {value:.2%}"></span></span>'
        f'<span class="bar-digit">{digit}</span></div>'
        for digit, value in enumerate(values)
    )
    return f'<div class="bars">{columns}</div>'


def _whole_percent(value: float) -> str:
    """A probability above its bar; writing.js says the same."""
    if value < 0.005:
        return ""
    return "> 99 %" if value > 0.994 else f"{value:.0%}".replace("%", " %")


def seen(image: NDArray[np.uint8] | None, caption: str) -> str:
    """The image (28, 28) that the network looks at, its pixels as squares; black where nothing is drawn."""
    pixels = np.zeros((28, 28), np.uint8) if image is None else image
    return (
        f'<figure class="seen"><img alt="{caption}, 28 by 28 pixels" src="{pictures.data_url(pixels)}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
