"""The legend of the charts: a click on a line's name hides or shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model import browser
from ui.charts.curve_lines import Line
from ui.common.components import component
from ui.state import widget_state
from ui.train import chart_options
from ui.train.chart_options import ChartOptions

KEY = "legend"

_component = component(__file__, css=browser.style_sheet("visually_hidden"))


def show(lines: Sequence[Line], options: ChartOptions, summary: str) -> None:
    """The lines as buttons, and a summary of the curves for screen readers.

    Args:
        lines: those of all runs, also of the hidden ones.
        summary: the course of the curves in words.
    """
    entries = [entry(line, options) for line in lines]
    _component(key=KEY, data={"entries": entries, "summary": summary}, on_toggled_change=_toggle)


def entry(line: Line, options: ChartOptions) -> dict[str, Any]:
    """A line as the browser shows it."""
    is_run = not line.curve.current
    shown = line.curve.name in (*options.compared, options.baseline) if is_run else line.name not in options.hidden
    return {
        "line": line.curve.name if is_run else line.name,
        "name": line.name,
        "color": line.color,
        "dash": list(line.dash),
        "width": 1.5 if line.name == "training" else 2.5,
        "shown": shown,
        "run": is_run,
    }


def _toggle() -> None:
    value: dict[str, Any] = widget_state.get(KEY, {})
    if clicked := value.get("toggled"):
        show_line = chart_options.show_run if clicked["run"] else chart_options.show_own_line
        show_line(clicked["line"], show=bool(clicked["show"]))
