"""`seeds`: train one setting with several seeds, and say what it comes to."""

from __future__ import annotations

import json
import sys

import click
from rich.markup import escape
from rich.table import Table

from model.cli.console import as_json_option, load_dataset, stdout
from model.cli.experiment_options import SeedOptions, command_line, compute, print_findings, seed_options
from model.cli.train import config_options


@click.command("seeds")
@click.argument("setting", default="")
@seed_options
@config_options
@as_json_option
def seeds_command(
    setting: str,
    options: SeedOptions,
    as_json: bool,
    **given: str | None,
) -> None:
    """Train one setting with several seeds: mean, standard deviation and interval.

    SETTING is a preset, or settings such as optimizer=adam,learning_rate=0.001; by default the options' alone. The
    first seed is --seed. Ctrl-C ends it with the runs that are there; the same command goes on, also with more --seeds.
    """
    from model.experiments.report.seeds import runs_csv, seeds_report
    from model.experiments.seeds.contender import contender
    from model.experiments.seeds.seed_trials import SeedTrials
    from model.experiments.statistics import paper, words

    options.check_files()
    one = contender(setting, {name: value for name, value in given.items() if value is not None})
    trials = SeedTrials([one], options.seeds, options.objective, options.until, options.judge, options.test)
    dataset = load_dataset(one.config.data)
    (runs,), interrupted = compute(trials, dataset, options)
    measures, main = trials.measures, trials.measures[0]
    summary = runs.summary(main)
    known = [measure for measure in measures if runs.values(measure)]
    sentences = [words.seeds_sentence(one.name, runs.summary(measure), measure) for measure in known]
    lines = [paper.seeds_line(one.name, runs.summary(measure), measure) for measure in known]
    cautions = words.cautions(summary.count, failed=runs.failed(main))
    written = options.write_files(
        lambda: seeds_report(runs, measures, command_line()), lambda: runs_csv([runs], measures)
    )
    if as_json:
        result = runs.to_json(measures)
        result |= {"measure": main.name, "sentences": sentences, "cautions": cautions, "paper": lines}
        print(json.dumps(result | {"interrupted": interrupted.has_come, "notes": list(dataset.notes)} | written))
        sys.exit(interrupted.exit_code)
    table = Table("seed", *(measure.title for measure in measures), "seconds", "note")
    for run in runs.runs:
        cells = (measure.write(run.values[measure.name]) if measure.name in run.values else "–" for measure in measures)
        table.add_row(str(run.seed), *cells, f"{run.seconds:.1f}", escape(run.note))
    stdout.print(table)
    print_findings(sentences, cautions, lines)
    sys.exit(interrupted.exit_code)
