"""Write docs/reference/. `make docs` calls this; a test compares the committed pages with what the code gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.reference import files, interface, library, settings

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
HEADER = "<!-- Written by tools/reference: change the code, then run `make docs`. -->\n\n"

PAGES: Mapping[str, Callable[[], str]] = {
    "settings": settings.settings_page,
    "presets": settings.presets_page,
    "command-line": interface.command_line_page,
    "address": interface.address_page,
    "environment": interface.environment_page,
    "file-formats": files.file_formats_page,
    "python": library.python_page,
}


def content(name: str) -> str:
    """Return the text of a page."""
    return f"{HEADER}{PAGES[name]().strip()}\n"


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (FOLDER / f"{name}.md").write_text(content(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
