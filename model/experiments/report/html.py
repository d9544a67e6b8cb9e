"""A report as one HTML file: it needs no server, no script and nothing from anywhere else, and prints well."""

from __future__ import annotations

from pathlib import Path

from model.experiments.report.content import Report
from model.export.standalone import standalone_page

_FOLDER = Path(__file__).parent


def to_html(report: Report) -> bytes:
    """Return the file's content; the same report gives the same bytes."""
    style = (_FOLDER / "report.css").read_text(encoding="utf-8")
    return standalone_page(_FOLDER / "report.html", report.title, style, report=report)
