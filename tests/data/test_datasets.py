import concurrent.futures
import gzip
import os
import subprocess
import sys

import numpy as np
import pytest

from model import data
from model.data import mnist
from tests.digit_files import digits, idx_images, idx_labels, npz, table
from tests.full_disk import small_disk
from tests.paths import ROOT, needs_mnist

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
        (
            {"a.csv": b"", "b.csv": b""},
            r"train\.csv and test\.csv, say.*; got a\.csv, b\.csv; name one of them, or call them train and test",
        ),
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
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == f"{dataset} {dataset.images.sum()} []\n"


def test_mnist_5k_needs_no_network_and_is_parsed_once(no_network, own_cache, monkeypatch):
    assert data.is_present("mnist-5k")
    dataset = data.load("mnist-5k")
    assert repr(dataset) == "mnist-5k: 4,000 images to train, 1,000 to test"
    assert isinstance(dataset.images, np.memmap)
    monkeypatch.delattr(mnist, "embedded")
    assert data.prepare("mnist-5k") == own_cache / "mnist-5k"
    assert np.array_equal(data.load("mnist-5k").images, dataset.images)


def test_a_cache_that_cannot_be_written_still_serves(no_network, no_temporary_home, monkeypatch):
    monkeypatch.setenv("INKLING_CACHE", "/dev/null/inkling")
    monkeypatch.setattr(mnist, "embedded", lambda: (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS))
    assert_same(data.load("mnist-5k"), IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)
    assert data.prepare("mnist-5k") == data.prepare("mnist-5k")


def test_a_damaged_cache_is_made_again(no_network, own_cache, monkeypatch):
    monkeypatch.setattr(mnist, "embedded", lambda: (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS))
    images = data.prepare("mnist-5k") / "images.npy"
    images.write_bytes(images.read_bytes()[:-1])
    assert_same(data.load("mnist-5k"), IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)


def test_a_cache_with_a_flipped_bit_is_made_again(no_network, own_cache):
    images = data.prepare("mnist-5k") / "images.npy"
    before = data.load("mnist-5k").images.copy()
    content = bytearray(images.read_bytes())
    content[100_000] ^= 1
    images.write_bytes(content)
    assert np.array_equal(data.load("mnist-5k").images, before)
    assert images.read_bytes() != content


def test_a_full_cache_still_serves_from_the_temporary_folder(no_network, no_temporary_home, tmp_path, monkeypatch):
    (tmp_path / "full").mkdir()
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "full"))
    with small_disk(tmp_path / "full", "100k"):
        assert repr(data.load("mnist-5k")) == "mnist-5k: 4,000 images to train, 1,000 to test"
        assert data.is_unpacked("mnist-5k")
        assert not list((tmp_path / "full").iterdir())


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
    with pytest.raises(ValueError, match=r"\$MNIST_DIR must be a folder with MNIST's four files"):
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_without_room_on_any_disk_the_embedded_digits_are_in_memory(tmp_path):
    script = "from model import data; from tests.full_disk import no_room\n"
    script += "with no_room(): print(len(data.load('mnist-5k').images), data.is_unpacked('mnist-5k'))"
    environment = os.environ | {"INKLING_CACHE": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("4000 False\n", "")
