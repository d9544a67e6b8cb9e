import os
from pathlib import Path

import numpy as np
import pytest

from model.data import mnist
from model.data.formats import read_idx_images, read_idx_labels
from model.presets import PRESETS, name_of
from model.training.checkpoint import DEFAULT_WEIGHTS, WEIGHTS, load
from tests.paths import needs_mnist

SHIPPED = sorted(path for path in WEIGHTS.iterdir() if path.suffix in (".safetensors", ".npz"))
every_network = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def test_part():
    found = mnist.find(Path(os.environ["MNIST_DIR"]))
    assert found, "MNIST_DIR holds none of MNIST's files"
    images, labels = found["t10k-images-idx3-ubyte"], found["t10k-labels-idx1-ubyte"]
    return read_idx_images(images), read_idx_labels(labels)


def test_the_network_to_draw_with_is_there():
    assert DEFAULT_WEIGHTS in SHIPPED


@every_network
def test_every_network_loads_and_tells_of_itself(path):
    trained = load(path)
    assert trained.config
    assert trained.network.mlp.sizes == trained.config.sizes
    assert trained.scores["tested_on"] == trained.config.data
    assert np.isfinite(trained.network.predict_proba(np.zeros((1, 784), np.uint8))).all()


@every_network
def test_every_network_was_made_by_the_preset_of_its_name(path):
    assert name_of(load(path).config) == path.stem


def test_every_preset_has_its_network():
    assert {path.stem for path in SHIPPED} == PRESETS.keys()


@every_network
def test_the_table_tells_what_every_network_scores_and_how_to_remake_it(path):
    table = (WEIGHTS / "README.md").read_text()
    (row,) = [line for line in table.splitlines() if line.startswith(f"| `{path.stem}` |")]
    assert f"| {load(path).scores['test_accuracy']:.2%} |".replace("%", " %") in row
    ink = "--ink $INK " if load(path).config.ink else ""
    assert f"python -m model train --preset {path.stem} {ink}--out weights/{path.name}" in table


def learned_from(data):
    """The networks that learned from a data set; its test images score them."""
    networks = [path for path in SHIPPED if load(path).config.data == data]
    return pytest.mark.parametrize("path", networks, ids=lambda path: path.stem)


@learned_from("mnist-5k")
def test_the_small_network_scores_what_it_says(path, mnist_5k):
    trained = load(path)
    found = trained.network.accuracy(mnist_5k.test_images, mnist_5k.test_labels)
    assert found == pytest.approx(trained.scores["test_accuracy"], abs=2e-3)


@needs_mnist
@learned_from("mnist")
def test_every_network_scores_what_it_says(path, test_part):
    trained = load(path)
    assert trained.network.accuracy(*test_part) == pytest.approx(trained.scores["test_accuracy"], abs=1e-4)
