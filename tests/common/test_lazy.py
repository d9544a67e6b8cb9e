import pytest

from model.common import lazy


def test_a_name_comes_from_its_module() -> None:
    load = lazy.loader("package", {"sqrt": "math", "root": "math:sqrt"})
    assert load("root")(9) == load("sqrt")(9) == 3


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'package' has no attribute 'tan'"):
        lazy.loader("package", {"sqrt": "math"})("tan")
