"""The adapters by name, in the order of tables and figures: Inkling first, and the bare products as the floor."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """Where a library's class is, and what it needs."""

    home: str  # module:Class
    library: str  # the module that must be installed
    sets_threads: bool = True  # whether it is tried on one thread and on all
    learns: bool = True


BASE = "Inkling"
FLOOR = "bare products"

ADAPTERS = {
    BASE: Entry("benchmarks.adapters.inkling:Inkling", "numpy", sets_threads=False),
    "PyTorch": Entry("benchmarks.adapters.pytorch:PyTorch", "torch"),
    "PyTorch fused": Entry("benchmarks.adapters.pytorch:FusedPyTorch", "torch"),
    "JAX by step": Entry("benchmarks.adapters.jax_jit:JaxByStep", "jax", sets_threads=False),
    "JAX by epoch": Entry("benchmarks.adapters.jax_jit:JaxByEpoch", "jax", sets_threads=False),
    "scikit-learn": Entry("benchmarks.adapters.scikit_learn:ScikitLearn", "sklearn"),
    FLOOR: Entry("benchmarks.adapters.products:Products", "numpy", learns=False),
}


def entries(names: Sequence[str]) -> dict[str, Entry]:
    """The libraries of these names (any case; none: all), in their own order; Inkling is always among them.

    Raises:
        ValueError: one that is not known, or whose library is not installed.
    """
    known = {name.lower(): name for name in ADAPTERS}
    unknown = [name for name in names if name.strip().lower() not in known]
    if unknown:
        raise ValueError(f"--libraries must be some of {', '.join(ADAPTERS)}; got {', '.join(unknown)}")
    wanted = {known[name.strip().lower()] for name in names} or set(ADAPTERS)
    found = {name: entry for name, entry in ADAPTERS.items() if name in wanted | {BASE}}
    missing = {name: entry.library for name, entry in found.items() if not importlib.util.find_spec(entry.library)}
    if missing:
        raise ValueError(
            f"{', '.join(missing)} can't take part: {', '.join(sorted(set(missing.values())))} is not installed;"
            " `make bench` installs all that is needed, --libraries leaves some out"
        )
    return found
