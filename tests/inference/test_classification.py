import gzip
from functools import partial

import numpy as np
import pytest

from model.common.constants import NON_DIGIT
from model.inference.classification import Classification, classify_files, classify_images, verdict
from model.ink import read_ink, render
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from tests.digit_files import digits, idx_images, npz, table
from tests.paths import INK
from tests.pictures import image_file

packed = partial(gzip.compress, mtime=0)  # the same at any time: two processes must name the tests alike

NETWORK = DigitClassifier(MLP((784, 10)).initialize("he", np.random.default_rng(0)))
IMAGES, LABELS = digits(5)
STROKE = '{"label": "1", "strokes": [[[0, 0], [0, 100]]]}\n'
BLANK = '{"label": "1", "strokes": []}\n'


def test_an_image_is_classified_as_the_network_predicts():
    drawing = next(read_ink(INK))
    expected = NETWORK.predict_proba(render(drawing).reshape(1, 784))[0]
    (reading,) = classify_images(NETWORK, [render(drawing)])
    np.testing.assert_array_equal(reading.probabilities, expected)
    assert (reading.digit, reading.probability) == (int(expected.argmax()), float(expected.max()))


def test_an_ink_file_is_classified_line_by_line():
    drawings = list(read_ink(INK))
    readings = classify_files(NETWORK, INK)
    assert [reading.label for reading in readings] == [drawing.label for drawing in drawings]
    for place in (0, 7, len(drawings) - 1):
        (alone,) = classify_images(NETWORK, [render(drawings[place])])
        np.testing.assert_allclose(readings[place].probabilities, alone.probabilities, rtol=1e-5)


@pytest.mark.parametrize("name", ["ink.jsonl", "ink.jsonl.gz", "drawing.json", "ink.txt", "ink", "ink.gz"])
def test_drawings_are_known_by_name_or_content(name, tmp_path):
    content = (STROKE + BLANK + STROKE).encode()
    (tmp_path / name).write_bytes(packed(content) if name.endswith(".gz") else content)
    readings = classify_files(NETWORK, tmp_path / name)
    assert [reading.digit is None for reading in readings] == [False, True, False]
    np.testing.assert_allclose(readings[0].probabilities, readings[2].probabilities, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "content", "labels"),
    [
        ("digits.csv", table(IMAGES, LABELS), list(map(str, LABELS))),
        ("test.csv.gz", packed(table(IMAGES)), [None] * 5),
        ("images-idx3-ubyte", idx_images(IMAGES), [None] * 5),
        ("mnist.npz", npz({"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS}), None),
    ],
)
def test_a_table_is_classified_image_by_image(name, content, labels, tmp_path):
    (tmp_path / name).write_bytes(content)
    readings = classify_files(NETWORK, tmp_path / name)
    np.testing.assert_allclose([reading.probabilities for reading in readings], NETWORK.predict_proba(IMAGES))
    assert labels is None or [reading.label for reading in readings] == labels


def test_a_picture_is_classified(tmp_path, mnist_5k):
    image = mnist_5k.test_images[0].reshape(28, 28)
    (tmp_path / "digit.png").write_bytes(image_file(image))
    (reading,) = classify_files(NETWORK, tmp_path / "digit.png")
    np.testing.assert_allclose(reading.probabilities, NETWORK.predict_proba(image.reshape(1, 784))[0], rtol=1e-5)
    assert reading.label is None
    assert not reading.is_labeled


def test_nothing_drawn_is_no_digit(tmp_path):
    (tmp_path / "blank.png").write_bytes(image_file(np.full((50, 50), 255, np.uint8)))
    (tmp_path / "blank.jsonl").write_text(BLANK)
    (tmp_path / "blank.csv").write_bytes(table(np.zeros((1, 784), np.uint8), np.array([3], np.uint8)))
    readings = classify_images(NETWORK, [None])
    for name in ("blank.png", "blank.jsonl", "blank.csv"):
        readings += classify_files(NETWORK, tmp_path / name)
    for reading in readings:
        found = reading.as_dict()
        assert [found[name] for name in ("digit", "probability", "is_digit", "verdict")] == [None] * 4
        assert reading.guesses == {}
        assert str(reading).startswith("nothing drawn")
        assert not reading.is_correct


def test_only_digits_count_as_labels():
    answer = np.eye(10, dtype=np.float32)[7]
    assert Classification(answer, "7").is_correct
    assert Classification(answer, "3").is_labeled
    assert not Classification(answer, "3").is_correct
    assert not Classification(None, "7").is_correct
    for label in (None, "", "A", "77", "²", "٧"):
        assert not Classification(answer, label).is_labeled
        assert not Classification(answer, label).is_correct
    assert str(Classification(answer, "3")) == "7  100.0 %  (labeled 3)"


# ---------------------------------------------------------------------------------------------------------- doubt


def doubting(shares, is_digit):
    """A network that answers every image alike: the digits' shares (their sum is 1), and the probability of any."""
    network = DigitClassifier(MLP((784, 16, 11)))
    biases = network.mlp.layers[-1].biases
    biases[:NON_DIGIT] = -50
    for digit, share in shares.items():
        biases[digit] = np.log(share * is_digit)
    biases[NON_DIGIT] = np.log(1 - is_digit)
    return network


def shares(best):
    """Ten probabilities: the 4's, and for the 9 what it leaves."""
    probabilities = np.zeros(10, np.float32)
    probabilities[[4, 9]] = best, 1 - best
    return probabilities


@pytest.mark.parametrize(
    ("is_digit", "probability", "expected"),
    [
        (0.0, 1.0, "no digit"),
        (0.4999, 1.0, "no digit"),
        (0.5, 1.0, "perhaps"),
        (0.6499, 1.0, "perhaps"),
        (0.65, 0.7999, "perhaps"),
        (1.0, 0.7999, "perhaps"),
        (0.65, 0.8, "digit"),
        (1.0, 1.0, "digit"),
        (0.4999, 0.2, "no digit"),
        (None, 0.8, "digit"),
        (None, 0.7999, "perhaps"),
    ],
)
def test_a_verdict_is_as_sure_as_the_less_sure_of_two_probabilities(is_digit, probability, expected):
    assert verdict(probability, is_digit) == expected
    reading = Classification(shares(probability), is_digit=is_digit)
    assert reading.verdict == reading.as_dict()["verdict"] == expected
    assert reading.digit == (4 if probability > 0.5 else 9)


@pytest.mark.parametrize(
    ("is_digit", "best", "said"),
    [
        (0.97, 0.992, "4  99.2 %"),
        (0.97, 0.61, "perhaps 4 (61 %) or 9 (39 %)"),
        (0.62, 0.992, "perhaps 4 (99 %), if a digit at all"),
        (0.62, 0.61, "perhaps 4 (61 %) or 9 (39 %), if a digit at all"),
        (0.31, 0.992, "no digit (4?)"),
        (0.31, 0.61, "no digit (4?)"),
    ],
)
def test_a_network_with_a_reject_class_says_how_certain_it_is(is_digit, best, said):
    (reading, blank) = classify_images(doubting({4: best, 9: 1 - best}, is_digit), [IMAGES[0], None])
    assert str(reading) == said
    assert reading.is_digit == pytest.approx(is_digit, abs=1e-5)
    assert reading.probability == pytest.approx(best, abs=1e-5)
    assert (blank.verdict, blank.is_digit) == (None, None)
    assert str(Classification(shares(best), "Q", is_digit)) == f"{said}  (labeled Q)"


def test_a_network_of_ten_outputs_never_doubts_that_it_is_a_digit():
    for reading in classify_files(NETWORK, INK):
        assert reading.is_digit is None
        assert reading.verdict == ("digit" if reading.probability >= 0.8 else "perhaps")


def test_two_guesses_are_two_digits_even_if_equally_probable():
    assert Classification(shares(0.5)).guesses == {4: 0.5, 9: 0.5}
    assert list(Classification(np.full(10, 0.1, np.float32)).guesses) == [0, 1]
    assert list(Classification(shares(0.8)).guesses) == [4]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", b"no picture", r"notes\.txt: a picture must be a PNG, .*; got something else"),
        ("empty", b"", "empty: a picture must be"),
        ("ink.jsonl", STROKE.encode() + b"{", r"ink\.jsonl: line 2: a drawing must be a JSON object"),
        ("ink.gz", packed(STROKE.encode())[:-9], r"ink\.gz: "),
        ("table.csv", b"1,2,3\n", r"table\.csv: "),
        ("cut.png", image_file(np.zeros((40, 40), np.uint8))[:50], r"cut\.png: the picture"),
    ],
)
def test_files_that_hold_no_digits_are_refused(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"^{message}"):
        classify_files(NETWORK, tmp_path / name)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"expected a file to read; .* is a folder"):
        classify_files(NETWORK, tmp_path)
    with pytest.raises(ValueError, match=r"expected a file to read; .* is not there"):
        classify_files(NETWORK, tmp_path / "nowhere")
