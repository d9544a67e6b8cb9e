"""All kinds of perturbations by their names, as files and commands have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from model.robustness.layer_changes import CutLayer, ResetLayer, ShuffleLayer
from model.robustness.perturbation import Perturbation
from model.robustness.silencing import SilenceShare, SilenceUnits
from model.robustness.weight_changes import RoundWeights, WeightNoise

KINDS: dict[str, type[Perturbation]] = {
    each.kind: each
    for each in (SilenceUnits, SilenceShare, WeightNoise, RoundWeights, CutLayer, ShuffleLayer, ResetLayer)
}


def from_json(values: Mapping[str, Any]) -> Perturbation:
    """Return the perturbation that was written as plain values.

    Raises:
        ValueError: They are no perturbation.
    """
    made = KINDS.get(str(values.get("kind")))
    if made is None:
        raise ValueError(f"the kind of a perturbation must be one of {', '.join(KINDS)}; got {values.get('kind')!r}")
    known = {field.name for field in fields(made)}
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    del given["kind"]
    try:
        return made(**given)
    except TypeError:
        raise ValueError(f"a perturbation of kind {made.kind} has {', '.join(sorted(known))}") from None
