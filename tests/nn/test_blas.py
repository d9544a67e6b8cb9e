import numpy as np
import pytest
from threadpoolctl import threadpool_info

from model.nn import blas
from model.nn.blas import add_product, add_scaled

TYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.fixture(params=["blas", "numpy"])
def way(request, monkeypatch):
    """Once as the machine has it, and once as where the library's routines are not found."""
    if request.param == "numpy":
        monkeypatch.setattr(blas, "find_blas", lambda character: None)


def numbers(*shape, dtype, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@TYPES
@pytest.mark.parametrize(("alpha", "beta"), [(1, 0.9), (-0.25, 1), (2, 0)])
def test_scaled_values_are_added(dtype, alpha, beta, way):
    target, values = numbers(5000, dtype=dtype), numbers(5000, dtype=dtype, seed=1)
    expected = beta * target.astype(np.float64) + alpha * values.astype(np.float64)
    add_scaled(target, values, alpha, beta)
    np.testing.assert_allclose(target, expected, rtol=1e-5, atol=1e-6)


@TYPES
@pytest.mark.parametrize(("alpha", "beta"), [(1, 0.9), (-0.25, 1), (2, 0)])
@pytest.mark.parametrize(("k", "m", "n"), [(32, 784, 10), (7, 3, 5), (1, 1, 1), (130, 40, 300)])
def test_scaled_products_are_added(dtype, alpha, beta, k, m, n, way):
    target, left, right = (
        numbers(m, n, dtype=dtype),
        numbers(k, m, dtype=dtype, seed=1),
        numbers(k, n, dtype=dtype, seed=2),
    )
    expected = beta * target.astype(np.float64) + alpha * left.T.astype(np.float64) @ right
    add_product(target, left, right, alpha, beta)
    np.testing.assert_allclose(target, expected, rtol=1e-4, atol=1e-4)


def test_a_part_of_an_array_changes_alone():
    target, values = np.ones(10, np.float32), np.ones(4, np.float32)
    add_scaled(target[3:7], values, 2)
    assert target.tolist() == [1, 1, 1, 3, 3, 3, 3, 1, 1, 1]


def test_arrays_that_do_not_fit_are_refused(way):
    target = np.zeros(6, np.float32)
    with pytest.raises(
        ValueError, match="values must have the target's type and size; got 5 of float32 for 6 of float32"
    ):
        add_scaled(target, np.zeros(5, np.float32), 1)
    with pytest.raises(ValueError, match="got 6 of float64 for 6 of float32"):
        add_scaled(target, np.zeros(6), 1)
    with pytest.raises(ValueError, match=r"must have the shapes \(m, n\), .* got \(2, 3\) float32, \(4, 3\) float32"):
        add_product(target.reshape(2, 3), np.zeros((4, 3), np.float32), np.zeros((4, 3), np.float32), 1)


def test_arrays_with_gaps_are_refused_rather_than_misread():
    with pytest.raises((BufferError, TypeError, ValueError)):
        add_scaled(np.zeros((4, 4), np.float32)[:, :2], np.zeros((4, 2), np.float32), 1)


def test_the_routines_are_found_in_the_library_that_numpy_brings():
    brought = [library for library in threadpool_info() if "numpy.libs" in library["filepath"]]
    if not brought:
        pytest.skip("this NumPy was not installed from a wheel with OpenBLAS in it")
    assert blas.find_blas("f") is not None
    assert blas.find_blas("d") is not None
