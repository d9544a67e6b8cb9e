"""A drawing as SVG: axes with round numbers, and lines, bands and dots between them.

Colors are classes, of the style sheet of the page that it stands in: `series-0`, `series-1` and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from model.experiments.report.axis import Axis

Point = tuple[float, float]
SERIES = 6  # colors; then they begin anew


def tag(name: str, content: Markup | str | None = None, **attributes: object) -> Markup:
    """Return an element; `_` in an attribute's name stands for `-`, and `class_` for class."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items()
    )
    if content is None:
        return Markup("<{}{}/>").format(Markup(name), written)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, escape(content))


class Drawing:
    """A frame with two axes, to draw into."""

    def __init__(self, x: Axis, y: Axis, *, width: int = 760, height: int = 340, name: str = "") -> None:
        self.x, self.y = x, y
        self.width, self.height, self.name = width, height, name
        widest = max((len(label) for _, label in y.ticks()), default=0)
        self.left, self.right = min(56 + 6.5 * max(widest - 4, 0), width / 3), width - 16
        self.top, self.bottom = 12, height - 46
        self._parts: list[Markup] = []

    def place(self, point: Point) -> Point:
        """Return where a point of the data stands in the drawing."""
        return (
            round(self.left + self.x.share(point[0]) * (self.right - self.left), 1),
            round(self.bottom - self.y.share(point[1]) * (self.bottom - self.top), 1),
        )

    def line(self, points: Iterable[Point], kind: str, series: int = 0) -> None:
        """Draw a line through points."""
        placed = [self.place(point) for point in points]
        if len(placed) > 1:
            self._parts.append(tag("polyline", points=_path(placed), class_=f"{kind} {series_class(series)}"))
        elif placed:
            self._dot(placed[0], kind, series)

    def band(self, x: Sequence[float], lower: Sequence[float], upper: Sequence[float], series: int = 0) -> None:
        """Fill between two lines."""
        if len(x) < 2:
            return
        edge = [*zip(x, upper, strict=True), *reversed(list(zip(x, lower, strict=True)))]
        self._parts.append(tag("polygon", points=_path(map(self.place, edge)), class_=f"band {series_class(series)}"))

    def dot(self, point: Point, kind: str = "dot", series: int = 0, title: str = "") -> None:
        """Draw a dot; its title is shown where a mouse rests on it."""
        self._dot(self.place(point), kind, series, title)

    def _dot(self, place: Point, kind: str, series: int, title: str = "") -> None:
        x, y = place
        content = tag("title", title) if title else None
        self._parts.append(tag("circle", content, cx=x, cy=y, r=4, class_=f"{kind} {series_class(series)}"))

    def bar(self, start: Point, end: Point, thickness: float, series: int = 0, kind: str = "bar") -> None:
        """Draw a bar from one point to another at the same height, this many pixels thick."""
        (x1, y), (x2, _) = self.place(start), self.place(end)
        self._parts.append(
            tag(
                "rect",
                x=min(x1, x2),
                y=round(y - thickness / 2, 1),
                width=round(max(abs(x2 - x1), 1), 1),
                height=thickness,
                class_=f"{kind} {series_class(series)}",
            )
        )

    def note(self, point: Point, text: str, *, right: float = 8) -> None:
        """Write beside a point."""
        x, y = self.place(point)
        self._parts.append(tag("text", text, x=round(x + right, 1), y=round(y + 4, 1), class_="note"))

    def svg(self) -> Markup:
        """Return the drawing."""
        return tag(
            "svg",
            Markup("").join([*self._frame(), *self._parts]),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width} {self.height}",
            role="img",
            aria_label=self.name,
        )

    def _frame(self) -> list[Markup]:
        found = []
        across = max(2, int((self.right - self.left) / 110))
        for value, label in self.x.ticks(across):
            x, _ = self.place((value, self.y.low))
            if not self.x.labels:
                found.append(tag("line", x1=x, y1=self.top, x2=x, y2=self.bottom, class_="grid"))
            found.append(tag("text", label, x=x, y=self.bottom + 18, text_anchor="middle"))
        for value, label in self.y.ticks(max(2, int((self.bottom - self.top) / 50))):
            _, y = self.place((self.x.low, value))
            if not self.y.labels:
                found.append(tag("line", x1=self.left, y1=y, x2=self.right, y2=y, class_="grid"))
            found.append(tag("text", label, x=self.left - 8, y=y + 4, text_anchor="end"))
        found.append(tag("text", self.x.title, x=self.right, y=self.height - 8, text_anchor="end", class_="axis-title"))
        if self.y.title:
            found.append(tag("text", self.y.title, x=self.left + 6, y=self.top + 10, class_="axis-title"))
        return found


def series_class(series: int) -> str:
    """Return the class of a series' color."""
    return f"series-{series % SERIES}"


def _path(places: Iterable[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)
