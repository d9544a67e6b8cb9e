"""The sheet of paper of a browser tab: what is on it, and what was put on it and taken away before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from model.ink import Drawing

MAX_STEPS = 10  # that can be undone

BLANK = Drawing(())


class Content(NamedTuple):
    """What is on a sheet."""

    drawing: Drawing
    number: int | None = None  # of the drawing in the visitor's log


BLANK_CONTENT = Content(BLANK)


@dataclass
class Sheet:
    """What one tab has on its paper.

    The browser undoes single strokes. Here is what it cannot know: drawings that were put on the paper as a whole, or
    cleared away.
    """

    number: int = 0  # another one makes the canvas replace what it shows by `start`
    start: Drawing = BLANK  # what the canvas began with
    content: Content = BLANK_CONTENT
    _stale: object = None  # what the canvas sent before the content was replaced
    _sent: object = None  # what the canvas sent last
    _past: list[Content] = field(default_factory=list)
    _future: list[Content] = field(default_factory=list)

    @property
    def can_undo(self) -> bool:
        """Whether there was something else before."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self._future)

    def restore(self, content: Content) -> None:
        """Begin with what a visitor drew before; there is nothing to undo."""
        self._past, self._future = [], []
        self._replace(content)

    def put(self, content: Content) -> None:
        """Replace what is on the paper."""
        self._remember()
        self._replace(content)

    def clear(self) -> None:
        """Take away what is on the paper."""
        self._remember()
        if self.start.strokes:
            self._replace(BLANK_CONTENT)
        else:  # the browser has blanked the canvas by itself: strokes that are drawn meanwhile stay
            self.content, self._stale = BLANK_CONTENT, self._sent

    def undo(self) -> None:
        """Bring back what was on the paper before it was replaced or cleared."""
        if self._past:
            self._future.append(self.content)
            self._replace(self._past.pop())

    def redo(self) -> None:
        """Repeat what was undone."""
        if self._future:
            self._past.append(self.content)
            self._replace(self._future.pop())

    def is_stale(self, sent: object) -> bool:
        """Note what the canvas has sent, and tell whether it shows what was on the paper before."""
        self._sent = sent
        if self._stale is not None and sent == self._stale:
            return True
        self._stale = None
        return False

    def receive(self, drawing: Drawing) -> None:
        """Note what the canvas shows."""
        if len(drawing.strokes) != len(self.start.strokes):
            self._future.clear()  # the visitor has gone on drawing
        self.content = Content(drawing, self.content.number)

    def name(self, number: int | None) -> None:
        """Note which drawing of the visitor's log this is."""
        self.content = Content(self.content.drawing, number)

    def _remember(self) -> None:
        if self.content.drawing.strokes:
            self._past = [*self._past, self.content][-MAX_STEPS:]
        self._future.clear()

    def _replace(self, content: Content) -> None:
        self.number += 1
        self.start, self.content, self._stale = content.drawing, content, self._sent
