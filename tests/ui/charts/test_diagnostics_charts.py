"""What goes on inside a network is drawn as it is: units in order, layers by name, an image's ten probabilities."""

import base64
import json
import math
from collections.abc import Callable
from io import BytesIO

import altair as alt
import numpy as np
import pytest
from PIL import Image

from model.training.diagnostics import Diagnostics
from ui.charts.diagnostics_charts import POINTS_SHOWN, followed_chart, layers_chart, weights_picture
from ui.charts.vega import Figure
from ui.common import theme

SIZES = (784, 20, 15, 10)


def observe(epoch: float, gradients: tuple[float, ...], updates: tuple[float, ...]) -> Diagnostics:
    return Diagnostics(epoch, round(epoch * 10), (1.0, 1.0, 1.0), gradients, updates, (), np.zeros(5, np.uint8))


def tiles(address: str, columns: int) -> np.ndarray:
    """The middle of each tile, as red, green and blue, (rows, columns, 3)."""
    picture = np.asarray(Image.open(BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB"))
    assert picture.shape[1] == columns * 60 - 4
    return picture[28::60, 28::60]


def units(*strengths: float) -> np.ndarray:
    """Weights (784, units): each unit's are all `strength`."""
    return np.tile(np.array(strengths, np.float32), (784, 1))


def test_a_tile_is_orange_where_ink_speaks_for_its_unit_and_blue_where_against() -> None:
    found = tiles(weights_picture(units(0.5, -2, 0)), columns=3)
    assert found.tolist() == [[[*theme.TILE_FOR], [*theme.TILE_AGAINST], [*theme.TILE_NEUTRAL]]]


def test_units_stand_in_rows_as_they_are_or_the_strongest_first() -> None:
    weights = units(1, -3, 2, -0.5, 4)
    assert weights_picture(weights, columns=2) != weights_picture(weights, columns=2, order="strongest first")
    assert weights_picture(weights, order="strongest first") == weights_picture(weights[:, [4, 1, 2, 0, 3]])
    signs = tiles(weights_picture(weights, columns=2), columns=2)[..., 0] == theme.TILE_FOR[0]
    assert signs.tolist() == [[True, False], [True, False], [True, False]]  # the last place is the gap's


def test_the_strongest_are_looked_for_among_all_units() -> None:
    weights = np.random.default_rng(0).normal(size=(784, 100)).astype(np.float32)
    weights[:, 99] = 5
    first = tiles(weights_picture(weights, order="strongest first"), columns=16)[0, 0]
    assert first.tolist() == [*theme.TILE_FOR]


@pytest.mark.parametrize("of", ["gradients", "updates"])
def test_each_layer_has_a_line_of_its_norms(of: str) -> None:
    seen = [observe(0.5, (1, 2, 3), (4, 5, 6)), observe(1, (0.1, 0, math.inf), (math.nan, 0.5, 0.6))]
    figure = layers_chart(seen, SIZES, 10, of=of)
    lines = figure.table[figure.table.kind == "line"]
    found = {name: list(zip(part.epoch, part.norm, strict=True)) for name, part in lines.groupby("layer", sort=False)}
    expected = {
        "gradients": {"layer 1": [(0.5, 1), (1, 0.1)], "layer 2": [(0.5, 2)], "answer": [(0.5, 3)]},
        "updates": {"layer 1": [(0.5, 4)], "layer 2": [(0.5, 5), (1, 0.5)], "answer": [(0.5, 6), (1, 0.6)]},
    }
    assert found == expected[of]


def follow(*answers: dict[int, float], label: int | None = None) -> Figure:
    """An image's history, an epoch an answer; what an answer leaves out is shared by the other digits."""
    history = []
    for epoch, answer in enumerate(answers):
        rest = (1 - sum(answer.values())) / (10 - len(answer))
        history.append((float(epoch), [answer.get(digit, rest) for digit in range(10)]))
    return followed_chart(history, 5, label)


def roles(figure: Figure) -> dict[str, str]:
    """The digits that stand out, and as what."""
    lines = figure.table[figure.table.kind == "line"]
    return {digit: role for digit, role in zip(lines.digit, lines.role, strict=True) if role != "other"}


def named(figure: Figure) -> dict[str, float]:
    names = figure.table[figure.table.kind == "name"]
    assert set(names.epoch) <= {figure.table.epoch.max()}
    return dict(zip(names.digit, names.value, strict=True))


def test_every_digit_has_a_line_of_its_probabilities() -> None:
    table = follow({7: 0.1}, {7: 0.55}).table
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
        places = named(follow(answer, label=7))
        assert set(answer) == set(map(int, places))
        apart = np.diff(sorted(places.values()))
        assert (apart > 0.07).all()
        assert max(abs(places[str(digit)] - share) for digit, share in answer.items()) < 0.17
        assert 0 <= min(places.values()) <= max(places.values()) <= 1


CHARTS = [
    lambda count: layers_chart([observe(e / 9, (1, 2, 3), (4, 5, 6)) for e in range(count)], SIZES, 99),
    lambda count: followed_chart([(e / 9, [0.1 + e / 1000] * 10) for e in range(count)], 99),
    lambda count: followed_chart([(e / 9, [0.05] * 9 + [0.55]) for e in range(count)], 99, label=3),
]


@pytest.mark.parametrize("draw", CHARTS)
def test_the_spec_is_vega_lite_and_stays_the_same_while_data_come_in(draw: Callable[[int], Figure]) -> None:
    specs = {json.dumps(draw(count).spec) for count in (0, 1, 2, 500)}
    assert len(specs) == 1
    alt.LayerChart.from_dict(json.loads(specs.pop()))  # raises where the schema is broken
    assert draw(0).table.empty
    assert 60 <= draw(500).table.epoch.nunique() <= POINTS_SHOWN
