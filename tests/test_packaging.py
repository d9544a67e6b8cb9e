"""Check what a new machine, the Docker image and CI rely on: files, pinned versions, plain errors.

The Dockerfile is read as text, so a file that moved is noticed without a container engine.
"""

import ast
import fnmatch
import importlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import model
from tests.paths import ROOT

VENV_PYTHON = "Scripts/python.exe" if os.name == "nt" else "bin/python"  # in .venv, as in the Makefile


def requirements(name: str) -> dict[str, Requirement]:
    """Read a requirements file into {canonical package name: requirement}, without its options (-r, -c)."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    read = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(requirement.name): requirement for requirement in read}


def dockerfile() -> list[tuple[str, str]]:
    """Read the Dockerfile into [(instruction, its argument)]; join continued lines and drop comments."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in joined) if word]


def arguments(instruction: str) -> list[str]:
    return [argument for word, argument in dockerfile() if word == instruction]


def copied() -> list[str]:
    """Return what the Dockerfile copies out of the checkout."""
    words = [shlex.split(argument) for argument in arguments("COPY") if "--from" not in argument]
    return [source for copy in words for source in copy[:-1]]


def ignored(path: str) -> bool:
    """Tell whether .dockerignore excludes a path: the last pattern that matches it or its folder decides."""
    candidates = [path, *(str(parent) for parent in Path(path).parents if str(parent) != ".")]
    left_out = False
    for line in (ROOT / ".dockerignore").read_text().split():
        pattern = line.removeprefix("!")
        names = [Path(name).name for name in candidates] if pattern.startswith("**/") else candidates
        if any(fnmatch.fnmatchcase(name, pattern.removeprefix("**/")) for name in names):
            left_out = not line.startswith("!")
    return left_out


@pytest.mark.parametrize(
    "path",
    ["app.py", "model", "pages", "ui", "weights", "tests", "requirements.txt", "Dockerfile", "LICENSE"],
)
def test_the_project_has_its_parts(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("package", ["numpy", "pandas", "streamlit", "pillow", "streamlit-drawable-canvas", "plotly"])
def test_the_app_requires(package: str) -> None:
    assert package in requirements("requirements.in")


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-docs"])
def test_every_requirement_is_pinned(name: str) -> None:
    pinned = requirements(f"{name}.txt")
    assert set(requirements(f"{name}.in")) <= set(pinned)
    for requirement in pinned.values():
        assert requirement.url is None
        assert [part.operator for part in requirement.specifier] == ["=="], requirement


def test_tests_run_with_the_versions_that_the_app_ships() -> None:
    app, tests = requirements("requirements.txt"), requirements("requirements-dev.txt")
    assert {name: str(tests[name]) for name in app} == {name: str(app[name]) for name in app}


def test_documentation_and_tests_share_one_environment() -> None:
    tests, docs = requirements("requirements-dev.txt"), requirements("requirements-docs.txt")
    shared = tests.keys() & docs.keys()
    assert {name: str(docs[name]) for name in shared} == {name: str(tests[name]) for name in shared}


def test_the_app_is_spared_what_nothing_of_it_uses() -> None:
    app, excluded = requirements("requirements.txt"), requirements("requirements-excluded.in")
    assert excluded
    assert not excluded.keys() & app.keys()
    assert not excluded.keys() & requirements("requirements.in").keys()
    for recipe in ("Makefile", "Dockerfile"):  # pip would add them again
        assert re.search(r"--no-deps[^\n]*(\\\n)?[^\n]* -r requirements\.txt", (ROOT / recipe).read_text()), recipe


def test_requirements_name_no_package_index() -> None:
    for path in ROOT.glob("requirements*"):
        assert not [word for word in ("://", "--index-url", "--find-links") if word in path.read_text()], path


def test_every_import_of_the_app_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = {package for packages in project["optional-dependencies"].values() for package in packages}
    required = set(requirements("requirements.in")) | optional
    homes = importlib.metadata.packages_distributions()
    own = {"app", "model", "pages", "tools", "ui"}
    sources = [
        ROOT / "app.py",
        *(path for room in ("model", "pages", "ui") for path in (ROOT / room).rglob("*.py")),
    ]
    missing = set()
    for source in filter(Path.exists, sources):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            else:
                continue
            for module in {name.partition(".")[0] for name in modules} - own - sys.stdlib_module_names:
                packages = {canonicalize_name(package) for package in homes.get(module, [module])}
                if not packages & required:
                    missing.add((source.name, module))
    assert not missing


def test_the_image_gets_what_it_copies() -> None:
    assert copied()
    for source in copied():
        assert (ROOT / source).exists(), source
        assert not ignored(source), source


@pytest.mark.parametrize(
    "path",
    [".git/config", ".venv/bin/python", "tests/test_packaging.py", "model/__pycache__/data.pyc", "README.md"],
)
def test_the_image_leaves_out(path: str) -> None:
    assert ignored(path)


def test_the_image_does_not_run_as_root() -> None:
    users = arguments("USER")
    assert users
    assert users[-1].partition(":")[0] not in {"root", "0"}


def test_the_image_has_a_health_check() -> None:
    (check,) = arguments("HEALTHCHECK")
    python, dash, module = json.loads(check.partition("CMD ")[2])
    assert (python, dash) == ("python", "-m")
    assert importlib.util.find_spec(module)
    assert not ignored(module.replace(".", "/") + ".py")


def test_the_image_passes_signals_to_the_app() -> None:
    (entry,) = arguments("ENTRYPOINT")
    assert json.loads(entry) == ["python", "-m", "streamlit", "run", "app.py"]


def test_the_image_can_be_reached() -> None:
    environment = dict(word.split("=", 1) for argument in arguments("ENV") for word in shlex.split(argument))
    assert environment["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"
    assert environment["STREAMLIT_SERVER_PORT"] == arguments("EXPOSE")[0]


def test_ci_is_a_program() -> None:
    program = ROOT / ".ci" / "run"
    assert os.access(program, os.X_OK)
    subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=True)


def test_the_workflow_runs_commands_that_the_makefile_has() -> None:
    workflow = (ROOT / ".github" / "workflows" / "checks.yml").read_text()
    commands = set(re.findall(r"run: make ([\w-]+)", workflow))
    assert {"lint", "test", "docs"} <= commands
    assert commands <= set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_the_version_is_the_same_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text()
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [model.__version__]
    changelog = (ROOT / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", changelog, re.MULTILINE)
    assert versions[0] == ("Unreleased", "")
    assert versions[1][0] == model.__version__
    assert f"date-released: {versions[1][1]}" in citation


def test_the_package_can_be_built_from_what_pyproject_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (command,) = project["project"]["scripts"].values()
    module, _, function = command.partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    for package, patterns in project["tool"]["setuptools"]["package-data"].items():
        for pattern in patterns:
            assert list((ROOT / package).glob(pattern)), f"{package}/{pattern}"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a folder, with a space in its name, that contains what `make` reads."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def make(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # Under `make test`, the inner make would otherwise inherit the outer one's flags.
    environment = {name: text for name, text in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    return subprocess.run(
        ["make", *words],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def python_that(checkout: Path, answers: str) -> Path:
    """Write a stand-in for python3: a shell script that gets its first argument as $1 and the code as $2."""
    program = checkout / "python stand-in"
    program.write_text(f"#!/bin/sh\n{answers}\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("answers", "advice"),
    [
        ('[ "$1" = --version ] && echo Python 3.9.6; exit 1', "needs Python 3.11 or newer"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "apt install python3-venv"),
    ],
    ids=["too old", "without venv"],
)
def test_make_reports_in_one_line_what_python_lacks(checkout: Path, answers: str, advice: str) -> None:
    answer = make(checkout, "run", f"PYTHON={python_that(checkout, answers)}")
    assert answer.returncode != 0
    said = [line for line in answer.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1
    assert advice in said[0]
    assert not (checkout / ".venv").exists()


def test_make_installs_once_and_again_after_a_change(checkout: Path) -> None:
    for number, name in enumerate((VENV_PYTHON, "app-ready")):
        path = checkout / ".venv" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (2_000_000_000 + number,) * 2)
    assert "pip install" not in make(checkout, "--dry-run", "run").stdout
    os.utime(checkout / "requirements.txt", (2_100_000_000,) * 2)
    assert "pip install" in make(checkout, "--dry-run", "run").stdout


def test_make_alone_lists_every_command(checkout: Path) -> None:
    listed = {line.split()[1] for line in make(checkout).stdout.splitlines()}
    phony = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"run", "test", "lint", "docs", "screenshots", "lock", "clean"} <= listed
    assert listed == set(" ".join(phony).split())
