"""What networks answer once they or their images have been perturbed: measured piece by piece, and kept for everybody.

One piece is computed at a time in the whole app, whoever asks, so that the pages of others do not wait for more than
that; what was measured of the same network on the same images is not measured again.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from model.common.arrays import U8, Array
from model.nn.classifier import DigitClassifier
from model.robustness import perturbation_kinds, trials
from model.robustness.perturbation import Perturbation
from model.robustness.stress import STRESSES, stressed
from ui.evaluate.results import evaluation_set, evenly
from ui.pickers import datasets

MAX_IMAGES = 2000
MAX_MULTIPLY_ADDS = 3e10  # of all pieces of a curve, about a second: large networks are measured on fewer images
MIN_IMAGES = 300
MAX_CACHED = 4000  # pieces; two kilobytes each
SECONDS_BEFORE_BAR = 0.4

_turn = threading.Lock()


class Images(NamedTuple):
    """Labeled images to measure on, some of a data set's."""

    images: U8  # (n, 784)
    labels: Array  # (n,)
    is_test: bool
    total: int  # how many the data set has
    identity: str  # the same for the same images

    def some(self, networks: Sequence[DigitClassifier], pieces: int) -> Images:
        """This many of them as are quickly classified by each of the networks, for each of this many pieces."""
        weights = sum(network.mlp.num_weights for network in networks)
        count = min(len(self.labels), max(MIN_IMAGES, int(MAX_MULTIPLY_ADDS / (weights * pieces))))
        chosen = evenly(len(self.labels), count)
        return self._replace(
            images=self.images[chosen], labels=self.labels[chosen], identity=f"{self.identity} {count}"
        )


class Subject(NamedTuple):
    """A network, and what tells it from all others."""

    network: DigitClassifier
    identity: str

    @classmethod
    def of(cls, network: DigitClassifier) -> Subject:
        """The network with its checksum, which takes a moment to compute."""
        return cls(network, f"{network} {network.checksum()}")


def images_of(dataset: str) -> Images:
    """The images of the data set with this name in the menu that everything is measured on.

    Raises:
        ValueError: It can't be opened, or has no labeled images.
    """
    return _images_of(dataset, datasets.identity(dataset))


# Streamlit leaves arguments whose names start with an underscore out of the cache's key.
@st.cache_resource(max_entries=8, show_spinner=False)
def _images_of(_dataset: str, identity: str) -> Images:
    samples = evaluation_set(datasets.open_dataset(_dataset))
    if not len(samples.labels):
        raise ValueError("there must be labeled images to measure on; got none")
    chosen = evenly(len(samples.labels), MAX_IMAGES)
    images = np.asarray(samples.images[chosen]), np.asarray(samples.labels[chosen])
    return Images(*images, samples.is_test, len(samples.labels), identity)


def predict_perturbed(subject: Subject, perturbation: Perturbation | None, images: Images) -> U8:
    """What a network predicts once it is perturbed; None for the unperturbed one.

    Raises:
        ValueError: It can't be perturbed so.
    """
    return _predict_perturbed(
        subject.identity,
        json.dumps(perturbation.to_json()) if perturbation else "",
        images.identity,
        subject.network,
        images.images,
    )


@st.cache_data(max_entries=MAX_CACHED, show_spinner=False)
def _predict_perturbed(identity: str, perturbation: str, data: str, _network: DigitClassifier, _images: U8) -> U8:
    with _turn:
        perturbed = (
            perturbation_kinds.from_json(json.loads(perturbation)).applied(_network) if perturbation else _network
        )
        return trials.predictions(perturbed, _images)


def predict_stressed(subject: Subject, stress: str, amount: float, images: Images) -> U8:
    """What a network predicts for images under so much stress."""
    return _predict_stressed(subject.identity, stress, amount, images.identity, subject.network, images.images)


@st.cache_data(max_entries=MAX_CACHED, show_spinner=False)
def _predict_stressed(
    identity: str, stress: str, amount: float, data: str, _network: DigitClassifier, _images: U8
) -> U8:
    with _turn:
        return trials.predictions(_network, stressed_images(stress, amount, data, _images))


@st.cache_resource(max_entries=2, show_spinner=False)
def stressed_images(stress: str, amount: float, data: str, _images: U8) -> U8:
    """Images under so much stress, the last ones kept: several networks get them one after another.

    Args:
        stress: Its name.
        amount: How much of it.
        data: The identity of the images.
        _images: (n, 784)
    """
    return stressed(_images, STRESSES[stress], amount)


def measure_all(pieces: Sequence[Callable[[], U8]], what: str) -> list[U8]:
    """Measure one piece after another, with a bar if it takes long.

    A visitor who does something else meanwhile ends it: what was measured so far is kept.
    """
    place, began, found = st.empty(), time.monotonic(), []
    for done, piece in enumerate(pieces):
        if time.monotonic() - began > SECONDS_BEFORE_BAR:
            place.progress(done / len(pieces), f"{what}: {done} of {len(pieces)}")
        found.append(piece())
    place.empty()
    return found


def accuracy(predictions: U8, images: Images) -> float:
    """The share of images that are predicted right."""
    return float((predictions == images.labels).mean())


def describe(images: Images, dataset: str) -> str:
    """Which images these are: "1,000 test images of mnist-5k"."""
    kind = "test images" if images.is_test else "images"
    count = f"{len(images.labels):,}"
    if len(images.labels) < images.total:
        count += f" of the {images.total:,}"
    return f"{count} {kind} of {dataset}"
