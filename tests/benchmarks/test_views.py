"""The mean over views of a drawing is what the benchmark says, and is compared with the drawing alone."""

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import views
from benchmarks.views import COUNTS, IMAGE, OWN, STROKES, WAYS, Answers
from benchmarks.writer_groups import images
from model.inference.committee import Committee
from model.ink import Drawing
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint


def drawn(label, writer, seed):
    path = np.random.default_rng(seed).uniform(0, 1000, (2, 4, 2))
    return Drawing(tuple(path), label, writer)


@pytest.fixture(scope="module")
def drawings():
    return [drawn(str(n % 10), "aaa-1", n) for n in range(20)]


@pytest.fixture(scope="module", params=[10, 11])
def network(request):
    return DigitClassifier(MLP((784, 6, request.param)).initialize("he", np.random.default_rng(0)))


def test_one_view_is_the_drawing_itself(network, drawings):
    alone = network.predict(images(drawings))
    for way in WAYS:
        found = views.predict(network, drawings, 1, way)
        np.testing.assert_allclose(found.probabilities, alone.probabilities, atol=1e-6)
        assert (found.is_digit is None) == (alone.is_digit is None)


def test_views_of_the_image_are_those_of_a_committee(network, drawings):
    ours, theirs = views.predict(network, drawings, 3, IMAGE), Committee([network], 3).predict(images(drawings))
    np.testing.assert_array_equal(ours.probabilities, theirs.probabilities)


@pytest.mark.parametrize("way", [OWN, STROKES])
def test_views_are_other_drawings_and_the_same_each_time(network, drawings, way):
    first, again = (views.predict(network, drawings, 3, way).probabilities for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (np.abs(first - network.predict(images(drawings)).probabilities).max(axis=1) > 1e-6).all()
    np.testing.assert_allclose(first.sum(axis=1), 1, atol=1e-5)


def test_equal_images_have_the_same_views_or_views_of_their_own(network, drawings):
    pair = [drawings[0]] * 2
    (same, copy), (one, other) = (views.predict(network, pair, 3, way).probabilities for way in (IMAGE, OWN))
    np.testing.assert_allclose(same, copy, atol=1e-6)
    assert np.abs(one - other).max() > 1e-6


def certain(digits, confidence):
    """Probabilities of the digits, each with this confidence."""
    probabilities = np.full((len(digits), 10), (1 - confidence) / 9)
    probabilities[np.arange(len(digits)), digits] = confidence
    return probabilities


def test_a_row_worked_by_hand():
    labels, letters = np.array([1, 2, 3, 4], np.uint8), np.array([True, False])
    all_four, first_three = np.array([True] * 4), np.array([True, True, True, False])
    alone = Answers(labels, certain([1, 2, 0, 0], 0.8), all_four, ~all_four, letters)
    found = Answers(labels, certain([1, 0, 3, 4], 0.95), first_three, first_three, letters)
    assert views.row("two", found, alone) == (
        *("two", "75.00 %", "25.00 %", "25.00 %", "20.0 %", "50.0 %"),  # |3 - 4 * 0.95| / 4
        *("2", "1", "1"),
    )
    assert views.row("none", alone, alone)[-3:] == ("", "", "")


def test_the_command_reads_each_collection_with_the_network_of_its_name(tmp_path):
    digits, letters = tmp_path / "digits.jsonl", tmp_path / "letters.jsonl"
    names = ("aaa", "bbb")
    for file, labels in ((digits, "0123456789"), (letters, "ACE")):
        ink = [drawn(label, f"{name}-1", n) for n, name in enumerate(names) for label in labels]
        file.write_text("".join(f"{drawing.to_json()}\n" for drawing in ink))
    words = [str(tmp_path), "--digits", str(digits), "--letters", str(letters)]
    none = CliRunner().invoke(views.views, words)
    assert "must have networks named as the collections are: aaa, bbb; got none" in str(none.exception)
    for seed, name in enumerate((*names, "other")):
        mlp = MLP((784, 6, 11)).initialize("he", np.random.default_rng(seed))
        Checkpoint(DigitClassifier(mlp)).save(tmp_path / f"{name}.safetensors")
    run = CliRunner().invoke(views.views, words, catch_exceptions=False)
    lines = run.output.splitlines()
    assert [line.split(" | ")[0] for line in lines[2:-2]] == [
        "| none",
        *(f"| {count} {way}" for way in WAYS for count in COUNTS),
    ]
    assert lines[-1] == "Collections: aaa, bbb."
