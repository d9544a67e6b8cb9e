"""HTML fragments from Jinja2 templates: each lies beside the module that fills it, and every value is escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ui.common import formatting

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["percent"] = formatting.percent
_environment.filters["image_count"] = formatting.image_count


def render(name: str, **values: object) -> str:
    """Fill a template with values.

    Args:
        name: the template's path in ui/, such as "draw/headline.html".
    """
    return _environment.get_template(name).render(values)
