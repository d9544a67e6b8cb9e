"""All networks answer the same drawing, as long as that takes little time."""

import re

import numpy as np

from model.inference.classification import Classification
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from tests.inference.test_classification import doubting
from ui.draw.comparison import comparison_html, predict_all

IMAGE = np.full((28, 28), 200, np.uint8)


def network(*hidden: int, best: int = 3) -> DigitClassifier:
    """A network that takes everything for one digit."""
    classifier = DigitClassifier(MLP((784, *hidden, 10)))
    classifier.mlp.layers[-1].biases[best] = 9
    return classifier


def test_networks_answer_in_their_order_until_they_would_take_too_long() -> None:
    networks = {"small": network(best=3), "large": network(500, best=4), "another": network(20, best=5)}
    answers = predict_all(networks, IMAGE, max_parameters=50_000)
    assert {name: answer and answer.digit for name, answer in answers.items()} == {
        "small": 3,
        "large": None,
        "another": 5,
    }


def said(answers: dict[str, Classification | None]) -> list[list[str]]:
    html = comparison_html(answers)
    cards = html.split("<li")[1:]
    return [re.sub(r"^[^>]*>|<[^>]+>", " ", card).split(maxsplit=2) for card in cards]


def test_each_network_has_its_digit_and_confidence() -> None:
    networks = {
        "sure": doubting({4: 0.9, 9: 0.1}, 0.97),
        "doubtful": doubting({4: 0.9, 9: 0.1}, 0.6),
        "none": doubting({4: 0.9, 9: 0.1}, 0.1),
    }
    cards = said(predict_all(networks, IMAGE) | {"<b>huge</b>": None})
    assert [[part.strip() for part in card] for card in cards] == [
        ["sure", "4", "90.0 %"],
        ["doubtful", "4?", "90.0 %"],
        ["none", "–", "not a digit (closest: 4)"],
        ["&lt;b&gt;huge&lt;/b&gt;", "–", "skipped: too large"],
    ]


def test_nothing_drawn_is_no_answer() -> None:
    ((name, digit, words),) = said(predict_all({"small": network()}, None))
    assert (name, digit, words.strip()) == ("small", "–", "nothing drawn")
