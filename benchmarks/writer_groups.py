"""A collection is ink that some people wrote on one occasion with one kind of pen: `apb` is that of the writer apb-012.

They write more alike than they know. So how well a network will read a stranger shows on collections that it never
learned from, and hardly on new drawings of those that it did.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.common.settings import Settings
from model.ink import Drawing, non_digits, render, sampler

Array = NDArray[Any]

DIGITS, LETTERS = "digits-dev.jsonl.gz", "letters-dev.jsonl.gz"  # looked for in $INK_DIR
STRAIGHT = 0.05  # of a stroke's length: so far its points lie at most from a line that it counts as


class Source(NamedTuple):
    """Where the ink comes from: names of files as `model.ink.sampler.read` takes them."""

    digits: str = DIGITS
    letters: str = LETTERS
    at_most: int = 0  # so many digits, and letters, of each collection; 0 takes all


@dataclass(frozen=True, eq=False)
class Collections:
    """Drawings by their collection: digits, and letters that could not be one."""

    digits: Mapping[str, Sequence[Drawing]]
    letters: Mapping[str, Sequence[Drawing]]

    @property
    def names(self) -> list[str]:
        """The collections that have digits, in the order of the alphabet."""
        return sorted(self.digits)

    @property
    def alphabet(self) -> list[str]:
        """The letters that occur anywhere."""
        return sorted({drawing.label or "" for drawings in self.letters.values() for drawing in drawings})

    @property
    def fingerprint(self) -> str:
        """Equal for the same drawings with the same labels and writers."""
        whole = hashlib.sha256()
        for drawing in (*_all(self.digits), *_all(self.letters)):
            whole.update(f"{drawing.label} {drawing.writer} {[len(stroke) for stroke in drawing.strokes]}".encode())
            whole.update(np.concatenate(drawing.strokes).tobytes())
        return whole.hexdigest()[:16]

    def without(self, left_out: Collection[str], untaught: Collection[str] = ()) -> list[Drawing]:
        """What there is to learn from when some collections are left out, and some letters of all others."""
        drawings = [
            drawing
            for kind in (self.digits, self.letters)
            for name, drawings in kind.items()
            if name not in left_out
            for drawing in drawings
        ]
        return [drawing for drawing in drawings if drawing.label not in untaught]


@functools.lru_cache(maxsize=1)  # a worker process reads the same ink for each of its runs
def load(source: Source) -> Collections:
    """The ink by its collections.

    Raises:
        ValueError: it is not there, holds no digits, or does not say who wrote it.
    """
    if source[:2] == (DIGITS, LETTERS) and not Settings().ink_dir:
        raise ValueError(
            f"there must be ink to read: set $INK_DIR to a folder with {DIGITS} and {LETTERS}, or give --digits FILE "
            "and --letters FILE (drawings as JSON lines)"
        )
    drawings = [drawing for drawing in sampler.read_ink_files(source.digits) if drawing.is_digit and drawing.strokes]
    if not drawings:
        raise ValueError(f"--digits must hold drawings labelled 0 to 9; got none in {source.digits}")
    letters = [
        drawing
        for drawing in sampler.read_ink_files(source.letters)
        if non_digits.is_negative(drawing.label) and drawing.strokes
    ]
    return Collections(_by_name(drawings, source.at_most), _by_name(letters, source.at_most))


def images(drawings: Sequence[Drawing]) -> NDArray[np.uint8]:
    """The drawings as a network reads them, (n, 784)."""
    return np.array([render(drawing) for drawing in drawings], np.uint8).reshape(-1, 784)


def digit_labels(drawings: Sequence[Drawing]) -> Array:
    """What drawings of digits show, (n,)."""
    return np.array([int(drawing.label or 0) for drawing in drawings], np.uint8)


def is_miscut(drawing: Drawing) -> bool:
    """Whether it is one straight stroke, and labelled as another digit than 1: a drawing that was cut out wrongly.

    Straight is a stroke none of whose points lies farther from the line that fits them best than 5 % of its length.
    """
    if drawing.label == "1" or len(drawing.strokes) != 1:
        return False
    points = drawing.strokes[0] - drawing.strokes[0].mean(axis=0)
    along, across = np.linalg.svd(points)[2] @ points.T  # (k,) each
    return bool(np.abs(across).max() <= STRAIGHT * np.ptp(along))


def _by_name(drawings: Sequence[Drawing], at_most: int) -> dict[str, list[Drawing]]:
    """The drawings by what their writers' names begin with."""
    found: dict[str, list[Drawing]] = {}
    for drawing in drawings:
        name = (drawing.writer or "").partition("-")[0]
        if not name:
            raise ValueError('every drawing must name its writer as "COLLECTION-WRITER"; one names none')
        found.setdefault(name, []).append(drawing)
    return {name: drawings[: at_most or None] for name, drawings in found.items()}


def _all(kind: Mapping[str, Sequence[Drawing]]) -> list[Drawing]:
    return [drawing for name in sorted(kind) for drawing in kind[name]]
