"""A network's answer to one image: the digit, a guess or that it is none; all ten probabilities; the image it saw.

Plain HTML with no text but numbers and fixed words, so that an answer is on the screen as soon as it is there. Each
part is as high for one answer as for another: nothing on the page moves while a digit is being drawn.
"""

from __future__ import annotations

import html

import numpy as np
from numpy.typing import NDArray

from model.inference.classification import Classification
from ui.charts import digit_images
from ui.common import formatting

SURE = 0.9  # below this probability, the second choice is worth a word even where the first is no mere guess


def percent(probability: float, decimals: int = 1) -> str:
    """A probability in words, as HTML: no answer is wholly sure, not even one that rounds to 0 or 1."""
    return html.escape(formatting.percent(min(max(probability, 1e-9), 1 - 1e-9), decimals))


def headline_html(reading: Classification) -> str:
    """The answer, large: the digit and its probability, or a guess, or that it is no digit."""
    match reading.verdict:
        case None:
            return _answer("answer-words answer-blank", "Draw a digit")
        case "no digit":
            return _answer("answer-words", "That doesn't look like a digit")
        case "perhaps":
            guesses = [
                f'{_article(digit)} <span class="answer-digit answer-guess">{digit}</span>' for digit in reading.guesses
            ]
            return _answer("answer-perhaps", f"perhaps {', or '.join(guesses)}")
        case "digit":
            ((digit, share),) = reading.guesses.items()
            return _answer(
                "", f'<span class="answer-digit">{digit}</span> <span class="answer-percent">{percent(share)}</span>'
            )


def _answer(kind: str, text: str) -> str:
    return f'<div class="answer {kind}" role="status">{text}</div>'


def _article(digit: int) -> str:
    return "an" if digit == 8 else "a"


def detail_html(reading: Classification) -> str:
    """A line more about the answer: what else it may be, and how probable the guesses are; empty where it is sure."""
    return f'<div class="answer-detail">{_detail(reading) or "&nbsp;"}</div>'


def _detail(reading: Classification) -> str:
    if reading.probabilities is None:
        return ""
    if reading.verdict == "no digit":
        return f"closest: {reading.digit}"
    if reading.verdict == "perhaps":
        shares = ", ".join(f"{digit}: {percent(share)}" for digit, share in reading.guesses.items())
        return shares if len(reading.guesses) > 1 else f"{shares}, if a digit at all"
    if reading.probabilities.max() >= SURE:
        return ""
    second = int(reading.probabilities.argsort()[-2])
    return f"or {_article(second)} {second}, {percent(float(reading.probabilities[second]))}"


def digit_likelihood_html(reading: Classification) -> str:
    """A meter of how much the image looks like a digit at all; empty where the network can't tell."""
    if reading.is_digit is None:
        return '<div class="likeness"></div>'
    return (
        '<div class="likeness">Looks like a digit<span class="likeness-track">'
        f'<span class="likeness-fill" style="width: {reading.is_digit:.1%}"></span></span>'
        f'<span class="likeness-percent">{percent(reading.is_digit, 0)}</span></div>'
    )


def probability_bars_html(reading: Classification) -> str:
    """A bar for each digit, as high as its probability; dimmed where it is no digit, empty where nothing is drawn."""
    values = [0.0] * 10 if reading.probabilities is None else [float(value) for value in reading.probabilities]
    columns = "".join(
        f'<div class="bar{" bar-best" if digit == reading.digit else ""}" title="{digit}: {value:.2%}">'
        f'<span class="bar-percent">{_whole_percent(value)}</span>'
        f'<span class="bar-track"><span class="bar-fill" style="height: {value:.2%}"></span></span>'
        f'<span class="bar-digit">{digit}</span></div>'
        for digit, value in enumerate(values)
    )
    return f'<div class="bars{" bars-dimmed" if reading.verdict == "no digit" else ""}">{columns}</div>'


def _whole_percent(value: float) -> str:
    """A probability above its bar; handwriting_demo.js says the same."""
    if value < 0.005:
        return ""
    return "> 99 %" if value > 0.994 else f"{value:.0%}".replace("%", " %")


def network_input_html(image: NDArray[np.uint8] | None, caption: str) -> str:
    """The image (28, 28) that the network looks at, its pixels as squares; black where nothing is drawn."""
    pixels = np.zeros((28, 28), np.uint8) if image is None else image
    return (
        f'<figure class="seen"><img alt="{caption}, 28 by 28 pixels" src="{digit_images.data_url(pixels)}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
