"""What the browser asks of the strip is done if it makes sense, and else ignored."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.screens import SECONDS, sound


def two_drawings(actions: list) -> None:  # run as a script of its own, which knows no imports but those in it
    """A visit with drawing 1 in the log, and drawing 2 on the paper."""
    import numpy as np
    import streamlit as st

    from model.ink import Drawing
    from ui import state
    from ui.draw import drawing_strip
    from ui.state.sheet import Content

    state.begin()
    log, sheet = state.visitor().drawings, state.tab().sheet
    for at in (10.0, 50.0):
        drawing = Drawing((np.array([[at, 20.0], [at + 30, 90.0]]),))
        sheet.put(Content(drawing, log.update(None, drawing, "", "1")))
    for action in actions:
        drawing_strip.handle_action(action)
    place = float(sheet.content.drawing.strokes[0][0, 0]) if sheet.content.drawing.strokes else None
    st.text(str(([(logged.number, logged.drawing.label) for logged in log.drawings], sheet.content.number, place)))


def after(*actions: dict[str, Any]) -> Any:
    screen = sound(
        AppTest.from_function(two_drawings, kwargs={"actions": list(actions)}, default_timeout=SECONDS).run()
    )
    return screen.text[0].value


@pytest.mark.parametrize(
    ("action", "log_number_and_place"),
    [
        ({"name": "show", "number": 1}, ([(1, None), (2, None)], 1, 10.0)),
        ({"name": "show", "number": 2}, ([(1, None), (2, None)], 2, 50.0)),
        ({"name": "label", "number": 2, "label": "7"}, ([(1, None), (2, "7")], 2, 50.0)),
        ({"name": "delete", "number": 1}, ([(2, None)], 2, 50.0)),
        ({"name": "delete", "number": 2}, ([(1, None)], None, None)),
        ({"name": "delete_all"}, ([], None, None)),
        *(
            (nonsense, ([(1, None), (2, None)], 2, 50.0))
            for nonsense in (
                {},
                {"name": "show", "number": 3},
                {"name": "show", "number": [1]},
                {"name": "label", "number": 2, "label": "<b>"},
                {"name": "label", "number": 2, "label": 7},
                {"name": "label", "number": 2, "label": ["7"]},
                {"name": {"delete": 1}, "number": 1},
            )
        ),
    ],
    ids=str,
)
def test_valid_actions_are_carried_out_and_others_ignored(
    action: dict[str, Any], log_number_and_place: tuple[Any, ...]
) -> None:
    assert after(action) == str(log_number_and_place)
