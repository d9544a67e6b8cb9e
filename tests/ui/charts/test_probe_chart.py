"""The chart of one image shows its ten probabilities, and which digit stands out."""

import numpy as np
import pytest

from tests.ui.charts.drawn import rows_of
from tests.ui.charts.growing_chart import check_growth
from ui.charts.probe_chart import probe_chart
from ui.charts.vega import Figure


def follow(*answers: dict[int, float], label: int | None = None) -> Figure:
    """An image's history, an epoch an answer; what an answer leaves out is shared by the other digits."""
    history = []
    for epoch, answer in enumerate(answers):
        rest = (1 - sum(answer.values())) / (10 - len(answer))
        history.append((float(epoch), [answer.get(digit, rest) for digit in range(10)]))
    return probe_chart(history, 5, label)


def roles(figure: Figure) -> dict[str, str]:
    """The digits that stand out, and as what."""
    lines = rows_of(figure, "line")
    return {digit: role for digit, role in zip(lines.digit, lines.role, strict=True) if role != "other"}


def named(figure: Figure) -> dict[str, float]:
    names = rows_of(figure, "name")
    assert set(names.epoch) <= {rows_of(figure, "line").epoch.max()}
    return dict(zip(names.digit, names.value, strict=True))


def test_every_digit_has_a_line_of_its_probabilities() -> None:
    table = follow({7: 0.1}, {7: 0.55}).table.to_pandas()
    line = table[(table.kind == "line") & (table.digit == "7")]
    assert list(zip(line.epoch, line.value, strict=True)) == [(0, 0.1), (1, 0.55)]
    assert len(table[table.kind == "line"]) == 20


def test_the_right_digit_stands_out_and_so_does_a_wrong_answer() -> None:
    assert roles(follow({7: 0.9}, {7: 0.6})) == {"7": "right"}
    assert roles(follow({7: 0.6}, {7: 0.3, 9: 0.6}, label=7)) == {"7": "right", "9": "wrong"}
    assert roles(follow({9: 0.6}, {7: 0.9}, label=7)) == {"7": "right"}


def test_digits_worth_it_are_named_at_their_probabilities_without_overlap() -> None:
    assert named(follow({7: 0.7, 9: 0.25})) == {"7": 0.7, "9": 0.25}
    assert named(follow({7: 0.98}, label=3)).keys() == {"7", "3"}
    for answer in ({7: 0.34, 9: 0.33, 4: 0.33}, {7: 1.0}, {7: 0.5, 9: 0.5}):
        heights = named(follow(answer, label=7))
        assert set(answer) == set(map(int, heights))
        gaps = np.diff(sorted(heights.values()))
        assert (gaps > 0.07).all()
        assert max(abs(heights[str(digit)] - share) for digit, share in answer.items()) < 0.17
        assert 0 <= min(heights.values()) <= max(heights.values()) <= 1


@pytest.mark.parametrize("label", [None, 3])
def test_the_spec_is_vega_lite_and_stays_the_same_while_data_come_in(label: int | None) -> None:
    def chart(count: int) -> Figure:
        return probe_chart([(e / 9, [0.05] * 9 + [0.1 + e / 1000]) for e in range(count)], 99, label)

    check_growth(chart, "digit")
