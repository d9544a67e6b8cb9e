"""ES modules as one classic script: a page that is opened from a file may not import any."""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]+)\} from "(\.{1,2}/[^"]+)"\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const|let) (\w+))", re.MULTILINE)
LEFT_OVER = re.compile(r"^\s*(?:import|export)\b.*", re.MULTILINE)


def one_script(entry: Path) -> str:
    """Join a module and all that it imports, directly or not; each keeps the names that it does not export to itself.

    It understands `import { a, b as c } from "./module.js"` and `export` before a declaration.

    Raises:
        ValueError: A module imports or exports in another way, or imports itself through others.
    """
    parts: dict[Path, str] = {}
    _add(entry.resolve(), parts, ())
    return '"use strict"\n' + "".join(parts.values())


def _add(path: Path, parts: dict[Path, str], importers: tuple[Path, ...]) -> None:
    """Add a module's part to those that are there, after the parts of what it imports."""
    if path in parts:
        return
    if path in importers:
        raise ValueError(f"{path.name} imports itself, through {' and '.join(each.name for each in importers)}")
    source = path.read_text(encoding="utf-8")
    for _, address in IMPORT.findall(source):
        _add((path.parent / address).resolve(), parts, (*importers, path))
    exported = EXPORT.findall(source)
    body = EXPORT.sub("", IMPORT.sub(_as_constants, source))
    if left_over := LEFT_OVER.search(body):
        raise ValueError(f"{path.name}: can't join {left_over[0].strip()!r}")
    exports = f"{{ {', '.join(exported)} }}" if exported else "{}"
    parts[path] = f"const {_name(path)} = (() => {{\n{body}return {exports}\n}})()\n"


def _as_constants(statement: re.Match[str]) -> str:
    names, address = statement.groups()
    properties = re.sub(r" as ", ": ", names).strip().rstrip(",")
    return f"const {{ {properties} }} = {_name(Path(address))}\n"


def _name(path: Path) -> str:
    """The name of a module's exports: one that no module uses for anything else."""
    return f"${path.stem}"
