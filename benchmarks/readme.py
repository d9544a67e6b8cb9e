"""The benchmarks' README shows what was measured last; the rest of it is written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown

from tools import readme

README = Path(__file__).with_name("README.md")


def write(part: str, content: str, path: Path = README) -> None:
    """Replace a part of the benchmarks' README (or of another file)."""
    readme.write(part, content, path)


def publish(part: str, results: dict[str, Any], text: str, *, keep: bool, as_json: bool) -> None:
    """Print results, and keep them if they are to be kept.

    Args:
        part: Of the README; the results are kept beside it as part.json.
        results: Plain values.
        text: The same in Markdown.
        keep: Whether the README shows them from now on.
        as_json: Whether they are printed as one line of JSON.
    """
    if keep:
        README.with_name(f"{part}.json").write_text(json.dumps(results, indent=1) + "\n")
        write(part, text)
    if as_json:
        print(json.dumps(results))
    else:
        Console().print(Markdown(text))
