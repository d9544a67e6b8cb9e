"""The report of a study: what was searched, what was found, and how it went; and its trials as a table (CSV)."""

from __future__ import annotations

from model.common.formatting import format_duration
from model.config import TrainingConfig
from model.experiments.report.content import Report, Table, settings_table, versions
from model.experiments.report.csv_table import to_csv
from model.experiments.report.study_figures import measures_of, shown_value, study_figures
from model.experiments.statistics.measure import Measure
from model.experiments.statistics.summary import summarize
from model.experiments.statistics.words import count_word, seeds_sentence
from model.experiments.study_view import StudyView, TrialView

MOST_ROWS = 200  # of trials in the page; the CSV has them all


def study_report(view: StudyView, command: str = "") -> Report:
    """Return the report of a study as it stands.

    Args:
        view: The study.
        command: What makes the report, or the study, again.
    """
    plan = view.plan
    return Report(
        title=f"{plan.name}: {count_word(len(view.trials), 'trial')}",
        answers=_answers(view),
        cautions=_cautions(view),
        figures=study_figures(view),
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


def _answers(view: StudyView) -> list[str]:
    states = [trial.state for trial in view.trials]
    counted = {state: states.count(state) for state in dict.fromkeys(states)}
    found = [f"{', '.join(f'{count} {state}' for state, count in counted.items()) or 'no trials yet'}.".capitalize()]
    best = view.best
    if best is None or best.values is None:
        return [*found, "No trial has reached what was aimed at."]
    measure, value = measures_of(view)[0], best.values[0]
    with_values = ", ".join(f"{TrainingConfig.title(name).lower()} {shown_value(best, name)}" for name in best.params)
    found.append(
        f"The best is trial {best.number} with {measure.write(value or 0.0)} ({measure.title}): {with_values}."
    )
    of_seeds = [values[0] for values in best.seed_values if values[0] is not None]
    if len(of_seeds) > 1:
        found.append(seeds_sentence(f"trial {best.number}", summarize(of_seeds), measure))
    if best.test_accuracy is not None:
        found.append(
            f"It reads {100 * best.test_accuracy:.2f} % of the test images, which were {view.how_often_tested}."
        )
    if len(view.plan.objectives) > 1:
        front = count_word(len(view.pareto_front), "trial")
        titles = " and ".join(measure.title for measure in measures_of(view))
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


def _trials_table(view: StudyView) -> Table:
    names, measures = list(view.plan.space.dimensions), measures_of(view)
    ranked = sorted(
        view.trials, key=lambda trial: (not trial.has_values, view.losses(trial) if trial.has_values else ())
    )
    rows = [
        [
            str(trial.number),
            trial.state,
            *(shown_value(trial, name) for name in names),
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


def _written(trial: TrialView, index: int, measure: Measure) -> str:
    if trial.values is None:
        return "–"
    value = trial.values[index]
    return "not reached" if value is None else measure.write(value)
