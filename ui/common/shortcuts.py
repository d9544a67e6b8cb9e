"""Keyboard shortcuts: each key clicks the first button, of those named by their keys, that is there and enabled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Shortcut:
    """A key and what it does.

    Attributes:
        key: what the browser calls it (`KeyboardEvent.key`), in lower case.
        shown: how the list of shortcuts writes it.
        does: what it does, in words.
        buttons: `key`s of the buttons that it may click, the first choice first; none for what pages share.
    """

    key: str
    shown: str
    does: str
    buttons: tuple[str, ...] = ()


EVERYWHERE = (
    Shortcut("1", "1 to 6", "Open Home, Draw, Train, Evaluate, Inside or Experiments"),
    Shortcut("p", "P", "Presentation mode on or off"),
    Shortcut("?", "?", "Show this list"),
)
TRAIN = (
    Shortcut(" ", "Space", "Start, pause, resume, or continue a finished run", ("pause", "continue", "start")),
    Shortcut(".", ".", "+1 step", ("step",)),
    Shortcut("shift+.", "Shift .", "+1 epoch", ("step_epoch",)),
    Shortcut("r", "R", "Restart", ("start",)),
    Shortcut("z", "Z", "Reset weights", ("rewind",)),
)
DRAW = (
    Shortcut("c", "C", "Clear the paper", ("clear",)),
    Shortcut("e", "E", "Eraser: the pen takes strokes away, or draws again", ("eraser",)),
    Shortcut("ctrl+z", "Ctrl Z", "Undo a stroke, or Clear"),  # these two are the paper's own
    Shortcut("ctrl+y", "Ctrl Y", "Redo"),
)
GROUPS = {"Every page": EVERYWHERE, "Train": TRAIN, "Draw": DRAW}


def as_json() -> list[dict[str, Any]]:
    """The shortcuts that click a button, for the browser."""
    return [asdict(shortcut) for group in GROUPS.values() for shortcut in group if shortcut.buttons]
