"""The machine that all libraries share, with the versions of those that are installed."""

from __future__ import annotations

from model.common import machine

LIBRARIES = {"numpy": "NumPy", "torch": "PyTorch", "jax": "JAX", "scikit-learn": "scikit-learn"}


def describe() -> dict[str, str]:
    """The machine in words: processor, system, Python, and the libraries that are installed."""
    return machine.describe(LIBRARIES)
