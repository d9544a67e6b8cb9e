"""Charts are drawn anew only when a run has gone on, and the points of a curve are converted once."""

import numpy as np

from model.training.history import ConfigChange
from tests.ui.charts.test_learning_curves import learn
from ui.charts.curve_charts import CurveCharts, identity
from ui.charts.curve_columns import columns
from ui.charts.curve_lines import Curve
from ui.charts.learning_curves import PLAIN


def test_a_curve_is_the_same_until_points_or_changes_come_or_it_is_drawn_in_another_way() -> None:
    points, changes = learn(3), [ConfigChange(0.5, 5, {"dropout": 0.2})]
    mine = Curve("mine", points, changes, current=True)
    assert identity(mine) == identity(Curve("mine", points, changes, current=True))
    others = (
        mine._replace(points=[*points]),
        mine._replace(changes=[*changes]),
        mine._replace(name="yours"),
        mine._replace(current=False),
        mine._replace(baseline=True),
    )
    assert len({identity(curve) for curve in (mine, *others)}) == 6


def test_charts_hold_both_figures_and_what_is_said_of_the_curves() -> None:
    found = CurveCharts.of([Curve("mine", learn(5), current=True)], 10, PLAIN)
    assert [*found.figures] == ["Loss", "Accuracy"]
    assert found.summary.startswith("mine, epoch 5: loss ")
    assert found.suggests_log


def test_points_are_converted_once_and_again_when_one_has_come() -> None:
    points = learn(2)
    first = columns(points)
    assert columns(points) is first
    longer = columns([*points, points[-1]._replace(epoch=3.0)])
    assert len(longer.epoch) == len(first.epoch) + 1
    assert longer.epoch[-1] == 3


def test_values_that_were_not_measured_are_nan() -> None:
    found = columns(learn(1, validated=False))
    assert np.isnan(found.validation_loss).all()
    assert np.isnan(found.loss[0])
    assert np.isfinite(found.loss[1:]).all()
    assert all(len(column) == 0 for column in columns([]))
