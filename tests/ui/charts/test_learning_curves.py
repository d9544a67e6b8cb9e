"""Learning curves show what was measured, tell runs apart, and say nothing about their data in their spec."""

import itertools
import json
import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace

import altair as alt
import numpy as np
import pytest

from model.training.history import ConfigChange, HistoryPoint
from tests.ui.charts.drawn import rows_of
from ui.charts.curve_lines import Curve, smoothed
from ui.charts.learning_curves import Look, accuracy_curve, describe_changes, loss_curve, suggests_log
from ui.charts.vega import MAX_POINTS, Figure, axis_end
from ui.common import theme

BOTH = pytest.mark.parametrize("draw", [loss_curve, accuracy_curve])
CHANGES = (ConfigChange(0.5, 5, {"learning_rate": 0.01}), ConfigChange(2.5, 25, {"dropout": 0.2, "batch_size": 128}))


def learn(epochs: int, per_epoch: int = 4, *, validated: bool = True, rate: float = 1.0) -> list[HistoryPoint]:
    """A training whose loss is exp(-rate x epoch), and whose accuracy is 1 minus that."""
    points = []
    for step in range(epochs * per_epoch + 1):
        epoch, measured = step / per_epoch, validated and step % per_epoch == 0
        loss = math.exp(-rate * epoch)
        trained = (loss, 1 - loss) if step else (math.nan, math.nan)  # nothing was learned from before the first step
        validation = (1.5 * loss, 1 - loss / 2) if measured else (None, None)
        points.append(HistoryPoint(epoch, step, *trained, *trained, *validation, 0.001))
    return points


def rows(figure: Figure, kind: str, series: str | None = None) -> list[tuple[float, float]]:
    found = rows_of(figure, kind)
    found = found if series is None else found[found.series == series]
    return list(zip(found.epoch, found.value, strict=True))


def legend(figure: Figure) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Each line's color and dashes, by its name."""
    lines = next(layer["encoding"] for layer in figure.spec["layer"] if "color" in layer.get("encoding", {}))
    color, dash = lines["color"]["scale"], lines["strokeDash"]["scale"]
    assert color["domain"] == dash["domain"]
    return dict(zip(color["domain"], zip(color["range"], dash["range"], strict=True), strict=True))


@BOTH
@pytest.mark.parametrize("settings", [{}, {"log": True, "log_epochs": True, "smoothing": 0.9, "snapshot_epoch": 1.0}])
def test_the_spec_is_vega_lite(draw: Callable[..., Figure], settings: dict) -> None:
    curves = [Curve("a", learn(3), CHANGES, current=True), Curve("b", learn(2), baseline=True), Curve("c", learn(1))]
    figure = draw(curves, 3, Look(**settings))
    alt.LayerChart.from_dict(json.loads(json.dumps(figure.spec)))  # raises where the schema is broken
    drawn = {kind for layer in figure.spec["layer"] for kind in layer["transform"][0]["filter"].split("'")[1::2]}
    assert set(figure.table.to_pandas().kind) <= drawn
    named = {f'"{name}"' for name in ("y", *figure.table.column_names)}
    used = {f'"{field}"' for field in fields(figure.spec)}
    assert used <= named


def fields(spec: object) -> list[str]:
    """Every field that a spec encodes."""
    if isinstance(spec, dict):
        own = [spec["field"]] if "field" in spec else []
        return own + [name for value in spec.values() for name in fields(value)]
    return [name for value in spec for name in fields(value)] if isinstance(spec, list) else []


@BOTH
@pytest.mark.parametrize("settings", [{}, {"log": True, "log_epochs": True, "smoothing": 0.5}])
def test_the_spec_stays_the_same_while_points_and_changes_come_in(draw: Callable[..., Figure], settings: dict) -> None:
    """Streamlit would recreate a chart whose spec changes."""

    def at(points: Sequence[HistoryPoint], changes: Sequence[ConfigChange], snapshot_epoch: float | None = None) -> str:
        curves = [Curve("earlier", learn(5)), Curve("mine", points, changes, current=True)]
        end = axis_end(max(5, points[-1].epoch if points else 0), 99)
        return json.dumps(draw(curves, end, Look(snapshot_epoch=snapshot_epoch, **settings)).spec)

    whole = learn(12, 100)
    specs = {at(whole[:count], ()) for count in (0, 1, 2, 399, 401, 801, 1201)}
    assert len(specs | {at(whole, CHANGES[:1]), at(whole, CHANGES), at(whole, CHANGES, 2.0)}) == 1


def test_the_current_run_shows_training_and_validation_as_measured() -> None:
    points = learn(2)
    figure = loss_curve([Curve("mine", points, current=True)], 2)
    assert rows(figure, "line", "training") == [(point.epoch, point.loss) for point in points[1:]]
    assert rows(figure, "line", "validation") == [(e, 1.5 * math.exp(-e)) for e in (0, 1, 2)]
    figure = accuracy_curve([Curve("mine", points, current=True)], 2)
    assert rows(figure, "line", "training") == [(point.epoch, point.accuracy) for point in points[1:]]
    assert rows(figure, "line", "validation") == [(e, 1 - math.exp(-e) / 2) for e in (0, 1, 2)]
    assert {name: color for name, (color, _) in legend(figure).items()} == {
        "training": theme.TRAINING,
        "validation": theme.VALIDATION,
    }


def test_other_runs_show_their_validation_or_say_that_it_is_training() -> None:
    figure = loss_curve([Curve("a", learn(1)), Curve("b", learn(1, validated=False))], 1)
    assert list(legend(figure)) == ["a", "b, training"]
    assert [epoch for epoch, _ in rows(figure, "line", "a")] == [0, 1]
    assert [epoch for epoch, _ in rows(figure, "line", "b, training")] == [0.25, 0.5, 0.75, 1]


def test_what_is_not_finite_is_left_out() -> None:
    points = [point._replace(loss=value) for point, value in zip(learn(1), (1, math.inf, math.nan, 2, 3), strict=True)]
    figure = loss_curve([Curve("mine", points, current=True)], 1)
    assert [value for _, value in rows(figure, "line", "training")] == [1, 2, 3]


@BOTH
def test_nothing_learned_yet_is_an_empty_chart(draw: Callable[..., Figure]) -> None:
    for curves in ([], [Curve("mine", [], current=True)], [Curve("mine", learn(1)[:1], current=True)]):
        assert not rows(draw(curves, 10, Look(smoothing=0.5, log_epochs=True)), "line", "training")


def test_a_long_run_is_downsampled() -> None:
    figure = loss_curve([Curve("mine", learn(10, 400), current=True)], 10, Look(smoothing=0.9))
    for kind in ("line", "raw"):
        assert MAX_POINTS / 2 <= len(rows(figure, kind, "training")) <= MAX_POINTS
    assert rows(figure, "raw", "training")[-1] == (10, math.exp(-10))


def test_the_beginning_and_every_peak_stay_however_long_a_run_goes_on() -> None:
    spiked = [point._replace(loss=8761.0 if point.step == 4 else point.loss) for point in learn(40, 100)]
    for count in (5, 50, 130, 131, 200, 1000, 2999, 4001):
        shown = rows(loss_curve([Curve("mine", spiked[:count], current=True)], 40), "line", "training")
        assert (0.04, 8761.0) in shown
        assert shown[:8] == [(point.epoch, point.loss) for point in spiked[1 : min(count, 9)]]
        assert len(shown) <= MAX_POINTS


def test_before_the_first_run_there_are_axes_that_its_curves_come_into() -> None:
    for draw, ends in ((loss_curve, [0, 2.5]), (accuracy_curve, [0, 1])):
        for curves in ([], [Curve("mine", [], current=True)]):
            frame = rows(draw(curves, 10), "frame")
            assert [epoch for epoch, _ in frame] == [0, 10]
            assert [value for _, value in frame] == ends
    frame = rows(loss_curve([Curve("mine", learn(2), current=True)], 5), "frame")
    assert [epoch for epoch, _ in frame] == [0, 5]
    assert len({value for _, value in frame} & {point.loss for point in learn(2)}) == 1  # which moves no axis


def test_each_validation_is_a_dot_and_each_line_ends_with_its_name() -> None:
    figure = loss_curve([Curve("mine", learn(2), current=True), Curve("lr 0.1", learn(5))], 10)
    assert rows(figure, "dot", "validation") == rows(figure, "line", "validation")
    assert rows(figure, "dot", "lr 0.1") == rows(figure, "line", "lr 0.1")
    assert not rows(figure, "dot", "training")
    names = rows_of(figure, "label")
    assert dict(zip(names.text, names.epoch, strict=True)) == {"training": 2, "validation": 2, "lr 0.1": 5}
    heights = sorted(names.value / 1.5)  # the highest loss
    assert min(np.diff(heights)) > 0.07


def test_a_line_that_is_hidden_keeps_its_place_in_the_spec() -> None:
    curves = [Curve("mine", learn(2), current=True), Curve("lr 0.1", learn(2))]
    figure = loss_curve(curves, 2, Look(hidden=frozenset(["training"])))
    assert figure.spec == loss_curve(curves, 2).spec
    assert set(figure.table.to_pandas().series) == {"", "validation", "lr 0.1"}
    assert [epoch for epoch, _ in rows(figure, "line", "lr 0.1")] == [0, 1, 2]


def test_a_logarithmic_axis_is_offered_where_losses_lie_far_apart() -> None:
    assert not suggests_log([])
    assert not suggests_log([Curve("mine", learn(4), current=True)])
    assert suggests_log([Curve("mine", learn(5), current=True)])
    one = learn(1)[1]
    assert suggests_log([Curve("other", [one._replace(loss=value) for value in (2.3, math.nan, 8761, math.inf)])])
    assert not suggests_log([Curve("other", [one, one._replace(loss=1e-4)])])  # an easy batch


def test_runs_are_told_apart_without_colors() -> None:
    """As a color-blind reader sees them, or in grayscale: by their dashes, and else by the names at their ends."""
    curves = [Curve(f"run {index}", learn(1), baseline=index == 5) for index in range(9)]
    figure = loss_curve(curves, 1)
    found = legend(figure)
    for name, other in itertools.combinations(found, 2):
        assert name != other
        assert found[name] != found[other]
        for see in (deuteranopia, grayscale):
            alike = np.abs(see(found[name][0]) - see(found[other][0])).max() < 40
            named = set(rows_of(figure, "label").text)
            assert not alike or found[name][1] != found[other][1] or {name, other} <= named
    first = [found[f"run {index}"][1] for index in range(4)]
    assert len(set(first)) == 4  # dashes alone tell the first ones apart


def deuteranopia(color: str) -> np.ndarray:
    """A color as it looks without green cones (Machado, Oliveira and Fernandes, 2009), red, green and blue to 255."""
    matrix = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares(color)]
    seen = (np.array(matrix) @ linear).clip(0, 1)
    return 255 * np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)


def grayscale(color: str) -> np.ndarray:
    return 255 * np.array([np.dot([0.299, 0.587, 0.114], shares(color))])


def shares(color: str) -> np.ndarray:
    return np.array(theme.rgb(color)) / 255


def test_runs_are_told_apart_by_color_or_dashes_and_the_baseline_is_dashed() -> None:
    curves = [Curve("same", learn(1), current=index == 3, baseline=index == 5) for index in range(9)]
    found = legend(loss_curve(curves, 1))
    assert len(found) == 10
    assert len(set(found.values())) == 10
    dashed = [name for name, (color, dash) in found.items() if color == theme.OTHER and dash[0] > dash[1] > 0]
    assert dashed == ["same (baseline)"]


def test_a_run_keeps_its_color_when_another_becomes_the_current_one() -> None:
    def colors(current: str) -> dict:
        return legend(loss_curve([Curve(name, learn(1), current=name == current) for name in "abc"], 1))

    assert colors("b")["c"] == colors("a")["c"]


def test_the_current_run_is_drawn_above_the_others() -> None:
    figure = loss_curve([Curve("a", learn(1), current=True), Curve("b", learn(1))], 1)
    assert list(rows_of(figure, "line").series.unique()) == ["b", "training", "validation"]


@BOTH
def test_smoothing_smooths_training_alone_and_keeps_the_raw_curve(draw: Callable[..., Figure]) -> None:
    curve = [Curve("mine", learn(3), current=True)]
    plain, smooth = draw(curve, 3), draw(curve, 3, Look(smoothing=0.6))
    assert rows(smooth, "raw", "training") == rows(plain, "line", "training")
    assert rows(smooth, "line", "validation") == rows(plain, "line", "validation")
    values = np.array([value for _, value in rows(plain, "line", "training")])
    assert [value for _, value in rows(smooth, "line", "training")] == pytest.approx(smoothed(values, 0.6))
    assert not rows(plain, "raw")


@pytest.mark.parametrize("smoothing", [-0.1, 1, 2])
def test_smoothing_that_leaves_nothing_is_refused(smoothing: float) -> None:
    with pytest.raises(ValueError, match=f"smoothing must be at least 0 and below 1; got {smoothing}"):
        loss_curve([], 1, Look(smoothing))


def test_logarithmic_axes_have_a_place_for_a_perfect_network() -> None:
    def place(figure: Figure, value: float) -> float:
        calculation = figure.spec["transform"][-1]["calculate"]
        return eval(calculation, {"max": max, "datum": SimpleNamespace(value=value)})

    assert place(loss_curve([], 1), 0.0) == 0.0
    assert place(loss_curve([], 1, Look(log=True)), 0.25) == 0.25
    assert place(loss_curve([], 1, Look(log=True)), 0.0) > 0
    assert place(accuracy_curve([], 1, Look(log=True)), 0.99) == pytest.approx(0.01)
    assert place(accuracy_curve([], 1, Look(log=True)), 1.0) == pytest.approx(0.001)


def test_a_logarithmic_axis_of_epochs_leaves_out_the_beginning() -> None:
    spec = loss_curve([Curve("mine", learn(2), current=True)], 2, Look(log_epochs=True)).spec
    assert spec["transform"][0] == {"filter": "datum.epoch > 0"}
    assert spec["encoding"]["x"]["scale"]["type"] == "log"


def test_every_change_has_a_marker_that_says_what_changed() -> None:
    figure = loss_curve([Curve("mine", learn(3), CHANGES, current=True)], 3)
    changes = rows_of(figure, "change")
    assert dict(zip(changes.epoch, changes.text, strict=True)) == {
        0.5: "learning rate: 0.01",
        2.5: "dropout: 0.2, batch size: 128",
    }


def test_a_changed_setting_in_words() -> None:
    assert (
        describe_changes({"weight_decay": 1e-5, "augmentation": "elastic"})
        == "weight decay: 1e-05, augmentation: elastic"
    )
    assert describe_changes({"batch_normalization": True}) == "batch normalization: on"


def noted(changes: Sequence[float], *, current: bool = True, log_epochs: bool = False) -> dict[float, str]:
    """The epochs of the changes that have a note, and on which side."""
    curve = Curve("mine", learn(10), [ConfigChange(epoch, 0, {"momentum": 0.5}) for epoch in changes], current=current)
    table = loss_curve([curve], 10, Look(log_epochs=log_epochs)).table.to_pandas()
    said = table[table.kind.str.startswith("note")]
    return dict(zip(said.epoch, said.kind.str.contains("left").map({True: "left", False: "right"}), strict=True))


def test_notes_at_changes_stay_on_the_chart_and_do_not_overlap() -> None:
    assert noted([1]) == {1: "right"}
    assert noted([9]) == {9: "left"}
    assert noted([1, 1.5, 2]) == {2: "right"}  # the newest
    assert noted([1, 9]) == {1: "right", 9: "left"}
    assert noted([4, 9]) == {9: "left"}
    assert noted([0.3, 8]) == {8: "left"}
    assert noted([0.3, 2, 3, 8], log_epochs=True) == {8: "left", 0.3: "right"}  # where 0.3 is further from 8
    assert noted([1], current=False) == {}


def test_the_snapshot_shown_is_a_row_of_its_own() -> None:
    figure = loss_curve([Curve("mine", learn(2), current=True)], 2, Look(snapshot_epoch=1.25))
    assert [epoch for epoch, _ in rows(figure, "snapshot")] == [1.25]
    assert not rows(loss_curve([Curve("mine", learn(2), current=True)], 2), "snapshot")
