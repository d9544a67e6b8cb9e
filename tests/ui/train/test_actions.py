from types import SimpleNamespace

import pytest

from ui.train import actions


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What reaches the training of a page whose clock stands at `clock[0]`."""
    given: list[object] = []
    monkeypatch.setattr(actions, "st", SimpleNamespace(session_state={}))
    monkeypatch.setattr(actions, "_order", given.append)
    return given


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(actions, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_a_click_whose_message_comes_twice_is_obeyed_once(orders: list[object], clock: list[float]) -> None:
    actions._click("pause", "pause")
    clock[0] += 3  # however long it takes to draw the page
    actions.mark_click_handled()
    clock[0] += actions.SECONDS_OF_AN_ECHO / 2
    actions._click("pause", "resume")  # as the button says by now
    assert orders == ["pause"]


def test_clicks_one_after_the_other_are_all_obeyed(orders: list[object], clock: list[float]) -> None:
    for key, order in (("pause", "pause"), ("step", "a step"), ("pause", "resume")):  # at once: different buttons
        actions._click(key, order)
        actions.mark_click_handled()
    for _ in range(3):
        clock[0] += actions.SECONDS_OF_AN_ECHO * 1.5
        actions._click("pause", "pause")
        actions.mark_click_handled()
    assert orders == ["pause", "a step", "resume", "pause", "pause", "pause"]
