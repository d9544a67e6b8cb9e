"""Charts for a projector: all text is large and lines are thick; what is drawn stays what it was."""

import json
from collections.abc import Iterator
from typing import Any

import altair as alt
import pytest

from tests.ui.charts.test_learning_curves import learn
from ui.charts import projector
from ui.charts.curve_lines import Curve
from ui.charts.learning_curves import accuracy_curve, loss_curve
from ui.charts.probe_chart import probe_chart
from ui.charts.vega import Figure

FIGURES = {
    "loss": loss_curve([Curve("run", learn(3), current=True), Curve("other", learn(2))], 3),
    "accuracy": accuracy_curve([Curve("run", learn(3), current=True)], 3),
    "probe": probe_chart([(0.0, [0.1] * 10), (1.0, [0.1] * 10)], 1, 3),
}


def numbers(part: Any, *names: str) -> Iterator[float]:
    """The numbers under such names, wherever they stand."""
    for name, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if name in names and isinstance(value, int | float):
            yield value
        yield from numbers(value, *names)


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_tall_and_its_type_large(figure: Figure) -> None:
    before = json.dumps(figure.spec)
    large = projector.enlarged(figure, 648)
    assert json.dumps(figure.spec) == before
    assert large.spec["height"] == 648
    sizes = list(numbers(large.spec, "fontSize", "labelFontSize", "titleFontSize"))
    assert len(sizes) == len(list(numbers(figure.spec, "fontSize", "labelFontSize", "titleFontSize"))) > 0
    assert min(sizes) >= projector.SMALLEST_TEXT
    assert large.table is figure.table
    assert large.spec["layer"][0]["transform"] == figure.spec["layer"][0]["transform"]
    alt.Chart.from_dict({**large.spec, "data": {"name": "rows"}}, validate=True)


def test_lines_are_twice_as_thick_also_where_the_width_depends_on_the_row() -> None:
    spec = {"height": 10, "strokeWidth": {"condition": {"test": "datum.x == 1", "value": 1.5}, "value": 2.5}}
    large = projector.enlarged(Figure(FIGURES["loss"].table, spec), 20).spec
    assert large["strokeWidth"] == {"condition": {"test": "datum.x == 1", "value": 3}, "value": 5}
    assert projector.enlarged(Figure(FIGURES["loss"].table, {"clip": True, "opacity": {"value": 1}}), 20).spec == {
        "clip": True,
        "opacity": {"value": 1},
        "height": 20,
    }
