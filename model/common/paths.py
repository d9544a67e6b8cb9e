"""Where the checkout is, and what the paths that people write lead to."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def expanded(path: str | Path) -> Path:
    """Return a path in which ~ stands for somebody's home folder.

    Raises:
        ValueError: that folder is not known.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ValueError(f"{path}: the home folder of {Path(path).parts[0]} is not known here") from None


def is_file(text: str | Path) -> bool:
    """Tell whether a text is the path of a file; one that no path can be, such as a long list, is none."""
    try:
        return Path(text).is_file()
    except OSError:  # the name is too long
        return False
