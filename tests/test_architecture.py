import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("model", "ui", "pages", "app")  # each may use those before it
MODEL = sorted((ROOT / "model").glob("*.py"))


def imports(path, *, at_once=False):
    """The modules that a file names in its imports; `at_once`: only those that are imported when it is."""
    tree = ast.parse(path.read_text())
    found = set()
    for node in tree.body if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path}: a relative import"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def packages(path):
    return {name.split(".")[0] for name in imports(path)}


def test_the_model_knows_no_streamlit():
    # Told by what is loaded in the end: an import of an import would do the harm as well.
    names = [f"model.{path.stem}" for path in MODEL if path.stem != "__init__"]
    script = f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\n"
    script += "print([name for name in sys.modules if name.split('.')[0] in ('streamlit', 'ui', 'pages', 'app')])"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("[]\n", "")


@pytest.mark.parametrize("layer", LAYERS)
def test_arrows_point_one_way(layer):
    files = [ROOT / "app.py"] if layer == "app" else list((ROOT / layer).glob("*.py"))
    assert files
    above = set(LAYERS[LAYERS.index(layer) + 1 :]) | ({"pages"} if layer == "pages" else set())
    assert {path.name: packages(path) & above for path in files if packages(path) & above} == {}


@pytest.mark.parametrize(
    ("name", "needed"),
    [("network", {"numpy", "model"}), ("optimizers", {"numpy", "model"}), ("blas", {"numpy", "threadpoolctl"})],
)
def test_the_mathematics_needs_numpy_and_its_blas_alone(name, needed):
    path = ROOT / "model" / f"{name}.py"
    assert packages(path) - sys.stdlib_module_names == needed
    own = {module for module in imports(path) if module.startswith("model.")}
    assert own <= {"model.blas", "model.blas.add_scaled", "model.blas.add_product"}


def test_modules_of_the_model_need_each_other_in_no_circle():
    needs = {path.stem: set() for path in MODEL}
    for path in MODEL:
        named = {name.split(".")[1] for name in imports(path, at_once=True) if name.startswith("model.")}
        needs[path.stem] = named & needs.keys() - {path.stem}
    order = list(graphlib.TopologicalSorter(needs).static_order())
    assert order.index("network") < order.index("training") < order.index("jobs") < order.index("worker")
    assert needs["training"] == {
        "batches",
        "calibration",
        "config",
        "data",
        "handwriting",
        "ink",
        "network",
        "observation",
        "optimizers",
        "progress",
        "schedules",
        "snapshot",
    }


@pytest.mark.parametrize("path", [path for path in MODEL if path.stem != "__main__"], ids=lambda path: path.stem)
def test_only_the_command_line_prints(path):
    names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    assert not names & {"print", "input"}
    assert not {"sys.stdout", "sys.stderr"} & {
        ast.unparse(node) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)
    }


@pytest.mark.parametrize("path", MODEL, ids=lambda path: path.stem)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))
