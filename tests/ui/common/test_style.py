"""Colors have one home: the style sheets take theirs from the theme."""

import re
from pathlib import Path

import pytest

from model import browser
from tests.paths import ROOT
from ui.common import style

STYLE_SHEETS = [*sorted(browser.FOLDER.glob("*.css")), *sorted((ROOT / "ui").rglob("*.css"))]


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=lambda path: path.name)
def test_style_sheets_have_no_colors_of_their_own(path: Path) -> None:
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text())


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=lambda path: path.name)
def test_every_custom_property_is_set(path: Path) -> None:
    text = style.style_sheet() + path.read_text()
    defined = set(re.findall(r"(--[\w-]+):", text)) | {"--strength"}  # set on each cell of the confusion table
    used = set(re.findall(r"var\((--[\w-]+)\)", path.read_text()))
    assert {name for name in used if not name.startswith("--st-")} <= defined  # Streamlit sets its own for components
