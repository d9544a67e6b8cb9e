"""A live figure's parts: rows of one table, and no more points than a screen has room for."""

import math
from itertools import pairwise

import numpy as np
import pytest

from ui.charts import vega


@pytest.mark.parametrize("count", [0, 1, 2, 399, 400, 401, 402, 799, 800, 4000, 100_003])
def test_a_line_is_downsampled_evenly_and_keeps_both_ends(count: int) -> None:
    indices = vega.downsampled(count).tolist()
    assert len(indices) == count if count <= vega.MAX_POINTS else vega.MAX_POINTS / 2 <= len(indices) <= vega.MAX_POINTS
    assert indices == sorted(set(indices))
    assert indices[:1] + indices[-1:] == ([0, count - 1] if count else [])
    gaps = [after - before for before, after in pairwise(indices[:-1])]
    assert len(set(gaps)) <= 1


def test_few_points_of_a_line_have_tooltips() -> None:
    line = {"kind": "line", "name": "a", "epoch": np.arange(500.0), "value": np.arange(500.0) ** 2}
    found = vega.hover_rows(line)
    assert (found["kind"], found["name"]) == ("hover", "a")
    assert vega.MAX_HOVER_POINTS / 2 <= len(found["epoch"]) <= vega.MAX_HOVER_POINTS
    assert (found["epoch"][0], found["epoch"][-1]) == (0, 499)
    assert (found["value"] == found["epoch"] ** 2).all()


def test_a_table_joins_parts_and_fills_what_they_leave_out() -> None:
    parts = [{"epoch": [1, 2], "kind": "line", "value": [0.5, 0.25]}, {"epoch": [3.0], "text": "changed"}]
    found = vega.table(parts, {"kind": object, "epoch": float, "value": float, "text": object})
    assert found.to_dict("list") == {
        "kind": ["line", "line", ""],
        "epoch": [1.0, 2.0, 3.0],
        "value": [0.5, 0.25, pytest.approx(math.nan, nan_ok=True)],
        "text": ["", "", "changed"],
    }


def test_a_table_of_nothing_still_has_its_columns() -> None:
    assert list(vega.table([], {"kind": object, "epoch": float}).columns) == ["kind", "epoch"]
