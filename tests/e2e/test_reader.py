"""The browser's reader says what the app says: the same modules, in Chromium, over recorded and made-up ink."""

import itertools
import os
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from model.inference import thresholds
from model.inference.classification import Classification, classify_images
from model.ink import Drawing, read_ink, render
from model.ink.scribbles import scribbles
from model.nn.activations import ACTIVATIONS
from model.training import checkpoint
from tests.e2e.networks import made
from tests.paths import INK
from tools.browser_reader import BrowserReader, BrowserReading
from ui.draw import prediction
from ui.draw.clipping import clip_strokes
from ui.draw.eraser import touches
from ui.draw.fabric import PEN_WIDTH, SCALE, path_strokes
from ui.draw.sample_digits import sample_digit

pytestmark = pytest.mark.computes

THRESHOLDS = (thresholds.ACCEPT_AT_LEAST, thresholds.CERTAIN_DIGIT_AT_LEAST, thresholds.CONFIDENT_AT_LEAST)
LARGEST_PIXEL_DIFFERENCE = 2  # of 255
LARGEST_DIFFERENCE = 0.001  # of a probability


@pytest.fixture
def reader(page: Page) -> BrowserReader:
    return BrowserReader(page)


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, np.float64)


ODD = [
    Drawing((line((140, 140), (140, 140)),), pen=PEN_WIDTH),  # a tap
    Drawing((line((10, 10)), line((18, 17))), pen=PEN_WIDTH),
    Drawing((line((140, 40), (140, 240)),), pen=PEN_WIDTH),  # its center of mass lies between two pixels
    Drawing((line((40, 100), (240, 100)),), pen=PEN_WIDTH),
    Drawing((line((0, 0), (280, 280)), line((280, 0), (0, 280))), pen=PEN_WIDTH),
    Drawing((line((5, 5), (5, 5.5), (6, 5)),)),
    Drawing((line((0, 0), (1e6, 0), (1e6, 3)),)),
]


def recorded() -> list[Drawing]:
    """Return somebody's digits, digits in other hands, slanted, flat and unfinished ones, scribbles, and odd ones."""
    rng = np.random.default_rng(3)
    digits = list(read_ink(INK))
    others = [sample_digit(digit, rng) for digit in range(10) for _ in range(10)]
    bent = [distorted(digit, rng) for digit in digits * 3]
    drawings = [*digits, *others, *bent, *scribbles(100, rng), *ODD]
    if "INK_DIR" in os.environ:
        for name in ("digits-dev", "letters-dev"):
            drawings += itertools.islice(read_ink(Path(os.environ["INK_DIR"]) / f"{name}.jsonl.gz"), 0, 4000, 20)
    return [drawing for drawing in drawings if drawing.strokes]


def distorted(drawing: Drawing, rng: np.random.Generator) -> Drawing:
    """Return a drawing slanted, stretched and cut short, so that a network doubts."""
    matrix = np.eye(2) + rng.normal(0, 0.3, (2, 2))
    strokes = [stroke[: max(int(len(stroke) * rng.uniform(0.4, 1)), 1)] @ matrix for stroke in drawing.strokes]
    return Drawing(tuple(strokes))


NETWORKS = [
    made([40] * layers, activation, normalized, outputs, seed)
    for seed, (layers, activation, normalized, outputs) in enumerate(
        [
            *(
                (layers, activation, layers % 2 == 0, 11)
                for layers, activation in zip(range(1, 6), ACTIVATIONS, strict=True)
            ),
            *((3, activation, True, 10) for activation in ACTIVATIONS),
            (0, "relu", False, 10),
            (0, "relu", False, 11),
            (6, "gelu", True, 11),
            (6, "leaky_relu", False, 10),
        ]
    )
]


def assert_agree(found: list[BrowserReading], expected: list[Classification]) -> None:
    for browser, app in zip(found, expected, strict=True):
        np.testing.assert_allclose(browser.probabilities, app.probabilities, rtol=0, atol=LARGEST_DIFFERENCE)
        assert (browser.is_digit is None) == (app.is_digit is None)
        decisive = [app.probability]
        if app.is_digit is not None:
            assert browser.is_digit == pytest.approx(app.is_digit, abs=LARGEST_DIFFERENCE)
            decisive.append(app.is_digit)
        margin = min(abs(value - threshold) for value in decisive for threshold in THRESHOLDS)
        assert browser.verdict == app.verdict or margin < LARGEST_DIFFERENCE


def test_the_browser_reads_as_the_app_does_with_every_kind_of_network(reader: BrowserReader) -> None:
    drawings = recorded()
    images = [render(drawing) for drawing in drawings]
    for found, image in zip(reader.rasterize(drawings), images, strict=True):
        assert np.abs(found.astype(int) - image).max() <= LARGEST_PIXEL_DIFFERENCE
    for name in ("handwriting", "wide-512"):  # large enough to be sent with rounded weights
        network = checkpoint.load(checkpoint.WEIGHTS / f"{name}.safetensors").network
        expected = classify_images(network, images)
        assert len({reading.verdict for reading in expected}) == (3 if network.has_reject_class else 2)
        assert_agree(reader.read(network), expected)
    some = slice(None, None, 4)
    reader.rasterize(drawings[some])
    for network in NETWORKS:
        assert_agree(reader.read(network), classify_images(network, images[some]))


def shares(**digits: float) -> np.ndarray:
    """Return ten probabilities: those given, as d4=0.9, and for the others what is left."""
    probabilities = np.full(10, (1 - sum(digits.values())) / (10 - len(digits)))
    for name, share in digits.items():
        probabilities[int(name[1:])] = share
    return probabilities.astype(np.float32)


ANSWERS = [
    Classification(None),
    Classification(shares(d7=0.98765), is_digit=0.97),
    Classification(shares(d8=1.0), is_digit=0.99999),
    Classification(shares(d3=0.85, d8=0.12), is_digit=0.9),
    Classification(shares(d3=0.6, d8=0.35), is_digit=0.9),
    Classification(shares(d4=0.97), is_digit=0.6),
    Classification(shares(d4=0.55, d9=0.41), is_digit=0.6),
    Classification(shares(d0=0.9), is_digit=0.1234),
    Classification(shares(d0=0.93)),
    Classification(shares(d1=0.5)),
]


def flat(html: str) -> str:
    """Return HTML without the space between its elements, which does not show, and with plain characters."""
    return unescape(re.sub(r"\s*(<[^>]*>)\s*", r"\1", html))


def test_the_browser_says_it_in_the_same_words_and_elements(reader: BrowserReader) -> None:
    answers = [
        {
            "probabilities": None if answer.probabilities is None else answer.probabilities.tolist(),
            "isDigit": answer.is_digit,
        }
        for answer in ANSWERS
    ]
    found = reader.page.evaluate(
        """answers => answers.map(({ probabilities, isDigit }) => {
            const reading = probabilities ? reader.readingOf(probabilities, isDigit) : reader.BLANK
            const parts = [reader.headline, reader.detail, reader.digitLikelihood, reader.probabilityBars]
            return parts.map((html) => html(reading))
        })""",
        answers,
    )
    parts = (
        prediction.headline_html,
        prediction.detail_html,
        prediction.digit_likelihood_html,
        prediction.probability_bars_html,
    )
    for html, answer in zip(found, ANSWERS, strict=True):
        assert [flat(part) for part in html] == [flat(part(answer)) for part in parts], answer
    named = ("ACCEPT_AT_LEAST", "CERTAIN_DIGIT_AT_LEAST", "CONFIDENT_AT_LEAST", "UNAMBIGUOUS_AT_LEAST")
    assert reader.page.evaluate("names => names.map((name) => reader[name])", named) == [
        getattr(thresholds, name) for name in named
    ]


def test_the_browser_cuts_erases_and_bends_strokes_as_the_app_does(reader: BrowserReader) -> None:
    rng = np.random.default_rng(1)
    strokes = [rng.uniform(-100, 380, (count, 2)) for count in (1, 1, 1, 2, 3, 9, 30, 30)]
    strokes += [
        line((0, 0), (280, 280)),
        line((-5, 100), (300, 100)),
        line((10, -20), (10, -3)),
        line((280, 5), (290, 5)),
    ]
    cut = reader.page.evaluate("strokes => reader.clipStrokes(strokes, 280)", [stroke.tolist() for stroke in strokes])
    for found, expected in zip(cut, clip_strokes(strokes, 280), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-9)

    # What an eraser touches on its way.
    paths = [rng.uniform(0, 280, (count, 2)) for count in (1, 2, 2, 5)]
    touched = reader.page.evaluate(
        """([strokes, paths]) => paths.map((path) => strokes.map((stroke) =>
            path.some((to, index) => reader.touches(stroke, path[Math.max(index - 1, 0)], to, 12))))""",
        [[stroke.tolist() for stroke in strokes], [path.tolist() for path in paths]],
    )
    assert touched == [[touches(stroke, path, 12) for stroke in strokes] for path in paths]
    assert 0.1 < np.mean(touched) < 0.9

    # What the canvas sends of a pen that was at these places: it leaves out the last place but one.
    start, middle, left_out, end = (10.0, 10.0), (30.0, 10.0), (35.0, 30.0), (30.0, 50.0)
    path = [["M", *start], ["Q", *start, 20.0, 10.0], ["Q", *middle, 30.0, 30.0], ["L", *end]]
    (expected,) = path_strokes(path, 2 * SCALE)
    found = reader.page.evaluate("places => reader.strokeThrough(places, 0)", [start, start, middle, left_out, end])
    np.testing.assert_allclose(found, expected, atol=1e-9)
