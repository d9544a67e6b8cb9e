"""The page about the architecture names functions where they are."""

import ast
import re

import pytest

from tests.paths import ROOT

PAGE = ROOT / "docs" / "architecture.md"
STEPS = re.findall(r"\| `([\w/]+\.py)` \| `([\w.]+)` \|", PAGE.read_text())


def defined_in(path):
    """The functions of a module, and its classes' methods with the class's name before them."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef))


def test_the_page_describes_both_ways():
    assert len(STEPS) > 10


@pytest.mark.parametrize(("file", "function"), STEPS)
def test_each_step_is_where_the_page_says(file, function):
    assert function in set(defined_in(ROOT / file))
