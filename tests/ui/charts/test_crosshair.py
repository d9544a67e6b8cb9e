"""The rule under the pointer reads every line at one epoch, and says which setting was changed there."""

import numpy as np

from ui.charts import crosshair
from ui.charts.crosshair import NOTE_REACH, STOPS, Note, Reading


def read(readings: list[Reading], notes: tuple[Note, ...] = (), end: float = 10) -> dict[float, list[str]]:
    """What the tooltip says at each epoch: the values of the lines, then the note."""
    (part,) = crosshair.rows(readings, "{:.1f}".format, end, lambda epoch: epoch / end, notes)
    columns = [part[f"value_{index}"] for index in range(len(readings))]
    return dict(zip(part["epoch"].tolist(), map(list, zip(*columns, part["text"], strict=True)), strict=True))


def line(name: str, *points: tuple[float, float]) -> Reading:
    return Reading(name, *np.array(points, float).reshape(-1, 2).T)


def test_every_line_is_read_at_its_point_nearest_to_the_epoch() -> None:
    found = read([line("a", (0, 1), (1, 2), (2, 3), (9, 4)), line("b", (0, 5), (2, 6)), line("c")])
    assert found == {
        0: ["1.0", "5.0", "", ""],
        1: ["2.0", "6.0", "", ""],
        2: ["3.0", "6.0", "", ""],
        9: ["4.0", "", "", ""],  # b ended long before
    }


def test_a_long_run_has_few_stops_and_its_newest_point_is_one() -> None:
    found = read([line("a", *((step / 100, step) for step in range(901)))])
    assert STOPS / 2 < len(found) <= STOPS + 1
    assert max(found) == 9


def test_near_a_change_the_rule_stands_at_it() -> None:
    steps = [(step / 100, 1.0) for step in range(1001)]
    found = read(
        [line("a", *steps)], (Note(3.141, "dropout: 0.2"), Note(3.15, "momentum: 0.5"), Note(7, "batch size: 1"))
    )
    assert found[3.141] == ["1.0", "dropout: 0.2; momentum: 0.5"]
    assert found[7] == ["1.0", "batch size: 1"]
    for noted in (3.141, 7):
        assert min(abs(epoch - noted) for epoch in found if epoch != noted) > 9.9 * NOTE_REACH


def test_nothing_is_read_where_nothing_is_drawn() -> None:
    assert crosshair.rows([line("a")], str, 10, lambda epoch: epoch / 10) == [{"kind": "unread", "epoch": [10]}]
