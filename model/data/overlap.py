"""Whether a network is scored on images that it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path


class Overlap(Enum):
    """How the images that score a network overlap with those that trained it."""

    TRAINING_IMAGES = auto()  # they are the same
    SOME_TRAINING_IMAGES = auto()  # some of them are among those
    MNIST_5K_IN_MNIST = auto()  # mnist-5k is a part of MNIST's training images
    BY_ANCESTOR = auto()  # a network that it learned from, a teacher or the one it started from, was trained on them
    UNKNOWN_ANCESTOR = auto()  # nobody knows what such a network was trained on


ALL = 0.99  # of the images: an estimated share may fall short of 1
UNKNOWN = "?"  # stands for data of which the name is not known


def find_overlap(
    trained_on: str,
    tested_on: str,
    *,
    ink: str = "",
    on_training_part: bool = False,
    ancestors: Sequence[str] = (),
    seen: float | None = None,
) -> Overlap | None:
    """Find out whether a network is scored on images that it was trained on; None if it is not.

    Args:
        trained_on: the name of the data set that the network was trained on.
        tested_on: the name of the data set that it is scored on.
        ink: the names of the ink files that it was trained on, separated by commas.
        on_training_part: it is scored on the training part, as with a file that has no test part.
        ancestors: the names of the data sets and ink files that the networks it learned from were trained on.
        seen: the share of the images that the network was trained on, 0..1, if it is known; then the name of the data
            set does not count. Drawings never are the images that a network saw of them: their names always count.
    """
    if trained_on == "mnist" and tested_on == "mnist-5k" and (seen is None or seen > ALL):
        return Overlap.MNIST_5K_IN_MNIST
    if seen:
        return Overlap.TRAINING_IMAGES if seen > ALL else Overlap.SOME_TRAINING_IMAGES
    names = (*([trained_on] if seen is None else []), *ink.split(","))
    known = {Path(name.strip()).name for name in names}
    if on_training_part and Path(tested_on).name in known:
        return Overlap.TRAINING_IMAGES
    if any(find_overlap(name, tested_on, on_training_part=on_training_part) for name in ancestors):
        return Overlap.BY_ANCESTOR
    return Overlap.UNKNOWN_ANCESTOR if UNKNOWN in ancestors else None
