"""BLAS, the library under NumPy's matrix products, also multiplies and adds in one pass where NumPy takes two or three.

Its routines are looked up in the very library that NumPy has loaded: a second one would bring threads of its own, and
the two would stand in each other's way. Where NumPy has another one (Apple's Accelerate, say), NumPy itself does it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from numpy.typing import NDArray
from threadpoolctl import threadpool_info

Array = NDArray[Any]

REALS = {"f": (ctypes.c_float, "s"), "d": (ctypes.c_double, "d")}  # NumPy's letter for a type: C's type, BLAS's letter
SPELLINGS = (("scipy_cblas_{}64_", ctypes.c_int64), ("cblas_{}64_", ctypes.c_int64), ("cblas_{}", ctypes.c_int))


def add_scaled(target: Array, values: Array, scale: float, keep: float = 1.0) -> None:
    """target = keep * target + scale * values, in place, for contiguous arrays of one size and type."""
    routine, pointer = _axpby(target.dtype.char)
    if values.dtype != target.dtype or values.size != target.size:
        raise ValueError(
            f"values must have the target's type and size; got {values.size} of {values.dtype} for {target.size} "
            f"of {target.dtype}"
        )
    routine(target.size, scale, pointer(values), 1, keep, pointer(target), 1)


@cache
def _axpby(character: str) -> tuple[Callable[..., None], Callable[[Array], Any]]:
    """BLAS's routine for arrays of a type, and what turns an array into its argument."""
    real, letter = REALS[character]
    libraries = [library["filepath"] for library in threadpool_info() if library["user_api"] == "blas"]
    libraries.sort(key=lambda path: "numpy" not in path)  # SciPy may have brought another one
    for library in libraries[:1]:
        for spelling, integer in SPELLINGS:
            routine = getattr(ctypes.CDLL(library), spelling.format(letter + "axpby"), None)
            if routine is not None:
                pointer = ctypes.POINTER(real)
                routine.argtypes = (integer, real, pointer, integer, real, pointer, integer)
                routine.restype = None
                return routine, cast(Any, real.from_buffer)
    return _axpby_of_numpy, lambda array: array


def _axpby_of_numpy(size: int, scale: float, values: Array, _: int, keep: float, target: Array, __: int) -> None:
    target *= keep
    target += scale * values
