"""A README's measured parts stand between two comments that a page does not show; the rest is written by hand."""

from __future__ import annotations

from pathlib import Path


def replaced(text: str, part: str, content: str) -> str:
    """The text with new content between the comments `<!-- part -->` and `<!-- /part -->`.

    Raises:
        ValueError: the two comments are not there, once each and in this order.
    """
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"the text must have {begin} and then {end}, once each, to take what was measured; add them")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content.strip()}\n{end}{after}"


def write(part: str, content: str, path: Path) -> None:
    """Replace a part of the file."""
    path.write_text(replaced(path.read_text(), part, content))
