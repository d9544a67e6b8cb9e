import gzip
import io
import json
import re
import struct
import tracemalloc
import zipfile
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data import formats
from model.ink import Drawing, render
from tests.digit_files import digits, idx_images, idx_labels, npz, table
from tests.figures import report

packed = partial(gzip.compress, mtime=0)  # the same at any time: two processes must name the tests alike

IMAGES, LABELS = digits(7)
TEST_IMAGES, TEST_LABELS = digits(3, seed=1)


def keras(**changes):
    arrays = {
        "x_train": IMAGES.reshape(-1, 28, 28),
        "y_train": LABELS,
        "x_test": TEST_IMAGES.reshape(-1, 28, 28),
        "y_test": TEST_LABELS,
    }
    return {name: array for name, array in (arrays | changes).items() if array is not None}


def refusal(content, read=formats.read_images):
    """The one line that refuses a file."""
    with pytest.raises(ValueError, match=r"\Afile: ") as caught:
        read(content, "file")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def read_or_refuse(content, read=formats.read_images):
    """Reads a file that may be good; nothing but a ValueError of one line may come of it."""
    message = ""
    try:
        read(content, "file")
    except ValueError as error:
        message = str(error)
    assert "\n" not in message


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_idx_files_give_back_what_was_written(pack):
    assert np.array_equal(formats.read_idx_images(pack(idx_images(IMAGES))), IMAGES)
    assert np.array_equal(formats.read_idx_labels(pack(idx_labels(LABELS))), LABELS)
    contents = formats.read_images(pack(idx_images(IMAGES)))
    assert np.array_equal(contents.images, IMAGES)
    assert contents.labels is None
    assert len(contents.test_images) == 0


def test_a_path_and_its_bytes_read_the_same(tmp_path):
    for name, content in {
        "images": idx_images(IMAGES),
        "keras.npz": npz(keras()),
        "train.csv": table(IMAGES, LABELS),
    }.items():
        (tmp_path / name).write_bytes(content)
        from_path, from_bytes = formats.read_images(tmp_path / name), formats.read_images(content)
        for field in ("images", "labels", "test_images", "test_labels"):
            assert np.array_equal(getattr(from_path, field), getattr(from_bytes, field))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\Anone\.csv: .*No such file"):
        formats.read_images(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got an empty file"),
        (packed(b""), "got an empty file, gzipped"),
        (idx_labels(LABELS), "expected magic number 2051 (IDX images) at byte 0; got 2049 (IDX labels)"),
        (b"\0\0\x07\x03" + idx_images(IMAGES)[4:], "expected magic number 2051"),
        (b"\0\0\x0d\x03" + idx_images(IMAGES)[4:], "expected 21,968 bytes, as its header promises 7 items"),
        (idx_images(IMAGES)[:3], "got only 3 bytes"),
        (idx_images(IMAGES)[:11], "a header of 16 bytes; the file ends at byte 11"),
        (struct.pack(">4I", 2051, 7, 28, 27) + bytes(7 * 756), "28x28 pixels (bytes 8 to 15); got 28x27"),
        (struct.pack(">4I", 2051, 0, 28, 28), "a count from 1 to 1,000,000 at byte 4; got 0"),
        (struct.pack(">4I", 2051, 2**32 - 1, 28, 28), "got 4,294,967,295"),
        (struct.pack(">4I", 2051, 10**6, 28, 28), "promises 1,000,000 items; it ends at byte 16"),
        (
            idx_images(IMAGES)[:-1],
            "expected 5,504 bytes, as its header promises 7 items; it ends at byte 5,503",
        ),
        (idx_images(IMAGES) + b"\0", "it goes on after byte 5,504"),
        (packed(idx_images(IMAGES) + bytes(10)), "it goes on after byte 5,504"),
        (packed(idx_images(IMAGES)[:-9]), "it ends at byte 5,495"),
        (b"\x1f\x8bnot gzip after all", "damaged or cut short after 0 unpacked bytes"),
        (packed(packed(table(IMAGES))), "expected a CSV table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "expected a CSV table"),
    ],
)
def test_a_wrong_idx_file_is_refused_with_the_byte(content, message):
    assert message in refusal(content)


def test_an_idx_name_is_held_to_the_idx_format():
    with pytest.raises(ValueError, match="expected magic number 2051"):
        formats.read_images(table(IMAGES), "train-images-idx3-ubyte")


def test_wrong_labels_are_refused_with_the_byte():
    wrong = LABELS.copy()
    wrong[4] = 10
    assert "got 10 at byte 12" in refusal(idx_labels(wrong), formats.read_idx_labels)
    assert "it ends at byte 14" in refusal(idx_labels(LABELS)[:-1], formats.read_idx_labels)


def test_a_damaged_gzip_file_is_refused_wherever_it_is_cut():
    content = packed(idx_images(IMAGES))
    for end in range(2, len(content), 97):
        refusal(content[:end])
    stopped = re.search(r"after ([\d,]+) unpacked bytes", refusal(content[: len(content) // 2]))
    assert stopped
    unpacked = gzip.GzipFile(fileobj=io.BytesIO(content[: len(content) // 2])).read1(10**6)
    assert int(stopped[1].replace(",", "")) == len(unpacked)
    wrong_sum = bytearray(content)
    wrong_sum[-8] ^= 1
    assert "CRC check failed" in refusal(bytes(wrong_sum))


def test_a_gzip_bomb_is_never_unpacked_beyond_the_header():
    bomb = packed(idx_images(IMAGES) + bytes(200_000_000), compresslevel=1)
    tracemalloc.start()
    try:
        assert "it goes on after byte 5,504" in refusal(bomb)
        _, most = tracemalloc.get_traced_memory()
        report("memory at most for a file that unpacks to 200 MB", most / 1e6, "MB")
        assert most < 5_000_000
    finally:
        tracemalloc.stop()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\0\0\x08\x03", b"\x1f\x8b\x08\0", b"PK\x03\x04", b"1,"]))
def test_any_bytes_are_read_or_refused_by_a_value_error(content, start):
    for read in (formats.read_images, formats.read_idx_labels):
        read_or_refuse(start + content, read)


@pytest.mark.parametrize("shape", [(-1, 28, 28), (-1, 784)])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_keras_archive_gives_back_what_was_written(shape, compression):
    arrays = keras(x_train=IMAGES.reshape(shape), x_test=TEST_IMAGES.reshape(shape), y_train=LABELS.astype(">i8"))
    contents = formats.read_images(npz(arrays, compression))
    assert np.array_equal(contents.images, IMAGES)
    assert np.array_equal(contents.labels, LABELS)
    assert np.array_equal(contents.test_images, TEST_IMAGES)
    assert np.array_equal(contents.test_labels, TEST_LABELS)
    assert contents.labels.dtype == np.uint8


def test_an_array_in_column_order_is_read_the_right_way_round():
    arrays = keras(x_train=np.asfortranarray(IMAGES.reshape(-1, 28, 28)))
    assert np.array_equal(formats.read_images(npz(arrays)).images, IMAGES)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y_train": None, "y_test": None}, "missing y_train"),
        ({"x_train": None, "x_test": None}, "missing x_train"),
        ({"x_train": np.array([{}, []], object)}, "x_train must be plain numbers; got pickled objects"),
        ({"y_train": np.array([object()] * 7)}, "y_train must be plain numbers; got pickled objects"),
        ({"x_train": IMAGES.astype(float) - 300}, "pixels must be from 0 to 255, or from 0 to 1; got -300 to 0"),
        ({"x_train": IMAGES.astype("U3")}, "x_train must be numbers, with ink from 0 to 255; got <U3"),
        ({"x_train": IMAGES[:, :783]}, "x_train must have shape (n, 28, 28) or (n, 784)"),
        ({"x_train": IMAGES[:0], "y_train": LABELS[:0]}, "n from 1 to 1,000,000; got (0, 784)"),
        ({"y_train": LABELS[:6]}, "x_train and y_train must be equally long; got 7 and 6"),
        ({"y_train": LABELS + 0.5}, "y_train must be whole numbers; got float64"),
        ({"y_test": np.array([1, 10, 2])}, "labels must be 0 to 9; got 10 at y_test[1]"),
        ({"y_test": np.array([1, -1, 2])}, "labels must be 0 to 9; got -1 at y_test[1]"),
        ({"y_test": np.array(3)}, "y_test must have shape (n,)"),
    ],
)
def test_a_wrong_archive_is_refused(changes, message):
    assert message in refusal(npz(keras(**changes)))


def test_a_damaged_archive_is_refused():
    whole = npz(keras())
    for end in range(4, len(whole), 499):
        refusal(whole[:end])
    for byte in range(0, len(whole), 499):
        damaged = bytearray(whole)
        damaged[byte] ^= 0xFF
        read_or_refuse(bytes(damaged))
    assert "another compression" in refusal(npz(keras(), zipfile.ZIP_LZMA))


TOO_MANY = 90_000  # images of one shade: packed, hardly anything is left of them


def test_an_archive_that_unpacks_to_far_more_than_it_has_is_not_unpacked():
    bomb = npz(keras(x_train=np.zeros((TOO_MANY, 28, 28), np.uint8)), zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    try:
        assert "expected data that shrink to no less than a 100th" in refusal(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_packed_table_is_read_no_further_than_data_could_go():
    row = b"5" + b",0" * 784 + b"\n"
    assert "expected data that shrink to no less than a 100th" in refusal(packed(row * TOO_MANY, compresslevel=1))
    assert len(formats.read_images(packed(row * 1000), "file").images) == 1000


def test_an_archive_is_read_no_further_than_its_header_promises():
    member = io.BytesIO()
    np.save(member, IMAGES)
    packed = io.BytesIO(npz(keras(x_train=None)))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("x_train.npy", member.getvalue() + bytes(100_000_000))
    bomb = packed.getvalue()
    tracemalloc.start()
    try:
        assert "x_train must hold the 5,488 bytes" in refusal(bomb + b"")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def with_header(header):
    """An archive whose x_train has a header of our own before the bytes of IMAGES."""
    packed = io.BytesIO(npz(keras(x_train=None)))
    with zipfile.ZipFile(packed, "a") as archive:
        start = b"\x93NUMPY\1\0" + struct.pack("<H", len(header))
        archive.writestr("x_train.npy", start + header.encode() + IMAGES.tobytes())
    return packed.getvalue()


@pytest.mark.parametrize(
    ("descr", "shape", "message"),
    [
        ("|u1", "(900000, 784)", "must hold the 705,600,000 bytes that its header promises; got 5,488"),
        ("|u1", "(6, 784)", "must hold the 4,704 bytes that its header promises; got 4,705"),
        ("|u1", "(-1, 784)", "n from 1 to 1,000,000; got (-1, 784)"),
        ("<U100000000", "(7, 784)", "must be numbers, with ink from 0 to 255; got <U100000000"),
        ("|V0", "(7, 784)", "must be numbers"),
        ("|O", "(7, 784)", "pickled objects, which are never opened"),
        ("|u1", "((((((((", "its header cannot be read"),
        ("|u1", "(7, 784, " + "1, " * 5000 + ")", "its header cannot be read"),
    ],
)
def test_what_an_array_promises_is_checked_before_it_is_read(descr, shape, message):
    archive = with_header(f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")
    tracemalloc.start()
    try:
        assert message in refusal(archive)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


# ------------------------------------------------------------------------------------------------------- drawings


def drawn(*labels):
    """Lines of an ink file: a slanting line for each label, the first the flattest; one without a label for None."""
    lines = [{"label": label, "strokes": [[[0, 0], [40, 10 * index]]]} for index, label in enumerate(labels, 1)]
    return [json.dumps({key: value for key, value in line.items() if value is not None}) for line in lines]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_drawings_are_images_with_labels(pack, tmp_path):
    lines = drawn("7", "0", "K", None, "7", "12", "3")
    lines.insert(2, json.dumps({"label": "5", "strokes": []}))
    content = pack("\n".join(["", *lines, ""]).encode())
    (tmp_path / "mine.jsonl").write_bytes(content)
    for contents in (formats.read_images(content, "mine.jsonl"), formats.read_images(tmp_path / "mine.jsonl")):
        assert contents.labels.tolist() == [7, 0, 7, 3]  # no letter, nothing blank, nothing without a label
        assert contents.labels.dtype == contents.images.dtype == np.uint8
        digits = [Drawing.from_json(lines[index]) for index in (0, 1, 5, 7)]
        np.testing.assert_array_equal(contents.images, [render(drawing).reshape(-1) for drawing in digits])
        assert len(contents.test_images) == 0


def test_drawings_without_labels_are_images_alone():
    contents = formats.read_images("\n".join(drawn(None, None)).encode())
    assert contents.labels is None
    assert contents.images.shape == (2, 784)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("\n".join(drawn("A", "B")), "expected drawings labeled 0 to 9; got labels such as 'A', 'B'"),
        ('{"label": "4", "strokes": []}', "expected drawings labeled 0 to 9; got none"),
        (
            "\n".join([*drawn("1"), "", '{"strokes": 5}']),
            'line 3: a drawing must be a JSON object with a list "strokes"',
        ),
        ('{"strokes": [[[1, 2], [3]]]}', "line 1: stroke 1 must be a list of"),
        ("{not JSON}", "line 1: a drawing must be a JSON object; got no JSON"),
    ],
)
def test_a_wrong_file_of_drawings_is_refused_with_the_line(content, message):
    assert message in refusal(content.encode())
    assert message in refusal(packed(content.encode()))


LABEL_LINES = b"label\n" + b"\n".join(b"%d" % (number % 10) for number in range(12)) + b"\n"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (LABEL_LINES[:-2], r"expected a label for each of 12 images; got 11"),
        (LABEL_LINES.replace(b"7", b"17"), r"a label must be a whole number from 0 to 9; got 17 on line 9"),
        (LABEL_LINES.replace(b"7", b"seven"), r"a label must be a whole number from 0 to 9; got 'seven' on line 9"),
        (LABEL_LINES.replace(b"7", b"7,8"), r"expected 1 columns, as on line 2; line 9 has 2"),
        (b"a,b\n" + b"3,4\n5,6\n" * 6, r"expected one column of labels; got 2 columns"),
        (b"\n\n", r"expected labels; got a table without any"),
    ],
)
def test_a_wrong_table_of_labels_is_refused_with_the_line(file: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=rf"\Ay_train.csv: {message}"):
        formats.read_label_table(file, "y_train.csv", 12)
