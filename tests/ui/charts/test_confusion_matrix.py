"""The matrix says what its numbers say, in the color that means it; its buttons lead back to their cells."""

import re

import numpy as np
import pytest

from ui.charts import confusion_matrix


@pytest.fixture
def confusion() -> np.ndarray:
    """1,000 images of each digit but the 8, which has none: all predicted correctly, but for some 7s and one 4."""
    counts = np.diag([1000] * 8 + [0, 1000])
    counts[7] = [0, 12, 0, 0, 0, 0, 0, 985, 0, 3]
    counts[4] = [0, 0, 0, 0, 999, 0, 0, 0, 0, 1]
    return counts


def buttons(html: str) -> dict[tuple[int, int], dict[str, str]]:
    """What each button says, by its cell."""
    found = {}
    names = ("kind", "strength", "choice", "pressed", "label", "tab", "count")
    for values in re.findall(
        r'<td class="confusion-(\w+)" style="--strength: (\d+)%"><button type="button" data-choice="([^"]*)" '
        r'aria-pressed="(\w+)" aria-label="([^"]*)"[^>]*tabindex="(-?\d)">([^<]*)<',
        html,
    ):
        button = dict(zip(names, values, strict=True))
        cell = confusion_matrix.cell_of(button["choice"])
        assert cell
        found[cell] = button
    return found


def test_a_cell_says_what_was_predicted_as_what(confusion: np.ndarray) -> None:
    found = buttons(confusion_matrix.confusion_matrix(confusion, clickable=True))
    assert found.keys() == {(int(row), int(column)) for row, column in np.argwhere(confusion)}
    assert found[7, 1]["label"] == "7 predicted as 1: 12 images (1.2 %)"
    assert found[4, 9]["label"] == "4 predicted as 9: 1 image (0.1 %)"
    assert found[1, 1]["label"] == "1 predicted as 1: 1,000 images (100.0 %)"
    assert {cell: int(button["count"].replace(",", "")) for cell, button in found.items()} == {
        cell: confusion[cell] for cell in found
    }


def test_one_mistake_among_a_thousand_right_answers_shows(confusion: np.ndarray) -> None:
    found = buttons(confusion_matrix.confusion_matrix(confusion, clickable=True))
    assert {cell for cell, button in found.items() if button["kind"] == "wrong"} == {(7, 1), (7, 9), (4, 9)}
    strengths = {cell: int(button["strength"]) for cell, button in found.items() if button["kind"] == "wrong"}
    assert 10 < strengths[4, 9] < strengths[7, 9] < strengths[7, 1]


def test_the_chosen_cell_alone_is_pressed_and_reached_by_the_tab_key(confusion: np.ndarray) -> None:
    found = buttons(confusion_matrix.confusion_matrix(confusion, (7, 1), clickable=True))
    assert [cell for cell, button in found.items() if button["pressed"] == "true"] == [(7, 1)]
    assert [cell for cell, button in found.items() if button["tab"] == "0"] == [(7, 1)]


def test_a_matrix_that_is_not_clickable_has_no_buttons(confusion: np.ndarray) -> None:
    assert "<button" not in confusion_matrix.confusion_matrix(confusion)


@pytest.mark.parametrize("choice", ["", "7", "7-", "7-10", "-1-3", "٣-3", "7-1-2", "a-b", "7-1\n"])
def test_an_invalid_choice_has_no_cell(choice: str) -> None:
    assert confusion_matrix.cell_of(choice) is None


def test_the_most_frequent_mistake_is_found(confusion: np.ndarray) -> None:
    assert confusion_matrix.largest_mistake(confusion) == (7, 1)
    assert confusion_matrix.largest_mistake(np.diag(np.full(10, 5))) is None
