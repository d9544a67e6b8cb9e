"""The JavaScript modules as the browser gets them: their address changes with their content, so it may keep them."""

from __future__ import annotations

import hashlib
from pathlib import Path

_FOLDER = Path(__file__).parent
MODULES = {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in sorted(_FOLDER.rglob("*.js"))}
VERSION = hashlib.sha256(b"\0".join(MODULES.values())).hexdigest()[:16]


def address(name: str = "index.js") -> str:
    """The address of a module, relative to the page's; the default one exports what a page needs to read ink."""
    return f"browser/modules/{VERSION}/{name}"


def find(version: str, name: str) -> bytes | None:
    """The module of this version and name, such as "explain/trace.js"; None if there is none."""
    return MODULES.get(name) if version == VERSION else None
