"""Claims about digits of rare hands: how they are drawn, and that the network that comes with Inkling reads them."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from benchmarks import readme, strange_hands
from benchmarks.rare_hands import DIGITS, SIGNS
from model.inference.classification import classify_images
from model.ink import render
from model.training import checkpoint

COUNT = 60
AMBIGUOUS = "1 with a short flag that hardly rises"  # many could be a seven


@pytest.fixture(scope="module")
def network():
    return checkpoint.load(checkpoint.DEFAULT_WEIGHTS).network


@pytest.fixture(scope="module")
def found(network):
    return strange_hands.measured(network, seed=1, count=COUNT)


def test_a_template_is_drawn_through_its_points_or_near_them():
    rng = np.random.default_rng(0)
    straight, curved = strange_hands.curve("- 0,0 10,0 10,20 | ~ 0,0 10,0 10,20", rng, tremble=0)
    np.testing.assert_array_equal(straight, [(0, 0), (10, 0), (10, 20)])
    np.testing.assert_allclose(curved[[0, -1]], [(0, 0), (10, 20)])
    assert np.linalg.norm(curved - (10, 0), axis=1).min() > 2  # a corner is cut


@pytest.mark.parametrize("seed", [0, 1])
def test_no_drawing_is_made_twice_and_all_are_labeled(seed):
    for kind, drawn in strange_hands.digits(np.random.default_rng(seed), 20).items():
        assert {drawing.label for drawing in drawn} == {kind[0]}
        assert len({drawing.to_json() for drawing in drawn}) == 20
    for drawn in strange_hands.signs(np.random.default_rng(seed), 20).values():
        assert {drawing.label for drawing in drawn} == {None}


def test_figures_are_those_of_one_drawing_read_after_another(network, found):
    drawn = next(iter(strange_hands.digits(np.random.default_rng(1), COUNT).values()))
    readings = classify_images(network, [render(drawing) for drawing in drawn])
    right = np.mean([reading.digit == int(drawing.label) for reading, drawing in zip(readings, drawn, strict=True)])
    refused = np.mean([reading.verdict == "no digit" for reading in readings])
    shares = found["1 with a long upstroke"]
    assert (shares["read right"], shares["refused"]) == pytest.approx((right, refused))


@pytest.mark.parametrize("kind", DIGITS)
def test_the_network_for_drawings_reads_digits_of_rare_hands(found, kind):
    shares = found[kind]
    assert shares["read right"] >= (0.6 if kind == AMBIGUOUS else 0.95)
    assert shares["wrong though sure"] <= (0.1 if kind == AMBIGUOUS else 0.02)
    assert shares["refused"] <= 0.08


@pytest.mark.parametrize("kind", ["arrow", "note", "lower-case letter"])
def test_the_network_for_drawings_refuses_signs(found, kind):
    assert found[kind]["refused"] >= 0.97


def test_the_command_compares_two_networks_and_pictures_what_only_one_reads(tmp_path, monkeypatch):
    monkeypatch.setattr(readme, "README", tmp_path / "README.md")
    readme.README.write_text("<!-- strange-hands -->\n<!-- /strange-hands -->\n")
    other, shown = checkpoint.WEIGHTS / "starter.safetensors", tmp_path / "hands.png"
    run = CliRunner().invoke(
        strange_hands.strange_hands,
        ["--beside", str(other), "--picture", str(shown), "--write"],
        catch_exceptions=False,
    )
    assert run.exit_code == 0
    assert "| drawn | accuracy (handwriting) | rejected (handwriting) |" in run.output
    for kind in (*DIGITS, *SIGNS):
        assert f"| {kind} |" in run.output
    assert run.output.strip() in readme.README.read_text()
    pixels = np.asarray(Image.open(shown))[:, strange_hands.LABELS :]
    assert pixels.min() < 255  # the small network reads less


def test_nothing_is_pictured_that_both_read(network):
    shown = np.asarray(strange_hands.picture(network, network, columns=3))
    assert shown[:, strange_hands.LABELS :].min() == 255
