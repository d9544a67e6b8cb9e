"""Drawings to choose an epoch's ink from. What nobody wrote is remembered: runs with one seed choose from the same.

To make thousands of drawings takes seconds. The trials of a search, and a run that goes on or branches, would make the
same ones each time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.common.arrays import F64
from model.common.constants import NON_DIGIT
from model.ink.drawing import Drawing
from model.ink.stroke_batch import StrokeBatch, is_drawable


@dataclass(frozen=True, eq=False)
class SampleSource:
    """Drawings to choose from, the probability of each, and how many an epoch draws."""

    name: str
    drawings: StrokeBatch
    weights: F64 | None  # (n,), None if all are equally likely
    size: int = 0


@dataclass(frozen=True, eq=False)
class _Made:
    key: object
    before: Any  # the generator's state
    source: SampleSource | None
    after: Any


_last_made: dict[str, _Made] = {}


def digits_source(name: str, drawings: Sequence[Drawing], exponent: float) -> SampleSource | None:
    """Choose among digits; a writer of n drawings has the weight n**exponent. None if there are none."""
    drawings = [drawing for drawing in drawings if is_drawable(drawing)]
    if not drawings:
        return None
    labels = [int(drawing.label or 0) for drawing in drawings]
    return SampleSource(name, StrokeBatch.of(drawings, labels), _weights(writers(drawings), exponent))


def non_digits_source(name: str, drawings: Sequence[Drawing]) -> SampleSource | None:
    """Choose among non-digits, all equally likely. None if there are none."""
    drawings = [drawing for drawing in drawings if is_drawable(drawing)]
    return SampleSource(name, StrokeBatch.of(drawings, [NON_DIGIT] * len(drawings)), None) if drawings else None


def remembered(
    name: str, make: Callable[[str], SampleSource | None], rng: np.random.Generator, key: object
) -> SampleSource | None:
    """Make a source, or return the one that was made last under this name with the same key and generator.

    The generator ends in the same state either way.
    """
    before, known = rng.bit_generator.state, _last_made.get(name)
    if known and known.key == key and known.before == before:
        rng.bit_generator.state = known.after
        return known.source
    del known
    _last_made.pop(name, None)  # before there is another one: each takes megabytes
    source = make(name)
    _last_made[name] = _Made(key, before, source, rng.bit_generator.state)
    return source


def writers(drawings: Sequence[Drawing]) -> list[str]:
    """Name each drawing's writer; a drawing without one gets a name of its own."""
    return [drawing.writer or f"drawing {number}" for number, drawing in enumerate(drawings)]


def _weights(writers: Sequence[str], exponent: float) -> F64:
    """Compute each drawing's probability: a writer's weight is shared by the writer's drawings."""
    _, number, counts = np.unique(writers, return_inverse=True, return_counts=True)
    weights = counts[number] ** (exponent - 1.0)
    probabilities: F64 = weights / weights.sum()
    return probabilities
