"""Whether a score is a fair one: a network must not be scored on images that it learned from."""

from __future__ import annotations

import hashlib

import streamlit as st

from model import data
from model.data import Overlap
from model.inference.seen import seen_share
from model.training.ancestors import data_of_ancestors
from model.training.checkpoint import TRAINED_ON, Checkpoint
from ui import state
from ui.evaluate.results import EvaluationSet, evaluation_set
from ui.pickers import datasets, networks

MAX_CACHED = 64  # shares
STARTER = "starter"  # learned from mnist-5k's training images alone
NOT_FAIR = "Not a fair test: this network was trained on these images."
NO_TEST_SPLIT = "This data set has no test split: the images are taken from the whole set."
WARNINGS = {
    Overlap.TRAINING_IMAGES: NOT_FAIR,
    Overlap.SOME_TRAINING_IMAGES: "Not quite a fair test: this network was trained on some of these images.",
    Overlap.MNIST_5K_IN_MNIST: f"{NOT_FAIR} All 5,000 of them are among MNIST's 60,000 training images.",
    Overlap.BY_ANCESTOR: "Not a fair test: a network that this one learned from, its teacher or the one it started "
    "from, was trained on these images.",
    Overlap.UNKNOWN_ANCESTOR: "Perhaps not a fair test: the training data of this network's teacher, or of the network "
    "it started from, are not known.",
}


def network_to_begin_with(dataset: str) -> str:
    """Choose the network that Evaluate shows for a data set.

    It is the visitor's choice if that was made on this page or is a fair one; else the visitor's newest network that
    did not learn from these images; else the small one that comes with Inkling.
    """
    visitor = state.visitor()
    names = networks.menu_names()
    if visitor.network in names and visitor.network_chosen_on == "evaluate":
        return visitor.network
    samples = evaluation_set(datasets.open_dataset(dataset))
    candidates = [name for name in (visitor.network, *reversed(visitor.networks), STARTER) if name in names]
    fair = (name for name in candidates if not overlap(networks.find(name), dataset, samples))
    return next(fair, STARTER)


def overlap(checkpoint: Checkpoint, dataset: str, samples: EvaluationSet) -> Overlap | None:
    """How the images overlap with those that the network learned from, as far as that is known."""
    config = checkpoint.config
    if config is None:
        return None
    return data.find_overlap(
        config.data,
        dataset,
        ink=config.ink,
        on_training_part=not samples.is_test,
        ancestors=data_of_ancestors(config, checkpoint.scores),
        seen=_seen_share(_identity(checkpoint), _digest(samples), checkpoint, samples),
    )


def _identity(checkpoint: Checkpoint) -> str:
    """What tells which images a network was trained on."""
    return f"{checkpoint.config and checkpoint.config.data} {checkpoint.scores.get(TRAINED_ON)}"


def _digest(samples: EvaluationSet) -> str:
    """What tells these images from others: some rows of them, for names may be taken twice."""
    some = samples.images[:: max(1, len(samples.images) // 64)]
    return f"{len(samples.images)} {hashlib.blake2b(some.tobytes(), digest_size=16).hexdigest()}"


# Streamlit leaves arguments whose names start with an underscore out of the cache's key.
@st.cache_data(max_entries=MAX_CACHED, show_spinner=False)
def _seen_share(identity: str, images: str, _checkpoint: Checkpoint, _samples: EvaluationSet) -> float | None:
    """The share of the images that the network was trained on; hashing them takes up to half a second."""
    return seen_share(_checkpoint, _samples.images)


def warnings(checkpoint: Checkpoint, dataset: str, samples: EvaluationSet) -> list[str]:
    """What a reader must know to judge the scores, one sentence or two each."""
    found = overlap(checkpoint, dataset, samples)
    no_test_split = [] if samples.is_test else [NO_TEST_SPLIT]
    return no_test_split + ([WARNINGS[found]] if found else [])
