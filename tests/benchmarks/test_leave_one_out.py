"""Each network leaves out the ink that it says it does, and is measured as by hand."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import ablation, leave_one_out, runs
from benchmarks.shapes import KINDS
from benchmarks.writer_groups import Collections, Source
from model import data
from model.inference.classification import classify_images
from model.ink import Drawing, render
from model.ink.miscut import is_miscut
from model.nn.calibration import BINS, reliability
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import checkpoint
from tests.benchmarks.toy_ink import CONFIG, LETTERS, NAMES, a_result, collection
from tests.toy_data import numbered, numbers, patterns


def test_collections_hold_the_ink_by_writer_and_no_letter_that_could_be_a_digit(ink):
    assert ink.names == NAMES
    assert ink.alphabet == list(LETTERS)
    assert {name: len(drawings) for name, drawings in ink.digits.items()} == dict.fromkeys(NAMES, 20)
    assert {collection(drawing) for drawing in ink.letters["bbb"]} == {"bbb"}


def test_ink_is_known_again_but_not_if_a_label_is_another(ink):
    same = Collections(dict(reversed(ink.digits.items())), ink.letters)
    assert same.fingerprint == ink.fingerprint
    first, *rest = ink.digits["aaa"]
    other = Collections({**ink.digits, "aaa": [replace(first, label="5"), *rest]}, ink.letters)
    assert other.fingerprint != ink.fingerprint


def test_no_network_learns_from_the_collection_that_it_reads_nor_from_its_three_letters(source, ink, taught):
    planned = leave_one_out.plan(CONFIG, source, ink)
    assert [run.name for run in planned] == NAMES
    everything = [drawing for kind in (ink.digits, ink.letters) for drawings in kind.values() for drawing in drawings]
    for run in planned:
        leave_one_out.carry_out(run)
        learned = {drawing.to_json() for drawing in taught[-1][2]}  # read anew, perhaps
        assert len(run.untaught) == 3
        assert learned == {
            drawing.to_json()
            for drawing in everything
            if collection(drawing) != run.name and drawing.label not in run.untaught
        }
        assert learned


def test_collections_that_are_left_out_together_are_read_by_one_network(source, ink, taught):
    planned = leave_one_out.plan(CONFIG, source, ink, groups=2)
    assert [(run.name, run.left_out) for run in planned] == [
        ("aaa", ("aaa", "ccc")),
        ("ccc", ("aaa", "ccc")),
        ("bbb", ("bbb",)),
    ]
    for run in planned:
        leave_one_out.carry_out(run)
    assert [{collection(drawing) for drawing in learned} for _, _, learned, *_ in taught] == [{"bbb"}, {"aaa", "ccc"}]
    with pytest.raises(ValueError, match="--groups must be 2 or more"):
        leave_one_out.plan(CONFIG, source, ink, groups=1)


def test_a_run_keeps_its_network_also_one_that_it_shares(source, ink, taught, tmp_path):
    planned = leave_one_out.plan(CONFIG, source, ink, groups=2)
    made = [runs.trained(replace(run, networks=tmp_path), ink) for run in planned]
    assert len(taught) == 2
    for run, one in zip(planned, made, strict=True):
        kept = checkpoint.load(tmp_path / f"{run.name}.safetensors")
        assert kept.config == run.config
        assert kept.network.checksum() == one.network.checksum()
    assert len(list(tmp_path.iterdir())) == len(NAMES)


def test_each_letter_is_untaught_somewhere():
    letters = [Drawing(([[0, 0], [1, 1]],), letter, "a-0") for letter in "ACEFHKMNPRUWX"]
    ink = Collections({f"c{number}": () for number in range(9)}, {"c0": letters})
    planned = leave_one_out.plan(CONFIG, Source(), ink)
    assert {letter for run in planned for letter in run.untaught} == set("ACEFHKMNPRUWX")
    assert all(len(set(run.untaught)) == 3 for run in planned)


def test_with_one_collection_there_is_nothing_to_leave_out():
    for plan in (leave_one_out.plan, ablation.plan):
        with pytest.raises(ValueError, match=r"two collections or more; got aaa alone"):
            plan(CONFIG, Source(), Collections({"aaa": ()}, {}))


def test_images_set_aside_are_training_images_that_nobody_learns_from(source, ink, taught, monkeypatch):
    dataset = numbered(240)
    with_test = data.Dataset(
        "numbered", dataset.images[:180], dataset.labels[:180], dataset.images[180:], dataset.labels[180:]
    )
    monkeypatch.setattr(data, "load", lambda name: with_test)
    made = runs.trained(leave_one_out.plan(CONFIG, source, ink)[0], ink)
    learned, aside = set(numbers(taught[0][1].images)), set(numbers(made.images))
    assert (len(learned), len(aside)) == (165, 15)
    assert learned | aside == set(range(180))
    np.testing.assert_array_equal(made.labels, dataset.labels[numbers(made.images)])


def test_separation_worked_by_hand():
    found = leave_one_out.separation(np.array([0.9, 0.8, 0.6, 0.4]), np.array([0.7, 0.45, 0.1]))
    assert found == {"drawings": 3, "auroc": pytest.approx(9 / 12), "refused": 2 / 3, "refused_at_97": 1 / 3}


def test_the_threshold_accepts_at_least_97_percent_of_the_digits_and_hardly_more():
    digits = np.random.default_rng(0).permutation(np.arange(1, 201) / 200)
    others = np.arange(0.5, 200) / 200  # one between any two digits
    below = round(leave_one_out.separation(digits, others)["refused_at_97"] * 200)
    assert (digits > others[below - 1]).sum() == 195  # beyond the next digit it would be 194, exactly 97 %
    assert below == 6


def test_figures_are_those_of_one_drawing_read_after_another(source, ink, taught):
    run = leave_one_out.plan(CONFIG, source, ink)[1]
    network = DigitClassifier(MLP(CONFIG.sizes).initialize("he", np.random.default_rng(0)))
    network.reject_bias = -2.0  # or hardly anything would be a digit
    made = runs.Trained(network, patterns(50).images, patterns(50).labels, 0.0)
    kinds = dict(leave_one_out.others(run, ink))
    assert set(kinds) == {leave_one_out.LETTERS, leave_one_out.UNTAUGHT_LETTERS, *KINDS}
    assert {drawing.label for drawing in kinds[leave_one_out.UNTAUGHT_LETTERS]} == set(run.untaught)
    assert {drawing.label for drawing in kinds[leave_one_out.LETTERS]} == set(LETTERS) - set(run.untaught)
    found = leave_one_out.measure(made, ink.digits["bbb"], kinds)
    readings = classify_images(network, [render(drawing) for drawing in ink.digits["bbb"]])
    assert found["digits"] == 20
    assert found["accuracy"] == np.mean(
        [reading.digit == int(drawing.label) for reading, drawing in zip(readings, ink.digits["bbb"], strict=True)]
    )
    assert found["passed"] == np.mean([reading.verdict != "no digit" for reading in readings])
    assert found["wrong_sure"] == np.mean(
        [
            reading.verdict != "no digit" and reading.probability >= 0.9 and reading.digit != int(drawing.label)
            for reading, drawing in zip(readings, ink.digits["bbb"], strict=True)
        ]
    )
    for kind, drawings in kinds.items():
        doubts = classify_images(network, [render(drawing) for drawing in drawings])
        pairs = [reading.is_digit > doubt.is_digit for reading in readings for doubt in doubts]
        assert found["kinds"][kind]["auroc"] == pytest.approx(np.mean(pairs))
        assert found["kinds"][kind]["refused"] == np.mean([doubt.verdict == "no digit" for doubt in doubts])
    assert found["set_aside"]["accuracy"] == network.accuracy(made.images, made.labels)


def bowed(height):
    x = np.linspace(-1, 1, 21)
    return [[place, height * 2 * (1 - place**2)] for place in x]  # as long as 2, so high as a share of that


@pytest.mark.parametrize(
    ("label", "strokes_", "miscut"),
    [
        ("4", [bowed(0)], True),
        ("1", [bowed(0)], True),  # it lies
        ("1", [[(y, x) for x, y in bowed(0)]], False),
        ("4", [bowed(0), bowed(0)], False),
        ("4", [bowed(0.05)], True),
        ("4", [bowed(0.15)], False),
        ("0", [[[math.cos(t), math.sin(t)] for t in np.linspace(0, 2 * np.pi, 30)]], False),
        ("0", [[[5, 5]]], True),
    ],
)
def test_a_digit_that_is_one_straight_stroke_was_cut_out_wrongly(label, strokes_, miscut):
    assert is_miscut(Drawing(tuple(strokes_), label)) is miscut


def test_the_calibration_error_of_all_answers_is_that_of_the_collections_together():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(10, 0.2), 90)
    labels = rng.integers(0, 10, 90)
    parts = [slice(0, 20), slice(20, 90)]
    bins = [leave_one_out.bins(reliability(probabilities[part], labels[part], BINS)) for part in parts]
    whole = reliability(probabilities, labels, BINS).expected_calibration_error
    assert leave_one_out.together(json.loads(json.dumps(bins))) == pytest.approx(whole)
    assert whole > 0.05


def test_each_collection_and_each_kind_counts_alike():
    def scores(value):
        return {"drawings": 1, **dict.fromkeys(leave_one_out.SCORES, value)}

    found = {
        "aaa": a_result(1.0, 1000, {"letters": scores(1.0), "letters not taught": scores(0.6), "heart": scores(0.2)}),
        "bbb": a_result(0.5, 10, {"letters": scores(0.5), "heart": scores(0.4)}, wrong_cuts=2),
    }
    summary = leave_one_out.summary(found)
    assert (summary["accuracy"], summary["digits"]) == (0.75, 1010)
    assert summary["miscut"] == {
        "digits": 4,
        "share_of_wrong": 2 / 5,
        "accuracy_without": pytest.approx(0.95),
        "passed_without": pytest.approx(0.985),
        "wrong_sure_without": pytest.approx(0.005),
    }
    assert {kind: each["auroc"] for kind, each in summary["kinds"].items()} == {
        "letters": 0.75,
        "letters not taught": 0.6,
        "heart": pytest.approx(0.3),
        leave_one_out.ALL_UNTAUGHT: pytest.approx(0.45),
    }
