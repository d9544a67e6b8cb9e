"""Claims about forms: whatever a table, a set of files or a file of drawings looks like, its digits are read.

docs/forms.md lists each form with the test here that holds it.
"""

import re

import numpy as np
import pytest

from model import data
from model.data import formats
from model.data.file_set import list_folder
from model.ink import read_ink
from tests.data import forms
from tests.data.forms import INK, SETS, TABLES, UNREAD, write
from tests.digit_files import idx_images, idx_labels, npz, table
from tests.paths import ROOT


@pytest.fixture(scope="module")
def parts(mnist_5k):
    """Real digits: 60 to train on, 20 to test on."""
    return mnist_5k.images[:60], mnist_5k.labels[:60], mnist_5k.test_images[:20], mnist_5k.test_labels[:20]


def black_and_white(images):
    return np.where(images > 127, 255, 0).astype(np.uint8)


@pytest.mark.parametrize("form", TABLES)
def test_a_table_is_read_as_it_was_written(form, parts, tmp_path):
    images, labels, *_ = parts
    make, said = TABLES[form]
    path = tmp_path / "digits.csv"
    path.write_bytes(make(images, labels))
    expected = black_and_white(images) if form == "pixels 0 and 1" else images
    for dataset in (data.load(path), data.from_files({"digits.csv": path.read_bytes()}, "digits.csv")):
        np.testing.assert_array_equal(dataset.labels, labels)
        np.testing.assert_array_equal(dataset.images, expected)
        notes = " ".join(dataset.notes)
        assert said in notes
        assert bool(said) == bool(dataset.notes), notes


@pytest.mark.parametrize("form", SETS)
def test_a_set_is_read_as_it_was_written(form, parts, tmp_path):
    make, has_test_part = SETS[form]
    files = make(*parts)
    images, labels, test_images, test_labels = parts
    uploaded = {name.replace("/", "-"): content for name, content in files.items()}
    read = [data.load(write(tmp_path, files))]
    if not any(name.endswith(".png") for name in files):  # a browser sends names without folders
        read.append(data.from_files(uploaded, "upload"))
    for dataset in read:
        assert dataset.labels.tolist().count(3) == labels.tolist().count(3)
        order = [_rank(dataset.images, dataset.labels), _rank(images, labels)]
        np.testing.assert_array_equal(dataset.images[order[0]], images[order[1]])
        np.testing.assert_array_equal(dataset.labels[order[0]], labels[order[1]])
        expected = (test_images, test_labels) if has_test_part else (test_images[:0], test_labels[:0])
        order = [_rank(dataset.test_images, dataset.test_labels), _rank(*expected)]
        np.testing.assert_array_equal(dataset.test_images[order[0]], expected[0][order[1]])
        np.testing.assert_array_equal(dataset.test_labels[order[0]], expected[1][order[1]])


def _rank(images, labels):
    """An order of labeled images that does not depend on the one they are in: folders have their own."""
    return np.array(sorted(range(len(labels)), key=lambda place: (labels[place], images[place].tobytes())), int)


@pytest.mark.parametrize("form", INK)
def test_ink_is_read_as_it_was_written(form, tmp_path):
    path = tmp_path / "ink"
    path.write_bytes(INK[form])
    for source in (path, INK[form]):
        drawings = list(read_ink(source))
        assert [drawing.label for drawing in drawings] == [*"0123456789"]
        for digit, drawing in enumerate(drawings):
            assert [stroke.tolist() for stroke in drawing.strokes] == forms.strokes(digit)
    assert data.load(path).labels.tolist() == list(range(10))


@pytest.mark.parametrize("form", UNREAD)
def test_what_is_not_read_is_named(form, tmp_path):
    name, content, message = UNREAD[form]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"\A{re.escape(name)}: .*{message}"):
        data.load(tmp_path / name)
    if form not in ("picture", "web page", "Git LFS"):
        with pytest.raises(ValueError, match=message):
            data.load(tmp_path)


# ------------------------------------------------------------------------------------------------------- doubts


def notes_of(images, labels, *test):
    arrays = {"x_train": images, "y_train": labels}
    return " ".join(
        data.from_files({"a.npz": npz(arrays | dict(zip(("x_test", "y_test"), test, strict=False)))}, "a").notes
    )


def test_digits_that_do_not_stand_upright_are_told_and_turned(mnist_5k):
    images, labels = mnist_5k.images[:300], mnist_5k.labels[:300]
    assert notes_of(images, labels) == ""
    sides = images.reshape(-1, 28, 28)
    lying = {
        "transpose": sides.transpose(0, 2, 1),
        "rotate-90": np.rot90(sides, 1, (1, 2)),
        "rotate-180": np.rot90(sides, 2, (1, 2)),
        "rotate-270": np.rot90(sides, -1, (1, 2)),
        "flip-vertically": sides[:, ::-1],
    }
    for turn, turned in lying.items():
        turned = np.ascontiguousarray(turned)
        for files in (
            {"a.npz": npz({"x": turned, "y": labels})},
            {"a.csv": table(turned.reshape(-1, 784), labels)},
            {"images": idx_images(turned), "labels": idx_labels(labels)},
        ):
            dataset = data.from_files(files, "a")
            assert f"--turn {turn} turns them" in " ".join(dataset.notes)
            upright = data.turned(dataset, turn)
            np.testing.assert_array_equal(upright.images, images)
            assert upright.notes == ()


def test_one_label_for_all_is_told(parts):
    images, labels, *_ = parts
    assert "all 60 labels are 7" in notes_of(images, np.full(60, 7))
    (note,) = data.from_files({"a.csv": table(images, np.full(60, 7, np.uint8))}, "a").notes
    assert "all 60 labels are 7" in note
    (note,) = data.from_files({"images": idx_images(images), "labels": idx_labels(labels * 0)}, "a").notes
    assert "all 60 labels are 0" in note


def test_labels_of_other_images_are_told(mnist_5k):
    labels = np.roll(mnist_5k.labels[:400], 1)
    assert "the labels hardly fit the images" in notes_of(mnist_5k.images[:400], labels)


def test_a_mixture_of_polarities_is_told(parts):
    images, labels, *_ = parts
    mixed = np.concatenate([images[:30], 255 - images[30:]])
    assert "50% of its images are dark on bright" in notes_of(mixed, labels)


def test_each_part_has_a_polarity_of_its_own(parts):
    images, labels, test_images, test_labels = parts
    files = {"train.csv": table(images, labels), "test.csv": table(255 - test_images, test_labels)}
    dataset = data.from_files(files, "both")
    np.testing.assert_array_equal(dataset.images, images)
    np.testing.assert_array_equal(dataset.test_images, test_images)
    assert dataset.notes == ("test.csv: its digits are dark on bright paper; the images were inverted.",)


def test_pixels_like_labels_are_told(parts):
    images, labels, *_ = parts
    assert "no pixel is above 9 of 255" in notes_of(images // 28, labels)


def test_a_table_sorted_by_label_is_read(mnist_5k, tmp_path):
    order = np.argsort(mnist_5k.labels, kind="stable")
    images, labels = mnist_5k.images[order], mnist_5k.labels[order]
    rows = np.column_stack([images, labels])
    np.savetxt(tmp_path / "sorted.csv", rows, fmt="%d", delimiter=",")
    dataset = data.load(tmp_path / "sorted.csv")
    np.testing.assert_array_equal(dataset.labels, labels)
    np.testing.assert_array_equal(dataset.images, images)


@pytest.mark.parametrize("place", [0, 400, 784])
def test_paper_with_grain_is_not_taken_for_labels(parts, place):
    images, labels, *_ = parts
    grainy = np.maximum(images, np.random.default_rng(0).integers(0, 9, images.shape, np.uint8))
    rows = np.column_stack([grainy[:, :place], labels, grainy[:, place:]])
    contents = formats.read_images(forms.csv(rows.tolist()), "a.csv")
    np.testing.assert_array_equal(contents.labels, labels)
    np.testing.assert_array_equal(contents.images, grainy)


def test_few_labels_that_are_all_alike_are_found_at_the_end(parts):
    rows = np.column_stack([parts[0][:5], np.full(5, 7)])
    assert formats.read_images(forms.csv(rows.tolist()), "a.csv").labels.tolist() == [7] * 5


def test_pixels_on_another_scale_are_told(parts):
    images, labels, *_ = parts
    assert "no pixel is above 15 of 255, as if on another scale" in notes_of(images // 17, labels)


def test_pixels_and_labels_in_two_cells_are_refused(parts):
    lines = [f"{label},{' '.join(map(str, image))}" for image, label in zip(*parts[:2], strict=True)]
    for header in ("", "label,pixels\n"):
        with pytest.raises(ValueError, match="got all pixels in one cell behind the label"):
            formats.read_images((header + "\n".join(lines)).encode(), "a.csv")


def test_images_in_json_are_named(parts):
    record = {"label": 3, "image": parts[0][0].tolist()}
    with pytest.raises(ValueError, match="save images as a CSV table or an npz"):
        formats.read_images(forms.jsonl([record]), "a.jsonl")


def test_drawings_labeled_otherwise_are_named():
    with pytest.raises(ValueError, match="labeled 0 to 9; got labels such as 'five'"):
        formats.read_images(forms.jsonl([{"label": "five", "strokes": forms.strokes(5)}]), "a.jsonl")


def test_strokes_by_axis_are_told_by_the_longest():
    long = [[0, 10, 20, 30, 40, 50], [5, 5, 5, 6, 6, 6]]
    for short in ([[1, 2, 3], [4, 5, 6]], [[1, 2], [3, 4]]):
        (drawing,) = read_ink(forms.jsonl([{"label": "1", "strokes": [long, short]}]))
        assert [stroke.tolist() for stroke in drawing.strokes] == [
            [list(point) for point in zip(*axes, strict=True)] for axes in (long, short)
        ]


def test_several_columns_of_digits_beside_names_of_pictures_are_refused(parts, tmp_path):
    files = {f"{place}.png": forms.png(image) for place, image in enumerate(parts[0][:20])}
    rows = [[f"{place}.png", place % 5, label] for place, label in enumerate(parts[1][:20])]
    with pytest.raises(ValueError, match="columns 2, 3 could all be; call one of them label"):
        data.load(write(tmp_path, files | {"labels.csv": forms.csv(rows)}))


def test_several_columns_that_may_be_the_labels_are_told(parts):
    images, labels, *_ = parts
    rows = np.column_stack([images[:, :300], labels, (labels + 1) % 10, images[:, 300:783]])
    (note, *_) = formats.read_images(forms.csv(rows.tolist()), "a.csv").notes
    assert re.search(r"columns 301, 302 could all be the labels; column 30[12] was taken", note)


def test_a_wrong_line_far_down_is_named(mnist_5k):
    content = table(np.tile(mnist_5k.images[:1000], (6, 1)), np.tile(mnist_5k.labels[:1000], 6))
    assert len(content) > 8 * 2**20
    lines = content.split(b"\n")
    for place, cell, said in ((5003, b"12", "a label .* got '12' on line 5,004, column 1"), (5900, b"x", "line 5,901")):
        wrong = [*lines]
        wrong[place] = cell + wrong[place][1:]
        with pytest.raises(ValueError, match=said):
            formats.read_images(b"\n".join(wrong), "a.csv")


def test_a_picture_that_cannot_be_read_is_left_out_and_named(parts, tmp_path):
    images, labels, *_ = parts
    files = forms.by_class(images, labels) | {"4/broken.png": b"\x89PNG\r\n\x1a\nbroken"}
    dataset = data.load(write(tmp_path, files))
    assert len(dataset.labels) == 60
    assert "left out 4/broken.png" in " ".join(dataset.notes)


def test_pictures_without_labels_are_refused(parts, tmp_path):
    files = {f"{place}.png": forms.png(image) for place, image in enumerate(parts[0][:5])}
    with pytest.raises(ValueError, match=r"in a folder for each digit .* got 5 pictures without labels, such as 0"):
        data.load(write(tmp_path, files))


def test_a_zip_that_unpacks_to_far_more_than_it_has_is_not_unpacked():
    bomb = forms.zipped({"train.csv": b"0," * 50_000_000, "test.csv": b"1\n"})
    with pytest.raises(ValueError, match="data that shrink to no less than a 100th"):
        data.from_files({"a.zip": bomb}, "a.zip")


def test_folders_are_searched_only_as_deep_as_needed(parts, tmp_path):
    write(tmp_path, {"train.csv": table(*parts[:2]), "old/train.csv": table(*parts[2:])})
    assert list(list_folder(tmp_path)) == ["train.csv"]


# -------------------------------------------------------------------------------------------------- the documentation


def test_every_form_is_in_the_table_of_the_documentation_and_no_other():
    page = (ROOT / "docs" / "forms.md").read_text()
    listed = re.findall(r"^\| (.+?) \| .* \| `(tests/[\w/]+\.py)::(\w+)(?:\[(.+?)\])?` \|$", page, re.MULTILINE)
    for _, file, test, _ in listed:
        assert f"def {test}(" in (ROOT / file).read_text(), (file, test)
    by_test = {
        "test_a_table_is_read_as_it_was_written": TABLES,
        "test_a_set_is_read_as_it_was_written": SETS,
        "test_ink_is_read_as_it_was_written": INK,
        "test_what_is_not_read_is_named": UNREAD,
    }
    for test, known in by_test.items():
        assert sorted(case for _, _, name, case in listed if name == test) == sorted(known)
