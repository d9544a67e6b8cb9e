"""The benchmarks' README shows what was measured last; the rest of it is written by hand."""

from __future__ import annotations

from pathlib import Path

from tools import readme

README = Path(__file__).with_name("README.md")


def write(part: str, content: str, path: Path = README) -> None:
    """Replace a part of the benchmarks' README (or of another file)."""
    readme.write(part, content, path)
