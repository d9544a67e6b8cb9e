"""A finding: what a diagnosis says of a run, with its figures and with what to try."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a diagnosis can find, the gravest first."""

    DIVERGED = "diverged"
    GUESSING = "guessing"
    DEAD_UNITS = "dead units"
    LARGE_STEPS = "steps too large"
    VANISHING = "vanishing gradient"
    SMALL_STEPS = "steps too small"
    TOO_EASY = "too easy"
    OVERFITTING = "overfitting"
    UNDERFITTING = "underfitting"
    LEVEL = "level"
    IMPROVING = "still improving"
    LEARNING = "learning"
    LEARNED = "learned"


@dataclass(frozen=True)
class Finding:
    """What was found, in a sentence with its figures, and what to try."""

    kind: Kind
    sentence: str
    advice: str = ""
    cause: Kind | None = None  # of GUESSING, if it was found too

    def __str__(self) -> str:
        return f"{self.sentence} {self.advice}".strip()
