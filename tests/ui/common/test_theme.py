"""Colors have one home: the style sheets take theirs from it."""

import re

import pytest

from tests.paths import ROOT
from ui.common import style, theme

STYLE_SHEETS = sorted((ROOT / "ui").rglob("*.css"))


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=lambda path: path.name)
def test_style_sheets_have_no_colors_of_their_own(path) -> None:
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text())


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=lambda path: path.name)
def test_every_custom_property_is_set(path) -> None:
    text = style.style_sheet() + path.read_text()
    defined = set(re.findall(r"(--[\w-]+):", text)) | {"--strength"}  # set on each cell of the confusion table
    assert set(re.findall(r"var\((--[\w-]+)\)", path.read_text())) <= defined


def test_a_color_in_parts() -> None:
    assert theme.rgb("#0072B2") == (0, 114, 178)
    assert theme.rgba("#D55E00", 0.25) == "rgba(213, 94, 0, 0.25)"
