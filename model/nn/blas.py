"""BLAS, the library under NumPy's matrix products, also scales and adds in one pass, where NumPy takes two or three.

Its routines are looked up in the very library that NumPy has loaded: a second one would bring threads of its own, and
the two would stand in each other's way. Where NumPy has another one (Apple's Accelerate, say), NumPy itself does it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, cast

from threadpoolctl import threadpool_info

from model.common.arrays import Array

REALS = {"f": (ctypes.c_float, "s"), "d": (ctypes.c_double, "d")}  # NumPy's letter for a type: C's type, BLAS's letter
ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112  # as CBLAS numbers them
SPELLINGS = (("scipy_cblas_{}64_", ctypes.c_int64), ("cblas_{}64_", ctypes.c_int64), ("cblas_{}", ctypes.c_int))


def add_scaled(target: Array, values: Array, alpha: float, beta: float = 1.0) -> None:
    """target = beta * target + alpha * values, in place, for contiguous arrays of one size and type."""
    if values.dtype != target.dtype or values.size != target.size:
        raise ValueError(
            f"values must have the target's type and size; got {values.size} of {values.dtype} for {target.size} "
            f"of {target.dtype}"
        )
    blas = _blas(target.dtype.char)
    if blas is None:
        target *= beta
        target += alpha * values
    else:
        blas.axpby(target.size, alpha, blas.pointer(values), 1, beta, blas.pointer(target), 1)


def add_product(target: Array, left: Array, right: Array, alpha: float, beta: float = 1.0) -> None:
    """target = beta * target + alpha * left^T right, in place.

    The shapes are (m, n), (k, m) and (k, n), and all three contiguous and of one type.
    """
    (k, m), n = left.shape, right.shape[1]
    if target.shape != (m, n) or len(right) != k or not left.dtype == right.dtype == target.dtype:
        raise ValueError(
            f"target, left and right must have the shapes (m, n), (k, m) and (k, n) and one type; got {target.shape} "
            f"{target.dtype}, {left.shape} {left.dtype} and {right.shape} {right.dtype}"
        )
    blas = _blas(target.dtype.char)
    if blas is None:
        target *= beta
        target += alpha * (left.T @ right)
    else:
        a, b, c = blas.pointer(left), blas.pointer(right), blas.pointer(target)
        blas.gemm(ROW_MAJOR, TRANSPOSED, PLAIN, m, n, k, alpha, a, m, b, n, beta, c, n)


class _Blas(NamedTuple):
    axpby: Callable[..., None]
    gemm: Callable[..., None]
    pointer: Callable[[Array], Any]  # an array as an argument; an error if it has gaps or can't be written to


@cache
def _blas(character: str) -> _Blas | None:
    """BLAS's routines for arrays of a type, None if they are not found."""
    real, letter = REALS[character]
    libraries = [library["filepath"] for library in threadpool_info() if library["user_api"] == "blas"]
    libraries.sort(key=lambda path: "numpy" not in path)  # SciPy may have brought another one
    for library in map(ctypes.CDLL, libraries[:1]):
        for spelling, integer in SPELLINGS:
            axpby = getattr(library, spelling.format(letter + "axpby"), None)
            gemm = getattr(library, spelling.format(letter + "gemm"), None)
            if axpby and gemm:
                order, pointer = ctypes.c_int, ctypes.POINTER(real)
                matrix, vector = (pointer, integer), (pointer, integer)
                axpby.argtypes = (integer, real, *vector, real, *vector)
                gemm.argtypes = (*[order] * 3, *[integer] * 3, real, *matrix, *matrix, real, *matrix)
                axpby.restype = gemm.restype = None
                return _Blas(axpby, gemm, cast(Any, real.from_buffer))
    return None
