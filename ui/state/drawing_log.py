"""The drawings of a visit: the last ones, with what was predicted for them and what the visitor says they show."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from model.ink import Drawing

MAX_DRAWINGS = 12


@dataclass(frozen=True)
class LoggedDrawing:
    """One drawing; its label is what the visitor says it shows."""

    number: int
    drawing: Drawing
    image: str  # as the network gets it, a data URL
    answer: str  # what was predicted, in a character or two


@dataclass
class DrawingLog:
    """The visitor's last drawings, the oldest first."""

    drawings: list[LoggedDrawing] = field(default_factory=list)
    num_made: int = 0

    def find(self, number: int | None) -> LoggedDrawing | None:
        """The drawing with a number, unless it is gone."""
        return next((logged for logged in self.drawings if logged.number == number), None)

    def update(self, number: int | None, drawing: Drawing, image: str, answer: str) -> int | None:
        """Keep what a drawing looks like now; returns its number, a new one for a drawing that is not here yet.

        A drawing without ink is dropped, and has no number.
        """
        if not drawing.strokes:
            self.delete(number)
            return None
        known = self.find(number)
        if known is None:
            self.num_made += 1
            self.drawings.append(LoggedDrawing(self.num_made, drawing, image, answer))
            del self.drawings[:-MAX_DRAWINGS]
            return self.num_made
        logged = LoggedDrawing(known.number, replace(drawing, label=known.drawing.label), image, answer)
        self._replace(logged)
        return known.number

    def label_of(self, number: int | None) -> str | None:
        """What a drawing shows, if the visitor has said so."""
        known = self.find(number)
        return known.drawing.label if known else None

    def label(self, number: int, label: str | None) -> None:
        """Note what a drawing shows."""
        known = self.find(number)
        if known is not None:
            self._replace(replace(known, drawing=replace(known.drawing, label=label)))

    def delete(self, number: int | None) -> None:
        """Forget a drawing."""
        self.drawings = [logged for logged in self.drawings if logged.number != number]

    def to_ink(self) -> str:
        """All drawings as lines of an ink file."""
        return "".join(logged.drawing.to_json() + "\n" for logged in self.drawings)

    def _replace(self, logged: LoggedDrawing) -> None:
        self.drawings = [logged if old.number == logged.number else old for old in self.drawings]
