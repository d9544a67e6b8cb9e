"""The sources of random numbers of a run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class RandomStreams(NamedTuple):
    """One source of random numbers for each use, so that changing one setting leaves the others' numbers alone."""

    split: np.random.Generator
    weights: np.random.Generator
    order: np.random.Generator
    dropout: np.random.Generator
    augmentation: np.random.Generator
    drawing: np.random.Generator

    @classmethod
    def of(cls, seed: int) -> RandomStreams:
        """Return the streams of a seed, each at its start."""
        return cls(*map(np.random.default_rng, np.random.SeedSequence(seed).spawn(len(cls._fields))))
