import gzip
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data import formats
from model.data.byte_reader import ByteReader
from model.data.formats.csv_table import read_csv
from tests.digit_files import digits, table
from tests.figures import report

IMAGES, LABELS = digits(7)


def read_table(content, name="file", **limits):
    return read_csv(ByteReader(content, name), **limits)


def refusal(content, read=formats.read_images, **limits):
    """The one line that refuses a table."""
    with pytest.raises(ValueError, match=r"\Afile: ") as caught:
        read(content, "file", **limits)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def with_cell(line, column, cell, **style):
    """A good table but for one cell; lines count from 1, columns too."""
    lines = table(IMAGES, LABELS, **style).decode().splitlines()
    cells = lines[line - 1].split(",")
    cells[column - 1] = cell
    lines[line - 1] = ",".join(cells)
    return "\n".join(lines).encode()


@pytest.mark.parametrize("header", [None, "kaggle", "mnist-in-csv"])
@pytest.mark.parametrize("labels", [LABELS, None], ids=["labelled", "unlabelled"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_tables_give_back_what_was_written(header, labels, pack):
    contents = formats.read_images(pack(table(IMAGES, labels, header)))
    assert np.array_equal(contents.images, IMAGES)
    assert contents.images.dtype == np.uint8
    assert np.array_equal(contents.labels, labels) if labels is not None else contents.labels is None


@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.rstrip(b"\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text + b"\n\n",
        lambda text: text.replace(b",", b", "),
        lambda text: text.replace(b",", b".0,"),
        lambda text: b'"' + text.replace(b",", b'","').replace(b"\n", b'"\n"')[:-1],
    ],
    ids=["windows", "no last newline", "byte order mark", "blank lines", "spaces", "decimals", "quotes"],
)
def test_spreadsheets_may_dress_numbers_up(dress):
    contents = formats.read_images(dress(table(IMAGES, LABELS)))
    assert np.array_equal(contents.images, IMAGES)
    assert np.array_equal(contents.labels, LABELS)


@pytest.mark.parametrize(
    ("cell", "got"),
    [
        ("256", "'256'"),
        ("-1", "'-1'"),
        ("1.5", "'1.5'"),
        ("ink", "'ink'"),
        ("", "a blank cell"),
        ("nan", "'nan'"),
        ("inf", "'inf'"),
        ("True", "'True'"),
        ("1e400", "'1e400'"),
        ("99999999999999999999", "'99999999999999999999'"),
        ("18446744073709551616", "'18446744073709551616'"),
        ("4294967296", "'4294967296'"),
    ],
)
@pytest.mark.parametrize("header", [None, "kaggle"])
def test_a_wrong_pixel_is_refused_with_line_and_column(cell, got, header):
    message = refusal(with_cell(5, 12, cell, header=header))
    assert message == f"file: a pixel must be a whole number from 0 to 255; got {got} on line 5, column 12"


def test_a_fault_anywhere_is_named_by_its_place():
    rng = np.random.default_rng(0)
    places = [(int(rng.integers(1, 8)), int(rng.integers(2, 786))) for _ in range(100)]
    named = [f"on line {line}, column {column}" in refusal(with_cell(line, column, "ink")) for line, column in places]
    report("faults at random places of a table that were named by line and column, of 100", sum(named), "")
    assert all(named)


@pytest.mark.parametrize("label", ["10", "-1", "1.5", "seven", ""])
@pytest.mark.parametrize("line", [1, 4])
def test_a_wrong_label_is_refused_with_its_line(label, line):
    message = refusal(with_cell(line, 1, label))
    assert message.startswith("file: a label must be a whole number from 0 to 9; got")
    assert message.endswith(f"on line {line}, column 1")


def test_a_line_is_counted_as_an_editor_counts_it():
    lines = with_cell(6, 3, "300").split(b"\n")
    content = b"\n".join([*lines[:2], b"", b"", *lines[2:]])
    assert "on line 8, column 3" in refusal(content, read_table, block_bytes=5000)
    assert "on line 8, column 3" in refusal(content.replace(b"\n", b"\r\n"), read_table, block_bytes=5000)


@pytest.mark.parametrize("block", [2500, 3000, 7001])
def test_blocks_of_any_size_read_the_same(block):
    images, labels = digits(20, seed=3)
    contents = read_table(table(images // 25, labels), block_bytes=block)
    assert np.array_equal(contents.images, images // 25)
    assert np.array_equal(contents.labels, labels)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (table(IMAGES[:, :783]), "line 1 has 783 columns"),
        (b"28\n", "line 1 has 1 column"),
        (table(IMAGES, LABELS).replace(b",", b"*"), "separated by commas; line 1 has 1 column"),
        (table(IMAGES, LABELS) + table(IMAGES), "expected 785 columns, as on line 1; line 8 has 784"),
        (table(IMAGES) + table(IMAGES, LABELS), "expected 784 columns, as on line 1; line 8 has 785"),
        (table(IMAGES, LABELS)[:-2] + b",1,2\n", "line 7 has 787"),
        (table(IMAGES, LABELS, "kaggle").split(b"\n")[0], "got a table without any"),
        (table(IMAGES, None, "kaggle").replace(b"pixel0,", b"label,"), "expected 784 pixels after the label"),
        (table(IMAGES, LABELS)[:-3] + b'"3\n', "on line 7, column"),
        (b"<!DOCTYPE html>\n<title>404</title>", "a web page, not the file behind the link; download the file itself"),
        (table(IMAGES[:, :64], LABELS), "line 1 has 65 columns, as images of 8x8 pixels would"),
    ],
)
def test_a_table_of_the_wrong_form_is_refused(content, message):
    assert message in refusal(content)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=6), st.integers(-300, 300).map(str), st.floats().map(str)))
def test_a_cell_is_read_exactly_or_refused(cell):
    try:
        contents = formats.read_images(with_cell(3, 9, cell))
    except ValueError:
        return
    assert contents.images[2, 7] == float(cell.strip().strip('"'))
    others = np.delete(contents.images.ravel(), 2 * 784 + 7)
    assert np.array_equal(others, np.delete(IMAGES.ravel(), 2 * 784 + 7))


def test_endless_text_is_refused_in_bounded_memory():
    one_line = gzip.compress(b"0," * 50_000_000, compresslevel=1)
    many_lines = gzip.compress((b"0," * 784 + b"0\n") * 20_000, compresslevel=1)
    tracemalloc.start()
    try:
        assert "line 1 does not end" in refusal(one_line, read_table, max_bytes=20_000_000)
        assert "expected at most 20,000,000 bytes of text" in refusal(many_lines, read_table, max_bytes=20_000_000)
        _, most = tracemalloc.get_traced_memory()
        report("memory at most for a table of 100 MB of text", most / 1e6, "MB")
        assert most < 100_000_000
    finally:
        tracemalloc.stop()


def test_memory_stays_near_the_size_of_the_images():
    images, labels = digits(3000, seed=4)
    content, block_bytes = table(images // 64, labels), 2**19
    read_table(content, block_bytes=block_bytes)
    tracemalloc.start()
    try:
        read_table(content, block_bytes=block_bytes)
        # The images twice, as blocks and together, and one block's cells: 170 MB for 42,000 images.
        assert tracemalloc.get_traced_memory()[1] < 2.2 * images.nbytes + 12 * block_bytes
    finally:
        tracemalloc.stop()
