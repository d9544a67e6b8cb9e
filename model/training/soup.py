"""The mean of the parameters of several networks, a model soup (Wortsman et al. 2022).

Networks that were trained further from one and the same lie around a common minimum: their mean is a network again,
often better than each of them, and as fast as one. The mean of networks that began apart is no better than a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.common.arrays import Array
from model.config import TrainingConfig
from model.data import Dataset
from model.ink import Drawing
from model.nn.classifier import DigitClassifier
from model.training.ancestors import data_of_ancestors, described
from model.training.averaging import STATISTICS_SAMPLE, WeightAverage
from model.training.checkpoint import ANCESTORS_DATA, MAX_TEXT, Checkpoint, Scores
from model.training.trainer import Trainer

SPLIT = ("data", "ink", "background", "training_size", "validation_size", "seed")  # settings that make the split
SCORE = "average_of"  # the score that names the networks whose mean it is


def mean_network(networks: Sequence[DigitClassifier], images: Array) -> DigitClassifier:
    """Return the mean network; it is not calibrated.

    Args:
        networks: Of the same layers, one or more.
        images: (n, inputs), to measure the statistics of batch normalization on.
    """
    average = WeightAverage(networks[0], epochs=1)
    for network in networks:
        average.add(network.mlp)
    mean = average.update(images)
    mean.temperature, mean.reject_bias = 1.0, 0.0
    return mean


def checked(members: Sequence[tuple[str, Checkpoint]]) -> TrainingConfig:
    """Return the settings of the first network, if all of them can be averaged.

    Args:
        members: The networks, each with its name.

    Raises:
        ValueError: There are fewer than two, their layers differ, or they have not set the same images aside; then the
            mean would be validated on images that one of them has learned from.
    """
    if len(members) < 2:
        raise ValueError(f"there must be two networks or more to average; got {len(members)}")
    (first, one), *others = members
    for name, member in members:
        if member.config is None:
            raise ValueError(f"{name}: its file must tell the settings of its training, to validate the mean by them")
    assert one.config
    for name, member in others:
        assert member.config
        ours, theirs = described(one.network.mlp), described(member.network.mlp)
        if theirs != ours:
            raise ValueError(f"networks to average must have the same layers; {first} is {ours}, {name} is {theirs}")
        for setting in SPLIT:
            ours, theirs = str(getattr(one.config, setting)), str(getattr(member.config, setting))
            if theirs != ours:
                raise ValueError(
                    f"networks to average must have set the same images aside ({', '.join(SPLIT)}); {setting} is "
                    f"{ours!r} in {first}, {theirs!r} in {name}"
                )
    return one.config


def average(members: Sequence[tuple[str, Checkpoint]], dataset: Dataset, ink: Sequence[Drawing]) -> Checkpoint:
    """Average networks, calibrate the mean on the images that all of them have set aside, and score it.

    Args:
        members: The networks, each with its name.
        dataset: The data set that they learned from.
        ink: The drawings that they learned from.

    Raises:
        ValueError: They can't be averaged: see `checked`.
    """
    config = checked(members)
    trainer = Trainer(config.changed(start_from="", teacher=""), dataset, ink)
    rng = np.random.default_rng(config.seed)
    images: Array = trainer.batches.rows[:0]
    if config.batch_normalization:
        images = trainer.batches.sample(STATISTICS_SAMPLE, rng)
    trainer.network.copy_from(mean_network([member.network for _, member in members], images))
    trainer.validate()
    trained = Checkpoint.of(config, trainer.report(), dataset, "averaged")
    seen = dict.fromkeys(name for _, one in members if one.config for name in data_of_ancestors(one.config, one.scores))
    scores: Scores = {SCORE: ", ".join(name for name, _ in members)[:MAX_TEXT]}
    for total in ("epochs", "seconds"):
        known = (member.scores.get(total) for _, member in members)
        scores[total] = sum(value for value in known if isinstance(value, (int, float)))
    if seen:
        scores[ANCESTORS_DATA] = ",".join(seen)[:MAX_TEXT]
    return replace(trained, scores=trained.scores | scores)
