"""HTML fragments: every value is escaped, and a template that lacks a value fails."""

import pytest
from jinja2 import UndefinedError

from ui.common import templates


def test_values_are_escaped() -> None:
    html = templates.render("draw/network_input.html", source='"><script>', caption="<b>")
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="caption"):
        templates.render("draw/network_input.html", source="x")
