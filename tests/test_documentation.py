"""Check the documents without building the site: links, commands, examples, addresses, reference pages."""

import ast
import re
import unicodedata
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from model.config import TrainingConfig
from tests.paths import ROOT
from tools.reference.__main__ import FOLDER, PAGES, content
from tools.reference.interface import VIEWS
from ui.train import url_state

DOCS = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = [
    *DOCS,
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(ROOT / name / "README.md" for name in ("weights", "benchmarks")),
]
TEXTS = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def whole(path: Path) -> str:
    """Return a document with the files that it includes."""
    return re.sub(r'^--8<-- "(.+)"$', lambda found: TEXTS[ROOT / found[1]], TEXTS[path], flags=re.MULTILINE)


def links(path: Path) -> list[str]:
    """Return the targets of a document's links and pictures, without those on other sites."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", whole(path), flags=re.DOTALL | re.MULTILINE)
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in target]


def anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub and the site build them."""
    headings = re.findall(r"^#+ (.+)$", whole(path), re.MULTILINE)
    plain = (unicodedata.normalize("NFKD", re.sub(r"[`*]", "", heading)).lower() for heading in headings)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading).strip()) for heading in plain}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_and_pictures_exist(path: Path) -> None:
    for target in links(path):
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_pages_of_the_site_link_to_the_site_alone(path: Path) -> None:
    for target in links(path):
        assert (path.parent / target.partition("#")[0]).resolve().is_relative_to(ROOT / "docs"), target


def test_the_site_lists_every_page_once() -> None:
    listed = re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == [path.relative_to(ROOT / "docs").as_posix() for path in DOCS]


def test_included_files_exist() -> None:
    included = [name for path in DOCS for name in re.findall(r'^--8<-- "(.+)"$', TEXTS[path], re.MULTILINE)]
    assert {"CONTRIBUTING.md", "CHANGELOG.md"} <= set(included)
    assert [name for name in included if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_commands_are_those_of_the_makefile(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:^    |`)make ([a-z-]+)", TEXTS[path], re.MULTILINE))
    assert [name for name in sorted(commands) if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("name", ["README.md", "docs/quickstart.md"])
def test_python_examples_run(name: str, capsys: pytest.CaptureFixture[str], shared_cache: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXTS[ROOT / name], re.DOTALL)
    exec(compile(example, name, "exec"), {})
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("5 ")
    assert float(last.split()[-1].rstrip("%")) > 85


def test_addresses_can_be_opened() -> None:
    addresses = [address for text in TEXTS.values() for address in re.findall(r"(/train\?[^\s`)]+)", text)]
    assert len(addresses) > 5
    for address in addresses:
        values = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        parts = ",".join(values.pop(parameter, "") for parameter in url_state.PARTS).split(",")
        assert set(parts) - {""} <= {*url_state.HIDEABLE, *url_state.WIDGETS}, address
        sizes = re.split("[,-]", values.pop("hidden_sizes", "128"))
        TrainingConfig.of({**values, "hidden_sizes": [size for size in sizes if size]})


def test_labels_of_the_app_are_those_of_the_code() -> None:
    """The guides set the labels of buttons and menus in italics."""
    guides = [ROOT / "docs" / "quickstart.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
    labels = {label for path in guides for label in re.findall(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])", TEXTS[path])}
    assert {"Start", "Timeline", "Network"} <= labels
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("pages", "ui", "model")
        for path in (ROOT / folder).rglob("*.py")
    ]
    assert [label for label in sorted(labels) if not any(f'"{label}' in source for source in sources)] == []


def test_architecture_names_functions_that_exist() -> None:
    page = TEXTS[ROOT / "docs" / "architecture.md"]
    rows = re.findall(r"\| `([\w/]+\.py)` \| `([\w.]+)` \|", page)
    assert len(rows) > 8
    for file, name in rows:
        *owners, function = name.split(".")
        body: list[ast.stmt] = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        for owner in owners:
            (scope,) = [node for node in body if isinstance(node, ast.ClassDef) and node.name == owner]
            body = scope.body
        assert function in [node.name for node in body if isinstance(node, ast.FunctionDef)], f"{file}: {name}"


def test_reference_describes_every_name_that_can_be_hidden() -> None:
    parts = set(url_state.HIDEABLE) - TrainingConfig.model_fields.keys() - set(url_state.WIDGETS.values())
    assert parts == VIEWS.keys()


@pytest.mark.parametrize("name", PAGES)
def test_reference_is_up_to_date(name: str) -> None:
    page = FOLDER / f"{name}.md"
    assert page.read_text(encoding="utf-8") == content(name), "run `make docs` and commit docs/reference"


def test_reference_has_no_other_pages() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(PAGES)


@pytest.mark.parametrize("folder", ["model", "ui"])
def test_the_layout_for_contributors_names_every_package(folder: str) -> None:
    layout = TEXTS[ROOT / "CONTRIBUTING.md"].split("## Layout")[1].split("Where does a change go?")[0]
    packages = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
    assert packages <= set(re.findall(r"(\w+)/", layout))
