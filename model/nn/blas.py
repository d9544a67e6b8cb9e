"""Two BLAS routines that scale and add in one pass over the memory, where NumPy takes two or three.

They come from the library that NumPy has loaded: a second one would bring its own threads, and the two would compete
for the cores. If NumPy uses another library without these names (Apple's Accelerate, say), NumPy computes instead.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, cast

from threadpoolctl import threadpool_info

from model.common.arrays import Array

REALS = {"f": (ctypes.c_float, "s"), "d": (ctypes.c_double, "d")}  # NumPy's letter: the type in C, the letter in BLAS
ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112  # CBLAS's constants
SPELLINGS = (("scipy_cblas_{}64_", ctypes.c_int64), ("cblas_{}64_", ctypes.c_int64), ("cblas_{}", ctypes.c_int))


def add_scaled(target: Array, values: Array, alpha: float, beta: float = 1.0) -> None:
    """Compute target = beta * target + alpha * values in place, for contiguous arrays.

    Raises:
        ValueError: The arrays differ in size or type.
    """
    if values.dtype != target.dtype or values.size != target.size:
        raise ValueError(
            f"values must have the target's type and size; got {values.size} of {values.dtype} for {target.size} "
            f"of {target.dtype}"
        )
    blas = find_blas(target.dtype.char)
    if blas is None:
        target *= beta
        target += alpha * values
    else:
        blas.axpby(target.size, alpha, blas.pointer(values), 1, beta, blas.pointer(target), 1)


def add_product(target: Array, left: Array, right: Array, alpha: float, beta: float = 1.0) -> None:
    """Compute target = beta * target + alpha * left^T right in place, for contiguous arrays.

    Args:
        target: (m, n).
        left: (k, m).
        right: (k, n).
        alpha: The factor of the product.
        beta: The factor of what `target` holds.

    Raises:
        ValueError: The shapes do not fit together, or the types differ.
    """
    (k, m), n = left.shape, right.shape[1]
    if target.shape != (m, n) or len(right) != k or not left.dtype == right.dtype == target.dtype:
        raise ValueError(
            f"target, left and right must have the shapes (m, n), (k, m) and (k, n) and one type; got {target.shape} "
            f"{target.dtype}, {left.shape} {left.dtype} and {right.shape} {right.dtype}"
        )
    blas = find_blas(target.dtype.char)
    if blas is None:
        target *= beta
        target += alpha * (left.T @ right)
    else:
        a, b, c = blas.pointer(left), blas.pointer(right), blas.pointer(target)
        blas.gemm(ROW_MAJOR, TRANSPOSED, PLAIN, m, n, k, alpha, a, m, b, n, beta, c, n)


class Blas(NamedTuple):
    """The two routines for one type of numbers."""

    axpby: Callable[..., None]
    gemm: Callable[..., None]
    pointer: Callable[[Array], Any]  # an array as an argument; raises for arrays with gaps or read-only ones


@cache
def find_blas(character: str) -> Blas | None:
    """Return the routines for NumPy's type of that letter, None if they are not found."""
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
                return Blas(axpby, gemm, cast(Any, real.from_buffer))
    return None
