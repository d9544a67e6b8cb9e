"""The same network in a browser: JavaScript that renders ink and reads it as this library does, and what it needs.

The modules of this folder have JSDoc types and no build step. The app serves them as they are (ui/browser); a page that
is exported has them in its one file (model/export/page.py).
"""

from pathlib import Path

FOLDER = Path(__file__).parent


def style_sheet(*names: str) -> str:
    """Return style sheets of this folder: "answer", "pill" or "visually_hidden"."""
    return "".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in names)
