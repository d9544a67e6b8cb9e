"""The networks that come with Inkling: each is known by the name of its file."""

from __future__ import annotations

from pathlib import Path

from model.training import checkpoint


def shipped() -> dict[str, Path]:
    """Return the files of all that come with Inkling, by their names."""
    return {path.stem: path for path in sorted(checkpoint.WEIGHTS.glob("*.safetensors"))}


def find_shipped(name: str) -> Path:
    """Return the file of a network that comes with Inkling; never any other file, whatever the name.

    Raises:
        ValueError: None has this name.
    """
    known = shipped()
    if name not in known:
        raise ValueError(f"{name[:60]!r} is not among the networks that come with Inkling: {', '.join(known)}")
    return known[name]


def find_weights(named: Path) -> Path:
    """Return the file of a network that is named by its path, or by its name if it comes with Inkling.

    The name may be written as the app's menus show it, with the note behind it, and in any case.

    Raises:
        ValueError: There is neither.
    """
    known = shipped()
    if named.is_file():
        return named
    name = str(named).partition(" (")[0].strip().lower()
    if name in known:
        return known[name]
    raise ValueError(f"{named}: there is no such file; networks that come with Inkling are {', '.join(known)}")
