"""`from model import NAME` reaches everything that is public, and nothing heavy before it is asked for."""

import subprocess
import sys

import pytest

import model
from tests.paths import ROOT


@pytest.mark.parametrize("name", model.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(model, name).__doc__
    assert name in dir(model)


def test_a_name_that_is_not_public_is_an_error() -> None:
    with pytest.raises(AttributeError, match="module 'model' has no attribute 'learn'"):
        model.learn  # noqa: B018


def test_the_library_is_imported_before_what_it_needs() -> None:
    script = "import model, sys; print({'numpy', 'pydantic', 'sklearn'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("set()\n", "")
