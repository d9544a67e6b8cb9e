"""The report of a study: what was searched, what was found, and how it went; and its trials as a table (CSV)."""

from __future__ import annotations

from collections.abc import Sequence

from model.common.formatting import format_duration
from model.config import TrainingConfig
from model.experiments.report.axis import Axis
from model.experiments.report.charts import Curves, Dots, bars_chart, curves_chart, dots_chart
from model.experiments.report.content import Figure, Report, Table, settings_table, versions
from model.experiments.report.csv_table import to_csv
from model.experiments.space import Choices
from model.experiments.statistics.measure import MEASURES, Measure
from model.experiments.statistics.summary import summarize
from model.experiments.statistics.words import count_word, seeds_sentence
from model.experiments.study_view import StudyView, TrialView
from model.export.description import setting_value

MOST_ROWS = 200  # of trials in the page; the CSV has them all
MOST_CURVES = 300
BEST, OTHERS = 1, 0  # colors


def study_report(view: StudyView, command: str = "") -> Report:
    """Return the report of a study as it stands.

    Args:
        view: The study.
        command: What makes the report, or the study, again.
    """
    plan = view.plan
    figures = [_curves(view), _progress(view), *_front(view), *_importance(view), *_slices(view)]
    return Report(
        title=f"{plan.name}: {count_word(len(view.trials), 'trial')}",
        answers=_answers(view),
        cautions=_cautions(view),
        figures=[figure for figure in figures if figure],
        tables=[
            _trials_table(view),
            Table(
                "What varied",
                ("Setting", "Values"),
                [[TrainingConfig.title(name), str(values)] for name, values in plan.space.dimensions.items()],
                f"Chosen by {plan.sampler}, {plan.pruner} pruning, {count_word(plan.seeds, 'seed')} for each trial.",
            ),
            settings_table(
                {"Value": plan.base}, title="What all trials share", without={"seed", *plan.space.dimensions}
            ),
        ],
        command=command,
        versions=versions(view.machines),
    )


def trials_csv(view: StudyView) -> str:
    """Return the trials as CSV, one in a row, in the order in which they were begun."""
    plan = view.plan
    columns = [
        *("trial", "state"),
        *plan.space.dimensions,
        *plan.objectives,
        *(f"{objective}_of_seed_{seed}" for seed in range(plan.seeds) for objective in plan.objectives),
        *("test_accuracy", "parameters", "seconds", "attempts", "machine", "note"),
    ]
    rows = []
    for trial in view.trials:
        by_seed = [value for values in trial.seed_values for value in values]
        missing = plan.seeds * len(plan.objectives) - len(by_seed)
        rows.append(
            [
                *(trial.number, trial.state),
                *(trial.params.get(name) for name in plan.space.dimensions),
                *(trial.values or [None] * len(plan.objectives)),
                *(by_seed[: plan.seeds * len(plan.objectives)] + [None] * max(missing, 0)),
                *(trial.test_accuracy, trial.parameters, trial.seconds, trial.attempts, trial.machine, trial.note),
            ]
        )
    return to_csv(columns, rows)


def _measures(view: StudyView) -> list[Measure]:
    return [MEASURES[objective] for objective in view.plan.objectives]


def _answers(view: StudyView) -> list[str]:
    states = [trial.state for trial in view.trials]
    counted = {state: states.count(state) for state in dict.fromkeys(states)}
    found = [f"{', '.join(f'{count} {state}' for state, count in counted.items()) or 'no trials yet'}.".capitalize()]
    best = view.best
    if best is None or best.values is None:
        return [*found, "No trial has reached what was aimed at."]
    measure, value = _measures(view)[0], best.values[0]
    with_values = ", ".join(f"{TrainingConfig.title(name).lower()} {_shown(best, name)}" for name in best.params)
    found.append(
        f"The best is trial {best.number} with {measure.write(value or 0.0)} ({measure.title}): {with_values}."
    )
    of_seeds = [values[0] for values in best.seed_values if values[0] is not None]
    if len(of_seeds) > 1:
        found.append(seeds_sentence(f"trial {best.number}", summarize(of_seeds), measure))
    if best.test_accuracy is not None:
        found.append(
            f"It reads {100 * best.test_accuracy:.2f} % of the test images, which were looked at once, in the end."
        )
    if len(view.plan.objectives) > 1:
        front = count_word(len(view.pareto_front), "trial")
        titles = " and ".join(measure.title for measure in _measures(view))
        found.append(f"Of {titles}, {front} can't be beaten in one without losing in the other.")
    return found


def _cautions(view: StudyView) -> list[str]:
    finished = sum(trial.has_values for trial in view.trials)
    found = [view.message] if view.message else []
    if finished > 1 and view.best and view.best.test_accuracy is None:
        found.append(
            f"The best of {finished} was also the luckiest: trained again, it will be a little worse. Only the test "
            "set, or a comparison with new seeds (python -m model compare), tells how good it is."
        )
    if len(set(view.machines)) > 1:
        found.append(f"{len(set(view.machines))} kinds of machines took part: the same trial may differ in last bits.")
    return found


def _curves(view: StudyView) -> Figure | None:
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
        series = BEST if is_best else OTHERS if trial.state in kinds else 5
        groups.append(Curves(f"trial {trial.number}", [curve for curve in points if curve], series, kind=kind))
    if not any(group.curves for group in groups):
        return None
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


def _progress(view: StudyView) -> Figure | None:
    measure = _measures(view)[0]
    reached = [trial for trial in view.trials if trial.has_values]
    if not reached:
        return None
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


def _front(view: StudyView) -> list[Figure]:
    if len(view.plan.objectives) < 2:
        return []
    first, second = _measures(view)
    reached = [trial for trial in view.trials if trial.has_values]
    if not reached:
        return []

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
    caption = "How much each setting matters for the first aim among these values (PED-ANOVA); together 100 %."
    return [Figure("Importance", bars_chart(titled, title="share, %"), caption)]


def _slices(view: StudyView) -> list[Figure]:
    measure = _measures(view)[0]
    reached = [trial for trial in view.trials if trial.has_values]
    found = []
    for name, dimension in view.plan.space.dimensions.items():
        title = TrainingConfig.title(name)
        if not reached:
            continue
        if isinstance(dimension, Choices):
            places = {value: float(place) for place, value in enumerate(dimension.values)}
            axis = Axis.of_names(title.lower(), map(str, dimension.values))
            points = [(places.get(trial.params[name], 0.0), _scaled(trial, 0, measure)) for trial in reached]
        else:
            axis = Axis.around(title.lower(), (dimension.low, dimension.high), is_log=dimension.log)
            points = [(float(trial.params[name]), _scaled(trial, 0, measure)) for trial in reached]
        titles = [f"trial {trial.number}: {_shown(trial, name)}" for trial in reached]
        y = Axis.around(_axis_title(measure), (value for _, value in points))
        found.append(Figure(title, dots_chart([Dots(points, titles, OTHERS)], axis, y, small=True), is_half=True))
    return found


def _trials_table(view: StudyView) -> Table:
    names, measures = list(view.plan.space.dimensions), _measures(view)
    ranked = sorted(
        view.trials, key=lambda trial: (not trial.has_values, view.losses(trial) if trial.has_values else ())
    )
    rows = [
        [
            str(trial.number),
            trial.state,
            *(_shown(trial, name) for name in names),
            *(_written(trial, index, measure) for index, measure in enumerate(measures)),
            format_duration(trial.seconds),
            trial.note,
        ]
        for trial in ranked[:MOST_ROWS]
    ]
    columns = ("Trial", "State", *map(TrainingConfig.title, names))
    columns += (*(measure.title.capitalize() for measure in measures), "Time", "Note")
    left_out = len(ranked) - len(rows)
    caption = f"The best first; {left_out:,} more are in the CSV." if left_out else "The best first."
    best = {index for index, trial in enumerate(ranked) if trial is view.best}
    return Table("Trials", columns, rows, caption, frozenset(best))


def _shown(trial: TrialView, name: str) -> str:
    value = trial.params.get(name, "")
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value) if trial.config is None else setting_value(trial.config, name)


def _written(trial: TrialView, index: int, measure: Measure) -> str:
    if trial.values is None:
        return "–"
    value = trial.values[index]
    return "not reached" if value is None else measure.write(value)


def _value(trial: TrialView, index: int) -> float:
    assert trial.values is not None
    return trial.values[index] or 0.0


def _scaled(trial: TrialView, index: int, measure: Measure) -> float:
    return _value(trial, index) * measure.scale


def _axis_title(measure: Measure) -> str:
    return f"{measure.title}, {measure.unit}" if measure.unit != "parameters" else "parameters"
