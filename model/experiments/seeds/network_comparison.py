"""Trained networks compared by their answers to the same test images, every pair of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model.common.arrays import I64, U8, Array
from model.experiments.statistics import paper, words
from model.experiments.statistics.correction import holm
from model.experiments.statistics.mcnemar import McNemar, mcnemar
from model.inference.committee import Predictor
from model.inference.evaluation import evaluate


@dataclass(frozen=True, eq=False)
class NetworkPair:
    """Two networks compared."""

    names: tuple[str, str]
    answers: tuple[I64, I64]  # the digits that either read, (n,)
    test: McNemar
    corrected: float  # the p value, corrected for all comparisons made


@dataclass(frozen=True, eq=False)
class NetworkComparison:
    """Two networks or more on one test set."""

    data: str
    images: U8  # (n, 784)
    labels: Array  # (n,)
    answers: Mapping[str, I64]  # of each network, by its name

    @cached_property
    def pairs(self) -> list[NetworkPair]:
        """The comparisons."""
        couples = list(itertools.combinations(self.answers.items(), 2))
        tests = [mcnemar(self.labels, first, second) for (_, first), (_, second) in couples]
        corrected = holm([test.p_value for test in tests])
        return [
            NetworkPair((first[0], second[0]), (first[1], second[1]), test, p)
            for (first, second), test, p in zip(couples, tests, corrected, strict=True)
        ]

    @property
    def sentences(self) -> list[str]:
        """What came out, in plain words."""
        return [
            words.mcnemar_sentence(pair.names, pair.test, corrected=pair.corrected, comparisons=len(self.pairs))
            for pair in self.pairs
        ]

    @property
    def cautions(self) -> list[str]:
        """What can't be said."""
        return ["This is about these very networks: trained with another seed, either may come out otherwise."]

    @property
    def paper(self) -> list[str]:
        """The same as lines for a paper."""
        return [
            paper.mcnemar_line(pair.names, pair.test, corrected=pair.corrected, comparisons=len(self.pairs))
            for pair in self.pairs
        ]

    def differing(self, pair: NetworkPair) -> list[dict[str, int]]:
        """Return the images that only one of two networks reads right: index, label and both answers."""
        return [
            {
                "index": int(index),
                "label": int(self.labels[index]),
                "first": int(pair.answers[0][index]),
                "second": int(pair.answers[1][index]),
            }
            for index in sorted([*pair.test.first_alone, *pair.test.second_alone])
        ]

    def to_json(self) -> list[dict[str, Any]]:
        """Return the comparisons as plain values."""
        return [
            {"first": pair.names[0], "second": pair.names[1]}
            | pair.test.to_json()
            | {
                "p_corrected": pair.corrected,
                "comparisons": len(self.pairs),
                "sentence": sentence,
                "paper": line,
                "differing": self.differing(pair),
            }
            for pair, sentence, line in zip(self.pairs, self.sentences, self.paper, strict=True)
        ]


def compare_networks(
    networks: Sequence[tuple[str, Predictor]], data: str, images: U8, labels: Array
) -> NetworkComparison:
    """Let networks read the same images.

    Args:
        networks: Each with its name, all different.
        data: The data set's name.
        images: (n, 784).
        labels: (n,).

    Raises:
        ValueError: There are no images, or fewer than two networks.
    """
    if len(networks) < 2:
        raise ValueError(f"a comparison needs two settings or networks; got {len(networks)}")
    answers = {name: evaluate(network, images, labels).predictions for name, network in networks}
    return NetworkComparison(data, images, labels, answers)
