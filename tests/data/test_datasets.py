import concurrent.futures
import gzip
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import data
from model.data import cache, mnist
from tests.digit_files import digits, idx_images, idx_labels, npz, table

needs_mnist = pytest.mark.skipif(
    "MNIST_DIR" not in os.environ, reason="set MNIST_DIR to the folder with MNIST's four IDX files"
)

IMAGES, LABELS = digits(12)
TEST_IMAGES, TEST_LABELS = digits(5, seed=1)
NO_IMAGES, NO_LABELS = digits(0)
IDX = {
    "train-images-idx3-ubyte.gz": gzip.compress(idx_images(IMAGES)),
    "train-labels-idx1-ubyte.gz": gzip.compress(idx_labels(LABELS)),
    "t10k-images-idx3-ubyte": idx_images(TEST_IMAGES),
    "t10k-labels-idx1-ubyte": idx_labels(TEST_LABELS),
}
KERAS = npz({"x_train": IMAGES, "y_train": LABELS, "x_test": TEST_IMAGES, "y_test": TEST_LABELS})
SMALL = data.Dataset("small", IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("INKLING_CACHE", str(folder))
    return folder


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_):
        raise ValueError("no network")

    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setattr(mnist, "download", refuse)


def write(folder, files):
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def assert_same(dataset, images, labels, test_images=NO_IMAGES, test_labels=NO_LABELS):
    assert np.array_equal(dataset.images, images)
    assert np.array_equal(dataset.labels, labels)
    assert np.array_equal(dataset.test_images, test_images)
    assert np.array_equal(dataset.test_labels, test_labels)


@pytest.mark.parametrize(
    "files",
    [
        IDX,
        {"mnist_train.csv": table(IMAGES, LABELS), "mnist_test.csv": table(TEST_IMAGES, TEST_LABELS)},
        {"train.csv.gz": gzip.compress(table(IMAGES, LABELS)), "test.csv": table(TEST_IMAGES, TEST_LABELS)},
        {"mnist.npz": KERAS},
    ],
    ids=["idx", "mnist-in-csv", "kaggle", "keras"],
)
def test_a_folder_gives_both_parts(files, tmp_path):
    folder = write(tmp_path, {"README.txt": b"my digits", **files})
    assert_same(data.load(folder), IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)
    assert data.load(str(folder)).name == tmp_path.name
    uploaded = data.from_files(files, "upload")
    assert_same(uploaded, IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)
    assert repr(uploaded) == "upload: 12 images to train, 5 to test"


def test_a_test_table_without_labels_leaves_the_test_part_empty(tmp_path):
    write(
        tmp_path,
        {"train.csv": table(IMAGES, LABELS, "kaggle"), "test.csv": table(TEST_IMAGES, None, "kaggle")},
    )
    assert_same(data.load(tmp_path), IMAGES, LABELS)


def test_a_single_file_is_all_training_part(tmp_path):
    write(tmp_path, {"train.csv": table(IMAGES, LABELS), "test.csv": table(TEST_IMAGES, TEST_LABELS)})
    assert_same(data.load(tmp_path / "train.csv"), IMAGES, LABELS)
    write(tmp_path, {"whatever": table(IMAGES, LABELS)})
    assert_same(data.load(tmp_path / "whatever"), IMAGES, LABELS)


def test_a_file_of_drawings_is_a_data_set(tmp_path):
    lines = [f'{{"label": "{digit}", "strokes": [[[0, 0], [9, {digit}]]]}}' for digit in range(10)]
    content = "\n".join(lines).encode()
    write(tmp_path, {"mine.jsonl": content})
    for dataset in (data.load(tmp_path / "mine.jsonl"), data.from_files({"mine.jsonl": content}, "mine.jsonl")):
        assert repr(dataset) == "mine.jsonl: 10 images to train, 0 to test"
        assert dataset.labels.tolist() == list(range(10))
        assert (dataset.images.max(axis=1) == 255).all()
    with pytest.raises(ValueError, match=r"other\.jsonl: expected labels, .* can only be classified"):
        data.load(write(tmp_path, {"other.jsonl": b'{"strokes": [[[0, 0], [9, 9]]]}'}) / "other.jsonl")


def test_idx_images_find_their_labels_beside_them(tmp_path):
    write(tmp_path, IDX)
    assert_same(data.load(tmp_path / "train-images-idx3-ubyte.gz"), IMAGES, LABELS)
    assert_same(data.load(tmp_path / "t10k-images-idx3-ubyte"), TEST_IMAGES, TEST_LABELS)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_labels(LABELS))
    (tmp_path / "train-labels-idx1-ubyte.gz").unlink()
    assert_same(data.load(tmp_path / "train-images-idx3-ubyte.gz"), IMAGES, LABELS)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "expected MNIST's four IDX files, .*; got no file"),
        ({"a.csv": b"", "b.csv": b""}, r"train\.csv, or mnist\.npz; got a\.csv, b\.csv"),
        ({"digits.csv": table(IMAGES)}, r"digits\.csv: expected labels, .* can only be classified"),
        ({"train.csv": table(IMAGES), "test.csv": table(IMAGES)}, r"train\.csv: expected labels"),
        ({name: IDX[name] for name in list(IDX)[:1]}, r"missing train-labels-idx1-ubyte\.gz; add it"),
        ({name: IDX[name] for name in list(IDX)[:3]}, "missing t10k-labels-idx1-ubyte; add it"),
        (IDX | {"t10k-labels-idx1-ubyte": idx_labels(LABELS)}, "each of the 5 images in t10k-.*; got 12"),
        (IDX | {"train-images-idx3-ubyte.gz": IDX["train-labels-idx1-ubyte.gz"]}, "got 2049"),
        ({"train.csv": b""}, r"train\.csv: .* got an empty file"),
    ],
)
def test_files_that_do_not_make_a_data_set_are_refused(files, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        data.from_files(files, "upload")
    with pytest.raises(ValueError, match=message):
        data.load(write(tmp_path, files))


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"data must be mnist-5k, mnist, or a file or folder .*; got minst"):
        data.load("minst")
    with pytest.raises(ValueError, match=r"name must be one of mnist-5k, mnist; got \.\./mnist"):
        data.prepare("../mnist")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": IMAGES.astype(float)}, r"training images must be uint8 of shape \(n, 784\); got float64"),
        ({"test_images": TEST_IMAGES[:, 1:]}, r"test images must be uint8 .* got uint8 \(5, 783\)"),
        ({"labels": LABELS[1:]}, "a label for each of 12 training images; got 11 labels"),
        ({"labels": LABELS.astype(int)}, "training labels must be uint8"),
        ({"labels": LABELS + 10}, "training labels must be 0 to 9; got"),
        ({"images": NO_IMAGES, "labels": NO_LABELS}, "expected images to train on; got none"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        data.Dataset(**(vars(SMALL) | changes))


@pytest.mark.parametrize("dataset", [SMALL, data.Dataset("no test", IMAGES, LABELS, NO_IMAGES, NO_LABELS)])
def test_a_saved_data_set_opens_the_same_in_another_process(dataset, tmp_path):
    data.save(dataset, tmp_path / "saved")
    opened = data.open_folder(tmp_path / "saved")
    assert opened.name == dataset.name
    assert_same(opened, dataset.images, dataset.labels, dataset.test_images, dataset.test_labels)
    program = (
        "import sys, pathlib; from model import data; dataset = data.open_folder(pathlib.Path(sys.argv[1]));"
        "print(dataset, dataset.images.sum(), sorted({'pandas', 'requests', 'streamlit'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "saved")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told == f"{dataset} {dataset.images.sum()} []\n"


def test_mnist_5k_needs_no_network_and_is_parsed_once(no_network, own_cache, monkeypatch):
    assert data.is_present("mnist-5k")
    dataset = data.load("mnist-5k")
    assert repr(dataset) == "mnist-5k: 4,000 images to train, 1,000 to test"
    assert isinstance(dataset.images, np.memmap)
    monkeypatch.delattr(mnist, "embedded")
    assert data.prepare("mnist-5k") == own_cache / "mnist-5k"
    assert np.array_equal(data.load("mnist-5k").images, dataset.images)


def test_a_cache_that_cannot_be_written_still_serves(no_network, monkeypatch):
    monkeypatch.setenv("INKLING_CACHE", "/dev/null/inkling")
    cache._temporary.cache_clear()
    monkeypatch.setattr(mnist, "embedded", lambda: (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS))
    assert_same(data.load("mnist-5k"), IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)
    assert data.prepare("mnist-5k") == data.prepare("mnist-5k")
    cache._temporary.cache_clear()


def test_a_damaged_cache_is_made_again(no_network, own_cache, monkeypatch):
    monkeypatch.setattr(mnist, "embedded", lambda: (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS))
    images = data.prepare("mnist-5k") / "images.npy"
    images.write_bytes(images.read_bytes()[:-1])
    assert_same(data.load("mnist-5k"), IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)


def test_many_may_prepare_the_same_at_once(no_network, own_cache, monkeypatch):
    monkeypatch.setattr(mnist, "embedded", lambda: (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(data.prepare, ["mnist-5k"] * 16))
    assert folders == {own_cache / "mnist-5k"}
    assert [path.name for path in own_cache.iterdir()] == ["mnist-5k"]


def test_mnist_is_downloaded_once_and_what_arrived_on_the_way_is_tidied_up(own_cache, monkeypatch):
    monkeypatch.delenv("MNIST_DIR", raising=False)
    calls = []

    def download(folder, progress):
        folder.mkdir()
        write(folder, IDX)
        calls.append(progress)
        return {name: folder / name for name in IDX}

    monkeypatch.setattr(mnist, "download", download)
    monkeypatch.setattr(mnist, "read", lambda paths: (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS))
    assert not data.is_present("mnist")
    for _ in range(2):
        assert_same(data.load("mnist", print), IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)
    assert data.is_present("mnist")
    assert calls == [print]
    assert [path.name for path in own_cache.iterdir()] == ["mnist"]


def test_mnist_dir_comes_before_a_download(no_network, own_cache, tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    with pytest.raises(ValueError, match="no network"):
        data.load("mnist")
    write(tmp_path, {name: IDX[name] for name in list(IDX)[:2]})
    with pytest.raises(ValueError, match=r"missing t10k-images-idx3-ubyte\.gz, t10k-labels-idx1-ubyte\.gz"):
        data.load("mnist")
    write(tmp_path, IDX)
    assert data.is_present("mnist")
    with pytest.raises(ValueError, match="expected the 47,040,016 unpacked bytes of MNIST's train-images-idx3-ubyte"):
        data.load("mnist")
    assert not list(own_cache.iterdir())


@needs_mnist
def test_all_of_mnist_loads_from_mnist_dir():
    dataset = data.load("mnist")
    assert repr(dataset) == "mnist: 60,000 images to train, 10,000 to test"
    assert np.bincount(dataset.test_labels).tolist() == [
        980,
        1135,
        1032,
        1010,
        982,
        892,
        958,
        1028,
        974,
        1009,
    ]


@given(st.integers(2, 60), st.floats(0, 0.9), st.integers(0, 2**32))
def test_split_parts_every_image_once(count, share, seed):
    dataset = data.Dataset("some", *digits(count), NO_IMAGES, NO_LABELS)
    if round(share * count) >= count:
        return
    learning, held_out = data.split(dataset, share, 0, np.random.default_rng(seed))
    assert sorted([*learning, *held_out]) == list(range(count))
    assert abs(len(held_out) - share * count) <= 1
    assert bool(len(held_out)) == (share > 0)


@pytest.mark.parametrize(
    ("validation_size", "training_size", "held", "used"),
    [(5, 0, 5, 12), (0.25, 0, 3, 12), (2, 6, 2, 6), (0, 4, 0, 4), (1, 99, 1, 12)],
)
def test_split_holds_out_the_first_after_shuffling(validation_size, training_size, held, used):
    order = np.random.default_rng(7).permutation(12)
    learning, held_out = data.split(SMALL, validation_size, training_size, np.random.default_rng(7))
    assert np.array_equal(held_out, order[:held])
    assert np.array_equal(learning, order[held:used])


@pytest.mark.parametrize(
    ("validation_size", "training_size", "message"),
    [
        (12, 0, "validation_size must leave images to learn from, of 12 in all; got 12"),
        (3, 3, "of 3 in all; got 3"),
        (0.999, 0, "of 12 in all; got 0.999"),
        (2.5, 0, "must be a whole number of images; got 2.5"),
        (-0.1, 0, "must leave images to learn from, of 12 in all; got -0.1"),
        (0, -1, "training_size must be 0 .* got -1"),
    ],
)
def test_a_split_that_leaves_nothing_is_refused(validation_size, training_size, message):
    with pytest.raises(ValueError, match=message):
        data.split(SMALL, validation_size, training_size, np.random.default_rng(0))


def test_overlap_is_told_only_where_it_is():
    assert "All 5,000 of these images" in (data.overlap("mnist", "mnist-5k") or "")
    for trained_on, tested_on in [
        ("mnist", "mnist"),
        ("mnist-5k", "mnist-5k"),
        ("mnist-5k", "mnist"),
        ("a", "b"),
    ]:
        assert data.overlap(trained_on, tested_on) is None
    assert data.overlap("digits/mine.csv", "mine.csv") is None
    assert "learned from these images" in (data.overlap("digits/mine.csv", "mine.csv", on_training_part=True) or "")


@pytest.mark.parametrize("ink", ["mine.jsonl", "ink/mine.jsonl", "other.jsonl, ~/mine.jsonl", "mine.jsonl,"])
def test_ink_that_was_learned_from_counts_as_known(ink):
    assert "learned from these images" in (data.overlap("mnist", "mine.jsonl", ink=ink, on_training_part=True) or "")
    assert data.overlap("mnist", "mine.jsonl", ink=ink) is None
    assert data.overlap("mnist", "yours.jsonl", ink=ink, on_training_part=True) is None
    assert "All 5,000" in (data.overlap("mnist", "mnist-5k", ink=ink) or "")
