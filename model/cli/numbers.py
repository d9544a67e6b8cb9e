"""Numbers as people write them in options and TOML files."""

from __future__ import annotations


def whole_number(name: str, value: object) -> int:
    """Read a number from 1 on.

    Raises:
        ValueError: it is none.
    """
    text = str(value).strip()
    if not text.isdecimal() or not int(text):
        raise ValueError(f"{name} must be a whole number from 1 on; got {text[:40]!r}")
    return int(text)


def accuracy(name: str, value: object) -> float:
    """Read an accuracy, 98%, 98 or 0.98, as a share.

    Raises:
        ValueError: it is none.
    """
    text = str(value).strip()
    try:
        share = float(text.removesuffix("%"))
        share /= 100 if text.endswith("%") or share > 1 else 1
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise ValueError(f"{name} needs an accuracy such as 98% or 0.98; got {text[:60]}")
    return share
