"""A machine is described by what stands behind a measurement, and by nothing that is not there."""

import platform

import numpy as np

from model.common import machine


def test_it_tells_the_versions_of_what_is_installed():
    described = machine.describe({"numpy": "NumPy", "no-such-package-anywhere": "Nothing"})
    assert list(described) == ["processor", "system", "Python", "NumPy"]
    assert described["Python"] == platform.python_version()
    assert described["NumPy"].startswith(f"{np.__version__} with ")


def test_one_core_is_one_core(monkeypatch):
    for count, words in ((1, ", 1 core"), (2, ", 2 cores")):
        monkeypatch.setattr(machine, "cores", lambda count=count: count)
        assert machine.describe({})["processor"].endswith(words)


def test_a_description_makes_one_phrase():
    described = {"processor": "A processor, 2 cores", "system": "A system", "Python": "3.11.7", "NumPy": "2.4"}
    assert machine.phrase(described) == "A processor, 2 cores; A system, with Python 3.11.7, NumPy 2.4"


def test_numpys_blas_is_told_and_not_scipys(monkeypatch):
    loaded = [
        {"user_api": "openmp", "internal_api": "openmp", "version": None, "filepath": "libgomp.so"},
        {"user_api": "blas", "internal_api": "openblas", "version": "2", "filepath": "scipy.libs/libopenblas.so"},
        {"user_api": "blas", "internal_api": "openblas", "version": "1", "filepath": "numpy.libs/libopenblas64.so"},
    ]
    for order in (loaded, loaded[::-1]):
        monkeypatch.setattr(machine, "threadpool_info", lambda order=order: order)
        assert machine.blas() == "openblas 1 for any processor"
