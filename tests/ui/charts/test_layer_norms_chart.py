"""Each layer has a line of its norms, by its name."""

import math

import numpy as np
import pytest

from model.training.diagnostics import Diagnostics
from tests.ui.charts.drawn import rows_of
from tests.ui.charts.growing_chart import check_growth
from ui.charts.layer_norms_chart import layer_norms_chart
from ui.charts.vega import Figure

SIZES = (784, 20, 15, 10)


def observe(epoch: float, gradients: tuple[float, ...], updates: tuple[float, ...]) -> Diagnostics:
    return Diagnostics(epoch, round(epoch * 10), (1.0, 1.0, 1.0), gradients, updates, (), np.zeros(5, np.uint8))


@pytest.mark.parametrize("of", ["gradients", "updates"])
def test_each_layer_has_a_line_of_its_norms(of: str) -> None:
    seen = [observe(0.5, (1, 2, 3), (4, 5, 6)), observe(1, (0.1, 0, math.inf), (math.nan, 0.5, 0.6))]
    figure = layer_norms_chart(seen, SIZES, 10, of=of)
    lines = rows_of(figure, "line")
    found = {name: list(zip(part.epoch, part.norm, strict=True)) for name, part in lines.groupby("layer", sort=False)}
    expected = {
        "gradients": {"layer 1": [(0.5, 1), (1, 0.1)], "layer 2": [(0.5, 2)], "answer": [(0.5, 3)]},
        "updates": {"layer 1": [(0.5, 4)], "layer 2": [(0.5, 5), (1, 0.5)], "answer": [(0.5, 6), (1, 0.6)]},
    }
    assert found == expected[of]


def chart(count: int) -> Figure:
    return layer_norms_chart([observe(e / 9, (1, 2, 3 + e), (4, 5, 6)) for e in range(count)], SIZES, 99)


def test_the_spec_is_vega_lite_and_stays_the_same_while_data_come_in() -> None:
    check_growth(chart, "layer")
