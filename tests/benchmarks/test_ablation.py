"""Each step of the ablation learns from what it says, and lays drawings out as it says."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import ablation, runs, writer_groups
from model.ink import PEN_WIDTH, Drawing, InkMixture, InkSampler, render, stroke_batch
from model.ink.mnist_layout import center_of_mass, longer_side, stroke_width
from model.ink.stroke_batch import NO_VARIATION
from tests.benchmarks.toy_ink import CONFIG, LETTERS, NAMES, collection


def test_steps_without_ink_learn_from_none_and_the_others_from_what_they_do_not_read(source, ink, taught):
    read = {}
    for run in ablation.plan(CONFIG, source, ink):
        result = ablation.carry_out(run)
        config, _, learned, *_ = taught[-1]
        assert not config.background
        assert {collection(drawing) for drawing in learned} == set(NAMES) - set(result["accuracy"])
        assert {drawing.label for drawing in learned} in (set(), set("0123456789" + LETTERS))
        read.setdefault((result["step"], config.augmentation), []).extend(result["accuracy"])
    augmentations = ("none", "affine", *["elastic"] * 5)
    assert list(read) == list(zip((step.name for step in ablation.STEPS), augmentations, strict=True))
    assert all(sorted(names) == NAMES for names in read.values())


def test_ink_is_sampled_as_each_step_says_on_one_thread(source, ink, taught):
    for run in ablation.plan(CONFIG, source, ink):
        runs.trained(run, ink)
    assert {threads for *_, threads in taught} == {1}
    mixtures = [mixture for *_, mixture, _ in taught]
    whole = InkMixture()
    assert mixtures[3:6] == [replace(whole, styled_share=0, formed_share=0, variation=NO_VARIATION)] * 3
    assert mixtures[6:9] == [replace(whole, styled_share=0, formed_share=0)] * 3
    assert mixtures[9:12] == [replace(whole, formed_share=0)] * 3
    assert mixtures[12:] == [whole] * 3
    assert all(vars(whole).values())
    assert all(vars(whole.variation).values())


def test_ink_as_it_was_written_is_neither_varied_nor_drawn_by_another_pen(ink):
    digits = ink.digits["aaa"]
    epoch = InkSampler(digits, 100, np.random.default_rng(0), with_non_digits=False, mixture=ablation.AS_WRITTEN)
    images, labels = epoch.draw(np.random.default_rng(1))
    packed = stroke_batch.rasterize(stroke_batch.StrokeBatch.of(digits, writer_groups.digit_labels(digits)), PEN_WIDTH)
    known = {(image.tobytes(), int(drawing.label)) for image, drawing in zip(packed, digits, strict=True)}
    assert {(image.tobytes(), int(label)) for image, label in zip(images, labels, strict=True)} <= known
    assert len(labels) == round(100 * InkMixture().ink_share)


LOPSIDED = Drawing(([[0, 0], [0, 1000], [200, 1000], [200, 900], [10, 900], [100, 950]],), "6", "aaa-0")


def laid_out(way, count=1):
    rng = np.random.default_rng(0)
    return np.array([ablation.READINGS[way](LOPSIDED, rng) for _ in range(count)])


def test_each_way_to_lay_a_drawing_out_changes_what_it_says():
    as_it_is, any_size, middle, thin, thick = map(laid_out, ablation.READINGS)
    np.testing.assert_array_equal(as_it_is[0], render(LOPSIDED))
    assert np.rint(center_of_mass(as_it_is[0])).tolist() == [14, 14]
    rows = np.flatnonzero(middle[0].any(axis=1))
    assert abs(rows[0] - (27 - rows[-1])) <= 1
    assert abs(center_of_mass(middle[0])[0] - 14) > 1
    assert stroke_width(thin[0]) < stroke_width(as_it_is[0]) < stroke_width(thick[0])
    assert longer_side(np.array([as_it_is[0], middle[0], thin[0], thick[0]])).tolist() == [20] * 4
    sizes = longer_side(laid_out(list(ablation.READINGS)[1], 200))
    assert (sizes.min(), sizes.max()) == (11, 28)
    assert len(any_size) == 1


def test_a_step_counts_when_all_collections_are_read():
    def result(step, accuracy, **readings):
        return {"step": step, "accuracy": accuracy, "readings": readings}

    found = {
        "none": result("none", {"aaa": 0.5, "bbb": 0.6, "ccc": 1.0}),
        "elastic": result("elastic", {"aaa": 0.8, "bbb": 0.8, "ccc": 0.8}, thin={"aaa": 0.1, "bbb": 0.1, "ccc": 0.4}),
        "forms 1": result("forms", {"aaa": 1.0, "ccc": 0.9}),
    }
    summary = ablation.summary(found)
    assert summary["steps"] == {"none": pytest.approx(0.7), "elastic": pytest.approx(0.8)}
    assert summary["readings"] == {ablation.AS_IT_IS: pytest.approx(0.8), "thin": pytest.approx(0.2)}
    found["forms 2"] = result("forms", {"bbb": 0.8})
    assert ablation.summary(found)["steps"]["forms"] == pytest.approx(0.9)
    assert ablation.summary(found)["groups"] == [["aaa", "ccc"], ["bbb"]]
