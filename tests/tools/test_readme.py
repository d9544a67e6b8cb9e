"""Measured results replace the section of a document that is between their two comments."""

import pytest

from tools.readme import replaced


def test_results_replace_their_section_and_nothing_else() -> None:
    text = "# Title\n\n<!-- speed -->\nold | table\n<!-- /speed -->\n\nThe end, <!-- other -->.\n"
    once = replaced(text, "speed", "new \\1 table")
    assert once == "# Title\n\n<!-- speed -->\nnew \\1 table\n<!-- /speed -->\n\nThe end, <!-- other -->.\n"
    assert replaced(once, "speed", "new \\1 table") == once


@pytest.mark.parametrize("text", ["", "<!-- speed -->", "<!-- /speed --> <!-- speed -->", "<!-- speed -->" * 2])
def test_a_document_without_the_two_comments_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        replaced(text, "speed", "new")
