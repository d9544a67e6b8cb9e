"""A network's answer to one image as HTML: the digit, a guess or a rejection; all ten probabilities; its input.

The parts hold no text but numbers and fixed words, so that an answer is sent quickly. Each has the same height
for every answer: nothing on the page moves while a digit is being drawn.
"""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from model.common.arrays import U8
from model.common.constants import CLASSES, IMAGE_SIDE
from model.inference.classification import Classification
from model.inference.thresholds import UNAMBIGUOUS_AT_LEAST
from ui.charts import digit_images
from ui.common import formatting, templates

# No template: ten of them in each answer, of numbers alone.
BAR = (
    '<div class="bar{best}" title="{digit}: {percent}"><span class="bar-percent">{label}</span>'
    '<span class="bar-track"><span class="bar-fill" style="height: {percent}"></span></span>'
    '<span class="bar-digit">{digit}</span></div>'
)
LIKELIHOOD_HELP = "The network was also trained to reject scribbles and letters."


def headline_html(answer: Classification, is_unread: bool = False) -> str:
    """The answer in large type: the digit and its probability, or a guess, or that it is not a digit.

    Args:
        answer: the network's.
        is_unread: whether an uploaded picture could not be read, so that there is no answer.
    """
    match answer.verdict:
        case None if is_unread:
            return _headline("answer-words answer-blank", "The picture can't be read")
        case None:
            return _headline("answer-words answer-blank", "Draw a digit")
        case "no digit":
            return _headline("answer-words", "That doesn't look like a digit")
        case "perhaps":
            guess = Markup('{} <span class="answer-digit answer-guess">{}</span>')
            guesses = Markup(", or ").join(guess.format(_article(digit), digit) for digit in answer.guesses)
            return _headline("answer-perhaps", Markup("perhaps ") + guesses)
        case "digit":
            ((digit, probability),) = answer.guesses.items()
            content = Markup('<span class="answer-digit">{}</span> <span class="answer-percent">{}</span>')
            return _headline("", content.format(digit, _percent(probability)))


def _headline(css_class: str, content: str) -> str:
    return str(Markup('<div class="answer {}">{}</div>').format(css_class, content))


def _article(digit: int) -> str:
    return "an" if digit == 8 else "a"


def _percent(probability: float, decimals: int = 1) -> str:
    """A probability as text that is never certain, not even where it rounds to 0 or 1."""
    return formatting.percent(min(max(probability, 1e-9), 1 - 1e-9), decimals)


def detail_html(answer: Classification) -> str:
    """One more line about the answer: an alternative, and how probable the guesses are; blank where it is sure."""
    return str(Markup('<div class="answer-detail">{}</div>').format(_detail(answer) or Markup("&nbsp;")))


def _detail(answer: Classification) -> str:
    if answer.probabilities is None:
        return ""
    if answer.verdict == "no digit":
        return f"closest match: {answer.digit}"
    if answer.verdict == "perhaps":
        guesses = ", ".join(f"{digit}: {_percent(probability)}" for digit, probability in answer.guesses.items())
        return guesses if len(answer.guesses) > 1 else f"{guesses}, if a digit at all"
    if answer.probabilities.max() >= UNAMBIGUOUS_AT_LEAST:
        return ""
    second = int(answer.probabilities.argsort()[-2])
    return f"or {_article(second)} {second}, {_percent(float(answer.probabilities[second]))}"


def in_short(answer: Classification) -> str:
    """An answer in a character or two: the digit, with a question mark if it is a guess, or a dash."""
    match answer.verdict:
        case "digit":
            return str(answer.digit)
        case "perhaps":
            return f"{answer.digit}?"
        case _:
            return "–"


def digit_likelihood_html(answer: Classification) -> str:
    """A meter of the probability that the image shows a digit at all; empty where the network can't tell."""
    if answer.is_digit is None:
        return '<div class="likeness"></div>'
    meter = Markup(
        '<div class="likeness" title="{}">Is it a digit?<span class="likeness-track">'
        '<span class="likeness-fill" style="width: {:.1%}"></span></span>'
        '<span class="likeness-percent">{}</span></div>'
    )
    return str(meter.format(LIKELIHOOD_HELP, answer.is_digit, _percent(answer.is_digit, 0)))


def probability_bars_html(answer: Classification) -> str:
    """A bar for each digit, as high as its probability; dimmed for a rejection, empty where nothing is drawn."""
    probabilities = [0.0] * CLASSES if answer.probabilities is None else answer.probabilities.tolist()
    bars = [
        BAR.format(
            digit=digit,
            best=" bar-best" if digit == answer.digit else "",
            percent=f"{value:.2%}",
            label=_whole_percent(value).replace(">", "&gt;"),
        )
        for digit, value in enumerate(probabilities)
    ]
    return f'<div class="bars{" bars-dimmed" if answer.verdict == "no digit" else ""}">{"".join(bars)}</div>'


def _whole_percent(probability: float) -> str:
    """The text above a bar; handwriting_demo.js formats it in the same way."""
    if probability < 0.005:
        return ""
    return "> 99 %" if probability > 0.994 else f"{probability:.0%}".replace("%", " %")


def network_input_html(image: U8 | None, caption: str) -> str:
    """The image (28, 28) that the network gets, with visible pixels; black where nothing is drawn."""
    return templates.render("draw/network_input.html", source=picture_of(image), caption=caption)


def picture_of(image: U8 | None) -> str:
    """A data URL of the image (28, 28) that the network gets; black where nothing is drawn."""
    pixels = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.uint8) if image is None else image
    return digit_images.data_url(pixels)


def answer_html(answer: Classification, picture: str, caption: str, is_unread: bool = False) -> str:
    """All that is said of an answer, beside the image that the network gets: one part of the page, sent at once.

    The elements are named as the page's own containers are.

    Args:
        answer: the network's.
        picture: `picture_of` the image.
        caption: what the image is.
        is_unread: as for `headline_html`.
    """
    return templates.render(
        "draw/answer.html",
        headline=Markup(headline_html(answer, is_unread)),
        detail=Markup(detail_html(answer)),
        likelihood=Markup(digit_likelihood_html(answer)),
        bars=Markup(probability_bars_html(answer)),
        source=picture,
        caption=caption,
    )
