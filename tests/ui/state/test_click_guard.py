"""A click is obeyed once, also if it comes twice."""

import threading
from collections.abc import Callable

import pytest

from ui.state.click_guard import ClickGuard


class Buttons:
    """A tab's buttons: which of their clicks are obeyed."""

    def __init__(self) -> None:
        self.guard = ClickGuard()
        self.obeyed: list[str] = []

    def click(self, key: str) -> Callable[[], None]:
        return lambda: self.obeyed.append(key) if self.guard.accept(key) else None


@pytest.fixture
def buttons() -> Buttons:
    return Buttons()


def in_a_thread(*steps: Callable[[], None]) -> None:
    """Do something as Streamlit does what it was asked for at once, before it has answered."""
    thread = threading.Thread(target=lambda: [step() for step in steps])
    thread.start()
    thread.join()


def test_a_click_whose_message_comes_twice_is_obeyed_once(buttons: Buttons) -> None:
    drawn, pause = buttons.guard.mark_drawn, buttons.click("pause")
    in_a_thread(pause, drawn, pause, drawn)
    assert buttons.obeyed == ["pause"]
    in_a_thread(pause, pause, drawn)  # another part was drawn in between
    assert buttons.obeyed == ["pause", "pause"]


def test_a_click_after_the_answer_is_obeyed_however_soon_it_comes(buttons: Buttons) -> None:
    for _ in range(3):
        in_a_thread(buttons.click("step"), buttons.guard.mark_drawn)
    assert buttons.obeyed == ["step"] * 3


def test_other_clicks_that_come_before_the_answer_are_obeyed(buttons: Buttons) -> None:
    drawn, step = buttons.guard.mark_drawn, buttons.click("step")
    in_a_thread(buttons.click("pause"), drawn, step, drawn)
    in_a_thread(step, drawn, drawn, step, drawn)
    assert buttons.obeyed == ["pause", "step", "step", "step"]
