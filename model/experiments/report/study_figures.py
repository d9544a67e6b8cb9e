"""The drawings of a study's report."""

from __future__ import annotations

from collections.abc import Sequence

from model.config import TrainingConfig
from model.experiments.report.axis import Axis
from model.experiments.report.charts import Curves, Dots, bars_chart, curves_chart, dots_chart
from model.experiments.report.content import Figure
from model.experiments.space import Choices
from model.experiments.statistics.measure import MEASURES, Measure
from model.experiments.study_view import StudyView, TrialView
from model.export.description import setting_value

MOST_CURVES = 300
BEST, OTHERS, CUT_SHORT = 1, 0, 5  # colors


def study_figures(view: StudyView) -> list[Figure]:
    """Return the drawings that a study has enough trials for."""
    reached = [trial for trial in view.trials if trial.has_values]
    figures = [] if not any(any(trial.curves) for trial in view.trials) else [_curves(view)]
    if reached:
        figures += [_progress(view, reached), *_front(view, reached), *_importance(view), *_slices(view, reached)]
    return figures


def measures_of(view: StudyView) -> list[Measure]:
    """Return what a study measures."""
    return [MEASURES[objective] for objective in view.plan.objectives]


def shown_value(trial: TrialView, name: str) -> str:
    """Write a value that a trial has tried."""
    value = trial.params.get(name, "")
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value) if trial.config is None else setting_value(trial.config, name)


def _curves(view: StudyView) -> Figure:
    kinds = {"finished": "pale", "running": "pale"}
    best = view.best
    shown = [trial for trial in view.trials if any(trial.curves)][-MOST_CURVES:]
    if best and any(best.curves):
        shown = [*(trial for trial in shown if trial is not best), best]
    groups = []
    for trial in shown:
        points = [_points(curve) for curve in trial.curves]
        is_best = trial is best
        kind = "strong" if is_best else kinds.get(trial.state, "thin")
        series = BEST if is_best else OTHERS if trial.state in kinds else CUT_SHORT
        groups.append(Curves(f"trial {trial.number}", [curve for curve in points if curve], series, kind=kind))
    svg = curves_chart(groups, x_title="epoch", y_title="validation accuracy, %")
    left_out = f" The last {MOST_CURVES} trials." if len(view.trials) > MOST_CURVES else ""
    return Figure("Learning curves", svg, f"All trials, the best in red, those that were cut short in gray.{left_out}")


def _points(curve: Sequence[tuple[object, ...]]) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for point in curve:
        epoch, accuracy = point[0], point[4]
        if isinstance(accuracy, float) and isinstance(epoch, int):
            points.append((float(epoch), 100 * accuracy))
    return points


def _progress(view: StudyView, reached: Sequence[TrialView]) -> Figure:
    measure = measures_of(view)[0]
    points = [(float(trial.number), _scaled(trial, 0, measure)) for trial in reached]
    choose = max if measure.higher_is_better else min
    line = [(x, choose(y for _, y in points[: index + 1])) for index, (x, _) in enumerate(points)]
    titles = [f"trial {trial.number}: {measure.write(_value(trial, 0))}" for trial in reached]
    svg = dots_chart(
        [Dots(points, titles, OTHERS), Dots((), series=BEST, line=line)],
        Axis.around("trial", (x for x, _ in points), is_whole=True),
        Axis.around(_axis_title(measure), (y for _, y in points)),
    )
    return Figure("Trial by trial", svg, "Each trial as a dot, and the best so far.")


def _front(view: StudyView, reached: Sequence[TrialView]) -> list[Figure]:
    if len(view.plan.objectives) < 2:
        return []
    first, second = measures_of(view)

    def place(trial: TrialView) -> tuple[float, float]:
        return _scaled(trial, 0, first), _scaled(trial, 1, second)

    front = [place(trial) for trial in view.pareto_front]
    titles = [f"trial {trial.number}" for trial in view.pareto_front]
    svg = dots_chart(
        [
            Dots([place(trial) for trial in reached], [f"trial {one.number}" for one in reached], OTHERS, "dot-pale"),
            Dots(front, titles, BEST, line=front),
        ],
        Axis.around(_axis_title(first), (place(trial)[0] for trial in reached)),
        Axis.around(_axis_title(second), (place(trial)[1] for trial in reached)),
    )
    return [Figure("Pareto front", svg, "In red: the trials that none beats in both.")]


def _importance(view: StudyView) -> list[Figure]:
    shares = view.importance()
    if not shares:
        return []
    titled = {TrainingConfig.title(name): share for name, share in shares.items()}
    caption = "How much each setting matters for the first objective among these values (PED-ANOVA); together 100 %."
    return [Figure("Importance", bars_chart(titled, title="share, %"), caption)]


def _slices(view: StudyView, reached: Sequence[TrialView]) -> list[Figure]:
    measure = measures_of(view)[0]
    found = []
    for name, dimension in view.plan.space.dimensions.items():
        title = TrainingConfig.title(name)
        if isinstance(dimension, Choices):
            places = {value: float(place) for place, value in enumerate(dimension.values)}
            axis = Axis.of_names(title.lower(), map(str, dimension.values))
            points = [(places.get(trial.params[name], 0.0), _scaled(trial, 0, measure)) for trial in reached]
        else:
            axis = Axis.around(title.lower(), (dimension.low, dimension.high), is_log=dimension.log)
            points = [(float(trial.params[name]), _scaled(trial, 0, measure)) for trial in reached]
        titles = [f"trial {trial.number}: {shown_value(trial, name)}" for trial in reached]
        y = Axis.around(_axis_title(measure), (value for _, value in points))
        found.append(Figure(title, dots_chart([Dots(points, titles, OTHERS)], axis, y, small=True), is_half=True))
    return found


def _value(trial: TrialView, index: int) -> float:
    assert trial.values is not None
    return trial.values[index] or 0.0


def _scaled(trial: TrialView, index: int, measure: Measure) -> float:
    return _value(trial, index) * measure.scale


def _axis_title(measure: Measure) -> str:
    return f"{measure.title}, {measure.unit}" if measure.unit != "parameters" else "parameters"
