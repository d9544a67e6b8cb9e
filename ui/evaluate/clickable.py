"""HTML whose buttons tell the script what was clicked: each has its value in the attribute `data-choice`."""

from __future__ import annotations

from collections.abc import Callable

from ui.common.components import component
from ui.state import widget_state

_component = component(__file__, html='<div class="clickable"></div>')


def show(html: str, *, key: str, on_choice: Callable[[str], None]) -> None:
    """Show HTML, and call `on_choice` with the value of a button that was clicked, before the script runs again."""

    def choose() -> None:
        values: dict[str, object] = widget_state.get(key, {})
        sent = values.get("choice")
        if isinstance(sent, str):  # the browser may send anything
            on_choice(sent)

    _component(key=key, data={"html": html}, on_choice_change=choose)
