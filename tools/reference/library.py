"""The page on the library, from what `model` exports."""

from __future__ import annotations

import inspect
from typing import Any

import model

# What `inspect.signature` cannot tell in one line.
SIGNATURES = {
    "PRESETS": "PRESETS: dict[str, Preset]",
    "TrainingConfig": "TrainingConfig(hidden_sizes=(64, 64), learning_rate=0.01, ...)",
}
SECTIONS = ("Attributes:", "Args:", "Returns:", "Yields:", "Raises:")


def python_page() -> str:
    """Describe what `model` exports."""
    parts = [
        "# Python",
        "What `model` exports is the public interface: `from model import TrainingConfig, train`. The modules inside "
        "may change between versions. Examples are in the [quickstart](../quickstart.md#in-python).",
    ]
    for name in sorted(model.__all__, key=str.lower):
        parts += [f"## {name}", f"```python\n{_signature(name)}\n```"]
        if name not in SIGNATURES or inspect.isclass(getattr(model, name)):
            parts.append(_documentation(getattr(model, name)))
    return "\n\n".join(parts)


def _signature(name: str) -> str:
    """Name the parameters; types and defaults print differently in each version of Python."""
    thing = getattr(model, name)
    if name in SIGNATURES:
        return SIGNATURES[name]
    if isinstance(thing, type) and issubclass(thing, dict):
        return f"{name}({', '.join(f'{key}=...' for key in inspect.get_annotations(thing))})"
    shown: list[str] = []
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in shown:
            shown.append("*")
        shown.append(parameter.name if parameter.default is inspect.Parameter.empty else f"{parameter.name}=...")
    return f"{name}({', '.join(shown)})"


def _documentation(thing: Any) -> str:
    """Return the docstring, with its Google sections as code so that their layout stays."""
    text = inspect.getdoc(thing) or ""
    starts = [index for section in SECTIONS if (index := text.find(f"\n{section}\n")) >= 0]
    if not starts:
        return text
    return f"{text[: min(starts)].strip()}\n\n```text\n{text[min(starts) :].strip()}\n```"
