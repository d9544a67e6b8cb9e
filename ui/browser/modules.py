"""The JavaScript modules as the browser gets them: their address changes with their content, so it may keep them."""

from __future__ import annotations

import hashlib
from pathlib import Path

MODULES = {path.name: path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.js"))}
VERSION = hashlib.sha256(b"\0".join(MODULES.values())).hexdigest()[:16]


def address() -> str:
    """The address of the module that exports what a page needs, relative to the page's."""
    return f"browser/modules/{VERSION}/index.js"


def find(version: str, name: str) -> bytes | None:
    """The module of this version and name; None if there is none."""
    return MODULES.get(name) if version == VERSION else None
