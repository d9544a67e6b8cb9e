"""The reports of runs with several seeds: of one setting, and of settings that are compared."""

from __future__ import annotations

from collections.abc import Sequence

from model.experiments.report.charts import Row, curves_chart, seeds_chart, with_band
from model.experiments.report.content import Figure, Report, Table, settings_table, versions
from model.experiments.report.csv_table import to_csv
from model.experiments.seeds.seed_runs import SeedComparison, SettingRuns
from model.experiments.statistics import paper, words
from model.experiments.statistics.measure import Measure
from model.experiments.statistics.summary import summarize
from model.experiments.statistics.words import count_word


def seeds_report(setting: SettingRuns, measures: Sequence[Measure], command: str = "") -> Report:
    """Return the report of one setting's runs.

    Args:
        setting: The runs.
        measures: What was measured, the most important first.
        command: What gives the same again.

    Raises:
        ValueError: No run came to anything.
    """
    setting.summary(measures[0])
    known = [measure for measure in measures if setting.values(measure)]
    return Report(
        title=f"{setting.name}: {count_word(len(setting.runs), 'seed')}",
        answers=[words.seeds_sentence(setting.name, setting.summary(measure), measure) for measure in known],
        cautions=words.cautions(len(setting.values(measures[0])), failed=setting.failed(measures[0])),
        paper=[paper.seeds_line(setting.name, setting.summary(measure), measure) for measure in known],
        figures=_figures([setting], known),
        tables=[_runs_table([setting], measures), settings_table({"Value": setting.config})],
        command=command,
        versions=versions([run.machine for run in setting.runs if run.machine]),
    )


def comparison_report(comparison: SeedComparison, measures: Sequence[Measure], command: str = "") -> Report:
    """Return the report of a comparison; see `seeds_report` for the arguments."""
    settings = comparison.settings
    others = [measure for measure in measures if any(each.values(measure) for each in settings)]
    machines = [run.machine for each in settings for run in each.runs if run.machine]
    return Report(
        title=" or ".join(each.name for each in settings) + "?",
        answers=comparison.sentences,
        cautions=comparison.cautions,
        paper=comparison.paper,
        figures=_figures(settings, others),
        tables=[
            _summary_table(settings, others),
            *([_pairs_table(comparison)] if len(comparison.pairs) > 1 else []),
            _runs_table(settings, measures),
            settings_table({each.name: each.config for each in settings}),
        ],
        command=command,
        versions=versions(machines),
    )


def runs_csv(settings: Sequence[SettingRuns], measures: Sequence[Measure]) -> str:
    """Return the runs as CSV, one in a row."""
    columns = ("setting", "seed", *(measure.name for measure in measures), "seconds", "machine", "note")
    return to_csv(
        columns,
        (
            [
                each.name,
                run.seed,
                *(run.values.get(measure.name) for measure in measures),
                round(run.seconds, 3),
                run.machine,
                run.note,
            ]
            for each in settings
            for run in each.runs
        ),
    )


def _figures(settings: Sequence[SettingRuns], measures: Sequence[Measure]) -> list[Figure]:
    figures = []
    for measure in measures:
        rows = [
            Row(
                each.name,
                {seed: value * measure.scale for seed, value in values.items()},
                summarize([value * measure.scale for value in values.values()]),
            )
            for each in settings
            if (values := each.values(measure))
        ]
        joined = " Thin lines join runs of the same seed." if len(rows) > 1 else ""
        figures.append(
            Figure(
                f"{measure.title.capitalize()} of each seed",
                seeds_chart(rows, title=f"{measure.title}, {measure.unit}"),
                f"Each dot is a run; below them the mean with its 95 % interval.{joined}",
            )
        )
    groups = [
        with_band(each.name, [[(x, 100 * y) for x, y in curve] for curve in each.accuracies], series)
        for series, each in enumerate(settings)
        if each.accuracies
    ]
    if groups:
        figures.append(
            Figure(
                "Learning curves",
                curves_chart(groups, x_title="epoch", y_title="validation accuracy, %"),
                "The mean over the seeds, and a band of a standard deviation around it; pale: each run.",
                legend=[each.name for each in settings] if len(settings) > 1 else (),
            )
        )
    return figures


def _summary_table(settings: Sequence[SettingRuns], measures: Sequence[Measure]) -> Table:
    rows = []
    for each in settings:
        for measure in measures:
            if not each.values(measure):
                continue
            found = each.summary(measure)
            deviation = "–" if found.deviation is None else measure.write(found.deviation)
            interval = " to ".join(map(measure.write, found.interval)) if found.interval else "–"
            rows.append([each.name, measure.title, str(found.count), measure.write(found.mean), deviation, interval])
    columns = ("Setting", "Measure", "Seeds", "Mean", "Standard deviation", "95 % interval of the mean")
    return Table("Results", columns, rows)


def _pairs_table(comparison: SeedComparison) -> Table:
    measure = comparison.measure
    rows = [
        [
            pair.first.name,
            pair.second.name,
            f"{measure.number(pair.test.mean, 2)} {measure.of_differences}",
            " to ".join(measure.number(bound, 2) for bound in pair.test.interval) if pair.test.interval else "–",
            f"{pair.test.p_value:.2g}",
            f"{pair.corrected:.2g}",
        ]
        for pair in comparison.pairs
    ]
    columns = ("First", "Second", "Difference", "95 % interval", "p", "p, corrected")
    return Table("Comparisons", columns, rows, f"Corrected for {len(rows)} comparisons (Holm).")


def _runs_table(settings: Sequence[SettingRuns], measures: Sequence[Measure]) -> Table:
    rows = [
        [
            each.name,
            str(run.seed),
            *(measure.write(run.values[measure.name]) if measure.name in run.values else "–" for measure in measures),
            f"{run.seconds:.1f} s",
            run.note,
        ]
        for each in settings
        for run in each.runs
    ]
    columns = ("Setting", "Seed", *(measure.title.capitalize() for measure in measures), "Time", "Note")
    return Table("Runs", columns, rows)
