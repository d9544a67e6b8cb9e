"""What the README shows works as it stands there, and what is measured anew goes to its place in it."""

import re
from pathlib import Path

import pytest

from tests.paths import ROOT
from tools.readme import replaced

README = (ROOT / "README.md").read_text()


def test_its_python_runs(capsys: pytest.CaptureFixture[str], shared_cache: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("5 ")
    assert float(last.split()[-1].rstrip("%")) > 85


def test_its_links_and_pictures_are_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_its_make_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"^    make (\w+)", README, re.MULTILINE))
    assert {"run", "test", "lint"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_what_was_measured_replaces_what_was_there_and_nothing_else() -> None:
    text = "# Title\n\n<!-- speed -->\nold | table\n<!-- /speed -->\n\nThe end, <!-- other -->.\n"
    once = replaced(text, "speed", "new \\1 table")
    assert once == "# Title\n\n<!-- speed -->\nnew \\1 table\n<!-- /speed -->\n\nThe end, <!-- other -->.\n"
    assert replaced(once, "speed", "new \\1 table") == once


@pytest.mark.parametrize("text", ["", "<!-- speed -->", "<!-- /speed --> <!-- speed -->", "<!-- speed -->" * 2])
def test_a_text_without_its_two_comments_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        replaced(text, "speed", "new")
