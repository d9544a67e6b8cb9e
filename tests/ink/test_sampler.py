"""Claims about the ink of each epoch: what is drawn, how much of it, whose, and what never."""

import gzip
import os
from dataclasses import replace

import numpy as np
import pytest

from model.common.constants import NON_DIGIT
from model.ink import Drawing, InkMixture, InkSampler, non_digits, render
from model.ink.sampler import read_ink_files, render_all, split_by_writer
from model.ink.scribbles import scribbles
from model.ink.stroke_batch import NO_VARIATION, StrokeBatch, is_drawable
from model.ink.writing_styles import with_writing_styles
from tests.ink.drawings import rng
from tests.paths import INK

WAVE = np.stack((10 * np.sin(np.linspace(0, 6, 40)), np.linspace(0, 50, 40)), axis=1)
DOT = Drawing((np.array([[5.0, 5]]),), "3")


# Round numbers, and few of what takes time to make; forms and signs are left to their own tests.
MIXTURE = InkMixture(
    ink_share=0.5,
    max_variations=50,
    styled_share=0.2,
    formed_share=0,
    non_digit_share=0.3,
    letters=0.5,
    scribbles=0.3,
    corrupted=0.2,
    signs=0,
    source_size=30,
    writer_weight_exponent=0.5,
)


@pytest.fixture(scope="module")
def letters(digits) -> list[Drawing]:
    return [Drawing(drawing.strokes[::-1], "K", drawing.writer) for drawing in digits]


def made(drawings, count=100, seed=0, *, with_non_digits=True, **mixture) -> InkSampler:
    return InkSampler(drawings, count, rng(seed), with_non_digits=with_non_digits, mixture=replace(MIXTURE, **mixture))


def counts(source: InkSampler, seed: int = 0) -> tuple[int, int]:
    """How many digits and how many non-digits an epoch has."""
    _, labels = source.draw(rng(seed))
    return int((labels != NON_DIGIT).sum()), int((labels == NON_DIGIT).sum())


# ------------------------------------------------------------------------------------------------- what is drawn


@pytest.mark.parametrize(
    ("with_non_digits", "some"),
    [(True, slice(0, 0)), *((both, slice(some)) for both in (False, True) for some in (2, 30))],
    ids=str,
)
@pytest.mark.parametrize("count", [1, 100, 101])
def test_its_length_is_what_is_drawn(with_non_digits, some, count, digits):
    source = made(digits[some], count, with_non_digits=with_non_digits)
    images, labels = source.draw(rng())
    assert images.shape == (len(source), 784)
    assert labels.shape == (len(source),)
    assert (images.dtype, labels.dtype) == (np.uint8, np.uint8)
    assert (images.max(axis=1, initial=0) > 200).all()
    assert set(labels) <= {*range(10)} | ({NON_DIGIT} if with_non_digits else set())


def test_digits_and_non_digits_have_their_shares(digits, letters):
    assert counts(made(digits + letters)) == (50, 30)
    assert counts(made(digits + letters, with_non_digits=False)) == (50, 0)
    assert counts(made(digits, 1000)) == (500, 300)
    assert counts(made(letters)) == counts(made([])) == (0, 30)


def test_each_epoch_draws_others_and_each_seed(digits, letters):
    source = made(digits + letters, seed=1)
    one, same, other = (source.draw(rng(seed)) for seed in (2, 2, 3))
    np.testing.assert_array_equal(one[0], same[0])
    np.testing.assert_array_equal(one[1], same[1])
    everything = {image.tobytes() for image in np.concatenate((one[0], other[0]))}
    assert len(everything) > 1.9 * len(source)  # but for one lying line and another
    again = made(digits + letters, seed=1).draw(rng(2))
    np.testing.assert_array_equal(one[0], again[0])
    assert (made(digits + letters, seed=4).draw(rng(2))[0] != one[0]).any()


def test_an_image_shows_its_label(digits):
    # Without variation, what is drawn is what was written.
    written = np.array([render(drawing).reshape(-1) for drawing in digits], float)
    labels = np.array([int(drawing.label) for drawing in digits])
    images, drawn = made(digits, with_non_digits=False, styled_share=0, variation=NO_VARIATION).draw(rng())
    nearest = np.abs(images[:, None] - written).mean(axis=2).argmin(axis=1)
    assert (labels[nearest] == drawn).mean() > 0.95
    assert len(set(nearest)) > 15  # of 30, chosen 50 times


def sizes(sampler: InkSampler) -> dict[str, int]:
    return {source.name: source.size for source in sampler.sources}


def assert_same(batch: StrokeBatch, drawings) -> None:
    expected = StrokeBatch.of(drawings, batch.labels)
    np.testing.assert_array_equal(batch.points, expected.points)
    np.testing.assert_array_equal(batch.starts, expected.starts)


@pytest.mark.parametrize("share", [0, 0.4, 1])
def test_a_share_of_the_digits_has_a_writing_style_that_their_writers_did_not_use(share, digits):
    sampler = made(digits, with_non_digits=False, styled_share=share)
    assert sizes(sampler) == {"written": (1 - share) * 50, "styled": share * 50}
    written, styled = sampler.sources
    assert_same(written.drawings, digits)
    assert written.drawings.labels.tolist() == [int(drawing.label) for drawing in digits]
    expected = with_writing_styles(digits, rng())
    assert_same(styled.drawings, expected)
    assert styled.drawings.labels.tolist() == [int(drawing.label) for drawing in expected]
    assert len(sampler.draw(rng())[0]) == 50


def test_a_share_of_the_digits_is_written_in_the_forms_of_other_schools(digits):
    sampler = made(digits, with_non_digits=False, formed_share=0.4)
    assert sizes(sampler) == {"written": 20, "styled": 10, "formed": 20}
    formed = sampler.sources[-1].drawings
    assert sorted(set(formed.labels)) == list(range(10))
    assert len(formed) == 2 * MIXTURE.source_size
    assert "formed" not in sizes(made([], formed_share=0.4))  # a network without ink of its own learns from none


def test_a_share_of_the_non_digits_are_signs(digits):
    assert sizes(made(digits, signs=0.5))["signs"] == 15
    assert set(made(digits, signs=0.5).sources[-1].drawings.labels) == {NON_DIGIT}


def test_a_file_of_few_drawings_is_not_drawn_over_and_over(digits):
    assert counts(made(digits[:4], max_variations=3)) == (12, 30)
    assert counts(made(digits[:4], 10, max_variations=3)) == (5, 3)


def test_a_dot_is_never_drawn(digits):
    dots = [DOT, Drawing((), "4"), Drawing(DOT.strokes, "K")]
    for with_non_digits in (False, True):
        plain = made(digits, with_non_digits=with_non_digits).draw(rng())
        dotted = made(dots + digits, with_non_digits=with_non_digits).draw(rng())
        np.testing.assert_array_equal(plain[0], dotted[0])


@pytest.mark.parametrize("with_non_digits", [False, True])
def test_ink_without_digits_is_good_for_non_digits_alone(letters, with_non_digits):
    if with_non_digits:
        assert len(made(letters)) > 0
        return
    for drawings in (letters, []):
        with pytest.raises(ValueError, match="ink must hold drawings labeled 0 to 9 to learn from; got none"):
            made(drawings, with_non_digits=False)


def test_letters_that_could_be_digits_are_never_drawn(letters):
    nothing = made([]).draw(rng())[0]
    for label in ("O", "l", "Z", "12", "", None):
        alike = [Drawing(drawing.strokes, label) for drawing in letters]
        np.testing.assert_array_equal(made(alike).draw(rng())[0], nothing)
    assert (made(letters).draw(rng())[0] != nothing).any()


def test_non_digits_are_letters_scribbles_and_corrupted_digits_in_their_shares(digits, letters):
    def found(drawings):
        return {name: size for name, size in sizes(made(drawings)).items() if name not in ("written", "styled")}

    assert found(letters + digits) == {"letters": 15, "scribbles": 9, "corrupted": 6}
    assert found(letters) == {"letters": 19, "scribbles": 11}  # 30 divided as 5 to 3
    assert found(digits) == {"scribbles": 18, "corrupted": 12}
    assert found([]) == {"scribbles": 30}


def test_non_digits_are_labeled_as_such_and_made_of_their_kinds(digits, letters):
    random = rng()
    with_writing_styles(digits, random)  # takes its random numbers first
    expected = {"letters": letters, "scribbles": scribbles(30, random)}
    expected["corrupted"] = [one for one in non_digits.corrupt_digits(digits, 30, random) if is_drawable(one)]
    found = {source.name: source.drawings for source in made(letters + digits).sources}
    for name, drawings in expected.items():
        assert_same(found[name], drawings)
        assert set(found[name].labels) == {NON_DIGIT}


@pytest.mark.parametrize(("exponent", "share"), [(1.0, 0.9), (0.5, 0.75), (0.0, 0.5)])
def test_who_wrote_more_counts_for_more_but_not_by_as_much(exponent, share):
    mixture = {"writer_weight_exponent": exponent, "styled_share": 0, "max_variations": 1000}
    drawings = [Drawing((WAVE,), "1", "much")] * 9 + [Drawing((WAVE,), "2", "little")]
    _, labels = made(drawings, 2000, with_non_digits=False, **mixture).draw(rng())
    assert np.mean(labels == 1) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 1000))


def test_only_the_drawings_of_digits_are_rendered_to_be_measured(digits, letters):
    images, labels = render_all([*digits[:5], *letters, Drawing((), "4"), Drawing(digits[0].strokes)])
    np.testing.assert_array_equal(images, [render(drawing).reshape(-1) for drawing in digits[:5]])
    assert labels.tolist() == [int(drawing.label) for drawing in digits[:5]]
    assert render_all(letters)[0].shape == (0, 784)
    assert render_all([])[1].dtype == np.uint8


# -------------------------------------------------------------------------------------------------------- files


def as_json(drawings) -> list[str]:
    return [drawing.to_json() for drawing in drawings]


def test_files_are_read_one_after_another(tmp_path, digits):
    lines = as_json(digits)
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl.gz"
    one.write_text("\n".join(lines[:4]))
    other.write_bytes(gzip.compress("\n".join(lines[4:9]).encode()))
    assert as_json(read_ink_files(f"{one}, {other}")) == lines[:9]
    assert as_json(read_ink_files(f"{other},,{one},")) == lines[4:9] + lines[:4]
    assert read_ink_files("") == read_ink_files(" , ") == []


def test_what_is_not_there_is_looked_for_in_its_folder(tmp_path, digits, monkeypatch):
    (tmp_path / "mine.jsonl").write_text(digits[0].to_json())
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("INK_DIR", str(tmp_path))
    assert len(read_ink_files("mine.jsonl")) == 1
    (tmp_path / "here" / "mine.jsonl").write_text("\n".join(as_json(digits[:2])))
    assert len(read_ink_files("mine.jsonl")) == 2  # the one that is here comes first
    monkeypatch.delenv("INK_DIR")
    os.remove("mine.jsonl")
    with pytest.raises(ValueError, match=r"separated by commas; mine\.jsonl is not there$"):
        read_ink_files("mine.jsonl")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"seven\n", "line 1: .*no JSON"),
        (b'\n{"strokes": 3}', "line 2: a drawing must be"),
        (b"\x1f\x8b", "line 1: .* damaged"),
    ],
)
def test_what_is_no_ink_is_refused_in_one_line_that_names_the_file(content, message, tmp_path):
    (tmp_path / "bad.jsonl").write_bytes(content)
    with pytest.raises(ValueError, match=rf"^bad\.jsonl: {message}") as refusal:
        read_ink_files(f"{INK},{tmp_path / 'bad.jsonl'}")
    assert "\n" not in str(refusal.value)
    with pytest.raises(ValueError, match=r"is not there$"):
        read_ink_files(str(tmp_path))


# ------------------------------------------------------------------------------------------------------ held out


def written(**counts) -> list[Drawing]:
    return [Drawing((WAVE + number,), "1", writer) for writer, count in counts.items() for number in range(count)]


@pytest.mark.parametrize(("share", "held"), [(0, 0), (0.1, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.75, 3), (1, 3)])
def test_whole_writers_are_held_out_and_one_is_left(share, held):
    drawings = written(a=5, b=1, c=3, d=2)
    for seed in range(5):
        learned, held_out = split_by_writer(drawings, share, rng(seed))
        assert sorted(map(id, learned + held_out)) == sorted(map(id, drawings))
        assert learned == [drawing for drawing in drawings if drawing in learned]  # in their order
        assert not {drawing.writer for drawing in learned} & {drawing.writer for drawing in held_out}
        assert len({drawing.writer for drawing in held_out}) == held


def test_the_random_numbers_choose_the_writers():
    drawings = written(**dict.fromkeys("abcdefgh", 1))
    held = [
        frozenset(drawing.writer for drawing in split_by_writer(drawings, 0.5, rng(seed))[1])
        for seed in (0, 0, 1, 2, 3)
    ]
    assert held[0] == held[1]
    assert len(set(held)) > 2


def test_who_has_no_name_is_someone_else_each_time():
    nameless = [Drawing((WAVE,), "1") for _ in range(10)]
    learned, held_out = split_by_writer(nameless, 0.3, rng())
    assert (len(learned), len(held_out)) == (7, 3)


def test_ink_of_one_writer_is_learned_from():
    assert [len(part) for part in split_by_writer(written(me=12), 0.1, rng())] == [12, 0]
    assert split_by_writer([], 0.1, rng()) == ([], [])


MADE = ("formed", "scribbles", "signs")


def test_what_nobody_wrote_is_made_once_for_runs_with_one_seed(digits):
    def begun(seed: int, **mixture) -> tuple[dict[str, StrokeBatch], object]:
        used = rng(seed)
        every = replace(MIXTURE, formed_share=0.2, signs=0.2, **mixture)
        sampler = InkSampler(digits, 100, used, with_non_digits=True, mixture=every)
        return {source.name: source.drawings for source in sampler.sources}, used.bit_generator.state

    (one, after), (again, after_again) = begun(1), begun(1)
    for name in MADE:
        assert again[name] is one[name]
    assert after_again == after
    for other, _ in (begun(2), begun(1, source_size=31)):
        assert not any(np.array_equal(other[name].points, one[name].points) for name in MADE)
    anew, _ = begun(1)
    for name, drawings in one.items():
        np.testing.assert_array_equal(anew[name].points, drawings.points)
