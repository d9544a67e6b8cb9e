import ast
import subprocess
import sys

import pytest

from tests.paths import ROOT

MODULES = sorted((ROOT / "model").rglob("*.py"))
SILENT = [path for path in MODULES if "cli" not in path.relative_to(ROOT).parts]
IDS = [str(path.relative_to(ROOT)) for path in MODULES]


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_the_library_loads_no_streamlit():
    # Told by what is loaded in the end: an import of an import would do the harm as well.
    names = [module_name(path) for path in MODULES]
    script = f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\n"
    script += "print([name for name in sys.modules if name.split('.')[0] in ('streamlit', 'ui', 'pages', 'app')])"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("[]\n", "")


@pytest.mark.parametrize("path", SILENT, ids=module_name)
def test_only_the_command_line_prints(path):
    nodes = list(ast.walk(ast.parse(path.read_text())))
    assert not {node.id for node in nodes if isinstance(node, ast.Name)} & {"print", "input"}
    attributes = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    assert not attributes & {"sys.stdout", "sys.stderr"}


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))
