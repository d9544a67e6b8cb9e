import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from ui.train import actions

HANDLED = actions.mark_click_handled


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What reaches the training of a page."""
    given: list[object] = []
    monkeypatch.setattr(actions, "st", SimpleNamespace(session_state={}))
    monkeypatch.setattr(actions, "_send", given.append)
    return given


def in_a_thread(*steps: Callable[[], None]) -> None:
    """Do something as Streamlit does what it was asked for at once, before it has answered."""
    thread = threading.Thread(target=lambda: [step() for step in steps])
    thread.start()
    thread.join()


def click(key: str, order: object) -> Callable[[], None]:
    return lambda: actions._click(key, order)


def test_a_click_whose_message_comes_twice_is_obeyed_once(orders: list[object]) -> None:
    second_says = "resume"  # as the button does by now
    in_a_thread(click("pause", "pause"), HANDLED, click("pause", second_says), HANDLED)
    in_a_thread(click("pause", "resume"), click("pause", "pause"), HANDLED)  # another part was drawn
    assert orders == ["pause", "resume"]


def test_a_click_after_the_answer_is_obeyed_however_soon_it_comes(orders: list[object]) -> None:
    for _ in range(3):
        in_a_thread(click("step", "a step"), HANDLED)
    assert orders == ["a step"] * 3


def test_other_clicks_that_come_before_the_answer_are_obeyed(orders: list[object]) -> None:
    in_a_thread(click("pause", "pause"), HANDLED, click("step", "a step"), HANDLED)
    in_a_thread(
        click("step", "a step"),
        HANDLED,
        HANDLED,
        click("step", "a step"),
        HANDLED,
    )
    assert orders == ["pause", "a step", "a step", "a step"]
