"""The JavaScript modules as the browser gets them: their address changes with their content, so it may keep them.

Those of the library (model/browser) and those of this folder have one address, as if they lay in one folder.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from model import browser

_FOLDERS = (browser.FOLDER, Path(__file__).parent)
MODULES = {
    path.relative_to(folder).as_posix(): path.read_bytes()
    for folder in _FOLDERS
    for path in sorted(folder.rglob("*.js"))
}
VERSION = hashlib.sha256(b"\0".join(MODULES.values())).hexdigest()[:16]


def address(name: str = "index.js") -> str:
    """The address of a module, relative to the page's; the default one exports what a page needs to read ink."""
    return f"browser/modules/{VERSION}/{name}"


def find(version: str, name: str) -> bytes | None:
    """The module of this version and name, such as "explain/trace.js"; None if there is none."""
    return MODULES.get(name) if version == VERSION else None
