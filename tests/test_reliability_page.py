"""docs/reliability.md names tests for each of its cases, and a figure that one of them prints; all of them exist."""

import ast
import re
from functools import cache

import pytest

from tests.paths import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]


@cache
def functions(file: str) -> dict[str, bool]:
    """Return the functions of a file, and whether each of them prints a figure, or has another one of them do so."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    used = {node.name: {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} for node in found}
    printing = {node.name for node in found if any(map(is_report, ast.walk(node)))}
    return {name: bool(printing & {name, *others}) for name, others in used.items()}


def is_report(node: ast.AST) -> bool:
    """Return whether this is a call of `report`, which prints a figure."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "report"


def test_the_cases_are_numbered() -> None:
    assert [int(row.split("|")[1]) for row in ROWS] == list(range(1, 22))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[2].strip())
def test_each_case_has_a_promise_a_figure_and_tests_that_exist(row: str) -> None:
    _, _, case, promise, figure, held_by, _ = row.split("|")
    assert case.strip()
    assert promise.strip().endswith(".")
    assert re.search(r"\d", figure)
    named = [identity.partition("::")[::2] for identity in re.findall(r"`([^`]+)`", held_by)]
    assert named
    for file, function in named:
        assert function in functions(file), (file, function)
    assert any(functions(file)[function] for file, function in named), "one of the tests prints the figure"


def test_figures_name_tests_or_commands_that_exist() -> None:
    for identity in re.findall(r"`(tests/[^`]+::[^`]+)`", PAGE):
        file, _, function = identity.partition("::")
        assert function in functions(file), identity
    for module in re.findall(r"`python -m (\S+)", PAGE):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
