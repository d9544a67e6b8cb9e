"""A tab keeps what it computed last."""

import pytest

from ui.state.tab_state import LastValue


def test_a_value_is_computed_once_for_each_key_in_a_row() -> None:
    computed: list[int] = []

    def square(number: int) -> int:
        return last.get(number, lambda: computed.append(number) or number**2)

    last: LastValue[int] = LastValue()
    assert [square(2), square(2), square(3), square(2)] == [4, 4, 9, 4]
    assert computed == [2, 3, 2]


def test_a_value_that_could_not_be_computed_is_computed_again() -> None:
    last: LastValue[int] = LastValue()
    assert last.get("a", lambda: 1) == 1
    with pytest.raises(ZeroDivisionError):
        last.get("b", lambda: 1 // 0)
    assert last.get("b", lambda: 2) == 2
    assert last.get("a", lambda: 3) == 3
