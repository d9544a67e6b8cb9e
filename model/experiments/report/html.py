"""A report as one HTML file: it needs no server, no script and nothing from anywhere else, and prints well."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from model.experiments.report.content import Report

_FOLDER = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def to_html(report: Report) -> bytes:
    """Return the file's content; the same report gives the same bytes."""
    style = (_FOLDER / "report.css").read_text(encoding="utf-8")
    checksum = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{checksum}'; img-src data:; base-uri 'none'; form-action 'none'"
    page = _templates.get_template("report.html").render(report=report, style=Markup(style), policy=policy)
    return page.encode()
