"""A live figure's parts: rows of one table, and an axis that grows."""

import math

import numpy as np
import pytest

from ui.charts import vega


def test_the_x_axis_grows_in_steps_up_to_the_runs_epochs() -> None:
    assert [vega.axis_end(0, epochs) for epochs in (1, 3, 10, 15, 10_000)] == [1, 3, 10, 10, 10]
    ends = [vega.axis_end(reached, 300) for reached in (9.9, 10, 10.1, 21, 50, 51, 101, 200, 201, 300)]
    assert ends == [10, 10, 20, 50, 50, 100, 200, 200, 300, 300]


def test_names_are_spread_without_leaving_the_chart() -> None:
    assert vega.spread(np.array([0.2, 0.8]), 0.1) == pytest.approx([0.2, 0.8])
    assert vega.spread(np.array([1.0, 1.0, 0.0]), 0.1) == pytest.approx([0.9, 1.0, 0.0])
    assert vega.spread(np.array([0.5, 0.45]), 0.1) == pytest.approx([0.55, 0.45])


def test_a_table_joins_parts_and_fills_what_they_leave_out() -> None:
    parts = [{"epoch": [1, 2], "kind": "line", "value": [0.5, 0.25]}, {"epoch": [3.0], "text": "changed"}]
    found = vega.table(parts, {"kind": object, "epoch": float, "value": float, "text": object})
    assert found.to_pydict() == {
        "kind": ["line", "line", ""],
        "epoch": [1.0, 2.0, 3.0],
        "value": [0.5, 0.25, None],
        "text": ["", "", "changed"],
    }


def test_a_table_of_nothing_still_has_its_columns() -> None:
    assert vega.table([], {"kind": object, "epoch": float}).column_names == ["kind", "epoch"]


def test_a_missing_value_of_a_table_is_null_and_not_nan() -> None:
    found = vega.table([{"epoch": [1.0], "value": [math.nan]}], {"epoch": float, "value": float})
    assert found["value"].null_count == 1
