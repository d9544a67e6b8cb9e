"""The linked charts of an experiment: the browser draws them, and asks for what is new itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ui.browser import modules
from ui.common.components import component
from ui.state import widget_state

_component = component(__file__)


def show(feed: str, signature: str, look: int, on_open: Callable[[int], None], *, key: str = "study") -> None:
    """Show the experiment that an address tells of.

    Args:
        feed: the address, relative to the page's.
        signature: what the rest of the page shows of it; the page is drawn anew when the address tells another one.
        look: a number that changes when the visitor has told the experiment something.
        on_open: is called with the number of a trial that was clicked.
        key: of the component.
    """

    def opened() -> None:
        value: dict[str, Any] = widget_state.get(key, {})
        if (number := value.get("opened")) is not None:
            on_open(int(number))

    _component(
        key=key,
        data={
            "modules": modules.address("experiments/index.js"),
            "feed": feed,
            "signature": signature,
            "look": look,
        },
        on_opened_change=opened,
        on_signature_change=lambda: None,
    )
