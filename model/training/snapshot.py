"""A snapshot is the complete state of a training run between two of its steps.

A run that starts from a snapshot goes on as if it had never stopped, bit for bit: it holds not only the parameters but
the optimizer's state and the state of each random generator. Two runs from the same snapshot can be compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from model.common.arrays import Array
from model.data.npz import open_npz

FORMAT = "inkling-training-1"
TEXT = "text"  # the array of a file that holds all but the arrays, as JSON in UTF-8


@dataclass(frozen=True)
class Snapshot:
    """The state of a run.

    Attributes:
        arrays: Arrays by name.
        values: Everything else, as plain values.
        points: The learning curve so far, if somebody records it.
    """

    arrays: Mapping[str, Array]
    values: Mapping[str, Any]
    points: Sequence[dict[str, Any]] = ()

    def layout(self) -> dict[str, Any]:
        """Return what is in it, by name: equal for two runs of the same settings."""
        shapes = {name: (array.shape, array.dtype.str) for name, array in self.arrays.items()}
        return shapes | dict.fromkeys(self.values)

    def write(self, file: IO[bytes]) -> None:
        """Write it as NumPy's npz, without pickle."""
        text = json.dumps({"format": FORMAT, "values": self.values, "points": self.points})
        np.savez(file, allow_pickle=False, **{TEXT: np.frombuffer(text.encode(), np.uint8)}, **self.arrays)

    @classmethod
    def read(cls, path: Path, only: Sequence[str] = ()) -> Snapshot:
        """Read a snapshot from a file, or only some of its arrays.

        Raises:
            ValueError: The file is damaged, or `write` did not make it.
        """
        with open_npz(path, path.name) as archive:
            arrays = {name: archive.read(name) for name in archive.keys if not only or name in (*only, TEXT)}
        try:
            text = json.loads(arrays.pop(TEXT).tobytes())
        except (KeyError, ValueError, RecursionError):
            text = None
        if not isinstance(text, dict) or text.get("format") != FORMAT:
            raise ValueError(f"{path.name}: expected the snapshot of a training run ({FORMAT}); it is another file")
        return cls(arrays, text["values"], text["points"])
