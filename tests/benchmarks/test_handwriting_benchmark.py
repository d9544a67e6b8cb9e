"""The benchmark of other people's handwriting leaves out what it says it does, and counts as by hand."""

import json
import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import ablation, handwriting, kept_results, leave_one_out, readme, runs, tables, writer_groups
from benchmarks.shapes import KINDS
from benchmarks.writer_groups import Collections, Source
from model import data
from model.cli import entry
from model.config import TrainingConfig
from model.inference.classification import classify_images
from model.ink import PEN_WIDTH, Drawing, InkMixture, InkSampler, render, stroke_batch
from model.ink.miscut import is_miscut
from model.ink.mnist_layout import center_of_mass, longer_side, stroke_width
from model.ink.stroke_batch import NO_VARIATION
from model.nn.calibration import BINS, reliability
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.presets import preset
from model.training import checkpoint
from model.training.history import Progress
from tests.paths import ROOT
from tests.toy_data import numbered, numbers, patterns

CONFIG = TrainingConfig(hidden_sizes=(4,), training_size=200, epochs=1, background=True, augmentation="elastic")
NAMES = ["aaa", "bbb", "ccc"]
LETTERS = "ACEX"


def written(label, writer, rng):
    """A drawing of two strokes, each label's own, never twice the same."""
    path = np.random.default_rng(ord(label)).uniform(0, 1000, (2, 4, 2)) + rng.normal(0, 20, (2, 4, 2))
    return Drawing(tuple(path), label, writer)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Ink of three collections, in each two writers: 20 digits, 8 letters, and an O, which could be a zero."""
    rng, folder = np.random.default_rng(0), tmp_path_factory.mktemp("ink")
    for file, labels in (("digits.jsonl", "0123456789"), ("letters.jsonl", LETTERS + "O")):
        ink = [written(label, f"{name}-{n}", rng) for name in NAMES for n in range(2) for label in labels]
        (folder / file).write_text("".join(f"{drawing.to_json()}\n" for drawing in ink))
    return Source(
        str(folder / "digits.jsonl"), str(folder / "letters.jsonl"), at_most=20
    )  # all of them, and 20 shapes of a kind


@pytest.fixture(scope="module")
def ink(source):
    return writer_groups.load(source)


@pytest.fixture
def taught(monkeypatch):
    """What each run was trained on, `train` itself left out: (config, data, ink, mixture, threads)."""
    calls = []

    def train(config, dataset, *, ink, mixture, threads):
        calls.append((config, dataset, ink, mixture, threads))
        network = DigitClassifier(MLP(config.sizes).initialize("he", np.random.default_rng(0)))
        yield Progress(network, 1, epoch=1, epoch_ended=True, status="finished")

    monkeypatch.setattr(runs, "train", train)
    runs.latest.clear()
    monkeypatch.setattr(data, "load", lambda name: patterns(60, 20))
    return calls


def collection(drawing):
    return drawing.writer.split("-")[0]


# -------------------------------------------------------------------------------------------- what is left out


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


# --------------------------------------------------------------------------------------------------- ablation


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


# -------------------------------------------------------------------------------------------------- measuring


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


def a_result(accuracy=0.9, digits=10, kinds=None, wrong_cuts=0, **more):
    scores = {"drawings": 5, "auroc": 0.75, "refused": 0.5, "refused_at_97": 0.25}
    empty = [0] * BINS
    return {
        "digits": digits,
        "accuracy": accuracy,
        "calibration_error": 0.02,
        "bins": {"counts": [digits, *empty[1:]], "right": [1, *empty[1:]], "claimed": [2.0, *empty[1:]]},
        "passed": 0.98,
        "miscut": {"digits": 2 * wrong_cuts, "wrong": wrong_cuts, "accuracy_without": 0.95},
        "kinds": {leave_one_out.LETTERS: scores, "heart": scores} if kinds is None else kinds,
        "set_aside": {"images": 5000, "accuracy": 0.9876, "passed": 0.999},
        "untaught": ["A", "C"],
        "seconds": 1.0,
        **more,
    }


def test_each_collection_and_each_kind_counts_alike():
    def scores(value):
        return {"drawings": 1, **dict.fromkeys(leave_one_out.SCORES, value)}

    found = {
        "aaa": a_result(1.0, 1000, {"letters": scores(1.0), "letters not taught": scores(0.6), "heart": scores(0.2)}),
        "bbb": a_result(0.5, 10, {"letters": scores(0.5), "heart": scores(0.4)}, wrong_cuts=2),
    }
    summary = leave_one_out.summary(found)
    assert (summary["accuracy"], summary["digits"]) == (0.75, 1010)
    assert summary["miscut"] == {"digits": 4, "share_of_wrong": 2 / 5, "accuracy_without": pytest.approx(0.95)}
    assert {kind: each["auroc"] for kind, each in summary["kinds"].items()} == {
        "letters": 0.75,
        "letters not taught": 0.6,
        "heart": pytest.approx(0.3),
        leave_one_out.ALL_UNTAUGHT: pytest.approx(0.45),
    }


# ---------------------------------------------------------------------------------------------------- command


@pytest.fixture
def benchmark(monkeypatch, capsys, tmp_path, source, shared_cache):
    """Runs the command with the toy ink; runs come to made-up figures, and what is kept lies apart."""
    monkeypatch.setattr(kept_results, "KEPT", tmp_path / "handwriting.json")
    monkeypatch.setattr(readme, "README", tmp_path / "README.md")
    places = "".join(f"<!-- handwriting-{name} -->\n<!-- /handwriting-{name} -->\n" for name in kept_results.PARTS)
    readme.README.write_text(f"Before\n{places}after\n")

    class Benchmark:
        def __init__(self):
            self.kept, self.done = kept_results.KEPT, []
            self.accuracy, self.stops_after = 0.9, math.inf

        def in_parallel(self, tasks, jobs):
            for _, run in tasks:
                if len(self.done) >= self.stops_after:
                    raise KeyboardInterrupt
                self.done.append(str(run))
                if run.part == "ablation":
                    accuracy = dict.fromkeys(run.left_out, self.accuracy)
                    readings = dict.fromkeys(run.readings[1:], accuracy)
                    yield run, {"step": run.name.split()[0], "accuracy": accuracy, "readings": readings, "seconds": 1.0}
                else:
                    yield run, a_result(self.accuracy, untaught=list(run.untaught))

        def __call__(self, *words):
            """The exit code, the lines of stdout and those of stderr."""
            self.done.clear()
            ink = () if "--digits" in words else ("--digits", source.digits, "--letters", source.letters)
            monkeypatch.setattr(sys, "argv", ["handwriting", "--epochs", "2", *ink, *words])
            code = 0
            try:
                entry.run(handwriting.handwriting)
            except SystemExit as end:
                code = end.code
            printed = capsys.readouterr()
            return code, printed.out.splitlines(), printed.err.splitlines()

    made = Benchmark()
    monkeypatch.setattr(handwriting, "in_parallel", made.in_parallel)
    monkeypatch.setattr(data, "load", lambda name: patterns(10))
    return made


def test_the_last_line_is_one_json_object_of_the_presets_training(benchmark):
    code, lines, _ = benchmark("--json", "--seed", "3", "--training-size", "5000", "--ablation-epochs", "4")
    found = json.loads(lines[-1])
    assert code == 0
    wanted = preset("handwriting").config.changed(seed=3, training_size=5000, epochs=2, average_last=0)
    assert wanted.background
    assert TrainingConfig.of(found["collections"]["settings"]["config"]) == wanted
    assert TrainingConfig.of(found["ablation"]["settings"]["config"]) == wanted.changed(epochs=4, background=False)
    assert list(found["collections"]["runs"]) == NAMES
    assert found["collections"]["summary"]["accuracy"] == pytest.approx(0.9)
    assert len(found["ablation"]["runs"]) == 15
    assert not benchmark.kept.exists()


def test_a_shorter_training_averages_the_same_share_of_its_epochs():
    whole = preset("handwriting").config.changed(epochs=40, average_last=5)
    assert handwriting.shortened(whole, 16) == whole.changed(epochs=16, average_last=2)
    assert handwriting.shortened(whole, 40) == whole


def test_what_is_written_stands_in_the_readme(benchmark):
    assert benchmark("--write")[0] == 0
    text = readme.README.read_text()
    assert "| `aaa` | 10 | 90.0 % | 2.0 % | 98.0 % | 0.7500 | 50.0 % | 25.0 % |" in text
    assert "| mean of 3 | 30 | 90.0 % | 2.0 % | 98.0 % | 0.7500 | 50.0 % | 25.0 % |" in text
    assert "| heart | 0.7500 | 50.0 % | 25.0 % |" in text
    assert "5,000 training images of mnist that were set aside, the networks read 98.76 % right" in text
    assert f"| {ablation.STEPS[-1].words} | 90.0 % | +0.0 |" in text
    assert "Collections left out together: `aaa`; `bbb`; `ccc`." in text
    assert text.startswith("Before\n")
    assert text.endswith("after\n")
    readme.README.write_text(text.replace("90.0 %", "12.3 %"))
    assert benchmark("--from", str(benchmark.kept), "--write")[0] == 0
    assert readme.README.read_text() == text
    assert benchmark.done == []


def test_a_part_of_an_earlier_run_takes_the_place_of_that_part_alone(benchmark, tmp_path):
    benchmark("--write")
    benchmark.accuracy = 0.5
    _, lines, _ = benchmark("--json", "--part", "ablation")
    (tmp_path / "earlier.json").write_text(lines[-1])
    assert benchmark("--from", str(tmp_path / "earlier.json"), "--write")[0] == 0
    found = json.loads(benchmark.kept.read_text())
    assert found["ablation"]["summary"]["steps"]["none"] == 0.5
    assert found["collections"]["summary"]["accuracy"] == pytest.approx(0.9)


def test_it_says_which_collections_were_left_out_together(benchmark):
    _, lines, _ = benchmark("--groups", "2", "--part", "collections")
    assert any("Left out together, to train fewer networks: aaa, ccc" in line for line in lines)


def test_no_quick_run_is_kept(benchmark, tmp_path):
    _, lines, _ = benchmark("--json", "--quick")
    (tmp_path / "quick.json").write_text(lines[-1])
    code, _, complaints = benchmark("--from", str(tmp_path / "quick.json"), "--write")
    assert code == 2
    assert "these are of a quick one" in complaints[0]
    assert not benchmark.kept.exists()


def test_runs_are_merged_into_those_kept_before(benchmark):
    benchmark("--write")
    benchmark.accuracy = 0.5
    assert benchmark("--write", "--only", "bbb")[0] == 0
    assert benchmark.done == ["collections bbb"]
    found = json.loads(benchmark.kept.read_text())
    assert {name: each["accuracy"] for name, each in found["collections"]["runs"].items()} == {
        "aaa": 0.9,
        "bbb": 0.5,
        "ccc": 0.9,
    }
    assert len(found["ablation"]["runs"]) == 15
    assert "| `bbb` | 10 | 50.0 %" in readme.README.read_text()


def test_an_interrupted_benchmark_goes_on(benchmark):
    benchmark.stops_after = 2
    assert benchmark("--write")[0] == 130
    assert list(json.loads(benchmark.kept.read_text())["collections"]["runs"]) == NAMES[:2]
    assert "Not measured yet." in readme.README.read_text()
    benchmark.stops_after = math.inf
    assert benchmark("--write", "--resume", "--part", "collections")[0] == 0
    assert benchmark.done == ["collections ccc"]
    assert list(json.loads(benchmark.kept.read_text())["collections"]["runs"]) == NAMES


def test_runs_of_other_settings_never_stand_side_by_side(benchmark):
    benchmark("--write", "--part", "collections")
    for words in (["--only", "bbb"], ["--resume"]):
        code, _, lines = benchmark("--write", "--seed", "1", *words)
        assert code == 2
        assert len(lines) == 1
        assert "other there: seed 0, now 1" in lines[0]
    assert benchmark("--write", "--seed", "1", "--part", "collections")[0] == 0
    found = json.loads(benchmark.kept.read_text())["collections"]
    assert found["settings"]["config"]["seed"] == 1
    assert list(found["runs"]) == NAMES


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--only", "aaa,zzz"], "--only must be some of aaa, bbb, ccc; got zzz"),
        (["--only", "aaa", "--part", "ablation"], "--only names collections"),
        (["--quick", "--write"], "leave out --write"),
        (["--epochs", "0"], "epochs must be"),
        (["--part", "everything"], "everything"),
        (["--from", "nowhere.json"], "nowhere.json"),
        (["--from", str(ROOT / "Makefile")], "JSON of earlier runs"),
        (["--digits", "nowhere.jsonl"], "nowhere.jsonl is not there"),
        (["--digits", writer_groups.DIGITS], "set $INK_DIR to a folder with digits-dev.jsonl.gz"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(benchmark, monkeypatch, words, complaint):
    monkeypatch.delenv("INK_DIR", raising=False)
    code, _, lines = benchmark(*words)
    assert code == 2
    assert len(lines) == 1
    assert complaint in lines[0]
    assert benchmark.done == []


def test_ink_must_say_whose_it_is(benchmark, tmp_path):
    (tmp_path / "mine.jsonl").write_text(Drawing(([[0, 0], [1, 1]],), "7").to_json())
    code, _, lines = benchmark("--digits", str(tmp_path / "mine.jsonl"), "--letters", str(tmp_path / "mine.jsonl"))
    assert code == 2
    assert "must name its writer" in lines[0]


def test_the_readme_has_a_place_for_the_results():
    assert "Not measured yet." in kept_results.readme_with({})


@pytest.mark.timeout(600)
def test_a_quick_run_from_end_to_end(shared_cache, source):
    words = ["--quick", "--only", "aaa,ccc", "--json", "--digits", source.digits, "--letters", source.letters]
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.handwriting", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout.splitlines()[-1])["collections"]
    assert found["quick"]
    assert list(found["runs"]) == ["aaa", "ccc"]
    for result in found["runs"].values():
        assert result["digits"] == 20
        assert set(result["kinds"]) == {leave_one_out.LETTERS, leave_one_out.UNTAUGHT_LETTERS, *KINDS}
        assert all(0 <= scores["auroc"] <= 1 for scores in result["kinds"].values())
    assert tables.markdown("collections", found).startswith(tables.QUICK)
