"""Curves against amounts and bars by digit hold the values that they are given, and say them."""

import math

import numpy as np

from ui.charts.amount_curves import AmountAxis, Measured, amount_curves
from ui.charts.digit_bars import digit_bars


def test_each_point_says_its_amount_and_its_range():
    points = [Measured(0.0, "0 %", 0.9, 0.9, 0.9), Measured(0.5, "50 %", 0.4, 0.3, 0.6)]
    table, spec = amount_curves([("one", points), ("other", points[:1])], AmountAxis("share", ".0%"), marked=0.5)
    drawn = table[table.kind == "point"]
    assert drawn["at"].tolist() == ["90.0 %", "40.0 % (30.0 % to 60.0 %)", "90.0 %"]
    assert drawn["amount"].tolist() == [0.0, 0.5, 0.0]
    assert table[table.kind == "mark"]["amount"].tolist() == [0.5]
    assert table[table.kind == "guess"]["amount"].tolist() == [0.0, 0.5]
    assert spec["layer"][2]["encoding"]["color"]["scale"]["domain"] == ["one", "other"]


def test_a_chart_without_curves_can_be_drawn():
    table, _ = amount_curves([], AmountAxis("bits", "d", (1.0, 2.0), is_log=True))
    assert set(table.kind) == {"guess"}


def test_bars_show_the_values_before_and_after():
    before, after = np.full(10, 0.9), np.linspace(0, 0.9, 10)
    after[3] = before[3] = math.nan  # a data set without threes
    table, _ = digit_bars(before, after)
    assert table.label.tolist() == ["0", "10", "20", "", "40", "50", "60", "70", "80", "90"]
    assert (table.was[0], table.now[0], table.now[3]) == ("90.0 %", "0.0 %", "–")
    assert np.isfinite(table.after).all()
