"""The toy ink of the benchmark of other people's handwriting, and what its runs learn from."""

import numpy as np
import pytest

from benchmarks import runs, writer_groups
from benchmarks.writer_groups import Source
from model import data
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.history import Progress
from tests.benchmarks.toy_ink import LETTERS, NAMES, written
from tests.toy_data import patterns


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
