"""`compare`: tell whether one setting, or one network, is better than another."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from model.cli.console import as_json_option, load_dataset, stdout
from model.cli.evaluate import overlap_note
from model.cli.experiment_options import SeedOptions, command_line, compute, print_findings, seed_options
from model.cli.train import config_options

MOST_LISTED = 30  # images on which two networks differ; --json and --csv have them all


@click.command("compare")
@click.argument("contenders", nargs=-1, required=True, metavar="A B [C]...")
@seed_options
@config_options
@as_json_option
def compare_command(
    contenders: tuple[str, ...],
    options: SeedOptions,
    as_json: bool,
    **given: str | None,
) -> None:
    """Compare settings, trained with the same seeds, or networks on one test set.

    A and B are presets, or settings such as optimizer=adam,learning_rate=0.001, with the options below in common:
    each pair of runs shares its seed, and a permutation test tells how often chance alone does as much. Or they are
    files of networks (.safetensors, .npz): these read the test part of --data, and McNemar's test tells. Of three or
    more, all pairs are compared, and corrected for their number. Ctrl-C ends it with the runs that are there; the same
    command goes on, also with more --seeds.
    """
    from model.experiments.seeds.contender import network_file

    options.check_files()
    files = [network_file(text) for text in contenders]
    common = {name: value for name, value in given.items() if value is not None}
    if any(files):
        others = [text for text, file in zip(contenders, files, strict=True) if file is None]
        if others:
            raise ValueError(f"networks and settings can't be compared with one another: {others[0]!r} is no network")
        if unused := sorted(common.keys() - {"data"}):
            raise ValueError(f"--{unused[0].replace('_', '-')} is for settings; networks are trained already")
        _compare_networks([file for file in files if file], common.get("data", "mnist-5k"), options, as_json=as_json)
        return

    from model.experiments.report.seeds import comparison_report, runs_csv
    from model.experiments.seeds import contender
    from model.experiments.seeds.seed_runs import SeedComparison
    from model.experiments.seeds.seed_trials import SeedTrials

    rivals = contender.contenders(contenders, common)
    trials = SeedTrials(rivals, options.seeds, options.objective, options.until, options.judge, options.test)
    dataset = load_dataset(trials.contenders[0].config.data)
    settings, interrupted = compute(trials, dataset, options)
    measures = trials.measures
    comparison = SeedComparison(settings, measures[0])
    sentences, cautions, lines = comparison.sentences, comparison.cautions, comparison.paper
    written = options.write_files(
        lambda: comparison_report(comparison, measures, command_line()), lambda: runs_csv(settings, measures)
    )
    if as_json:
        result: dict[str, Any] = {
            "measure": comparison.measure.name,
            "settings": [each.to_json(measures) for each in settings],
            "comparisons": comparison.to_json(),
            "cautions": cautions,
            "interrupted": interrupted.has_come,
            "notes": list(dataset.notes),
        }
        print(json.dumps(result | written))
        sys.exit(interrupted.exit_code)
    table = Table("setting", "measure", "seeds", "mean", "standard deviation", "95 % interval")
    for each in settings:
        for measure in measures:
            if each.values(measure):
                found = each.summary(measure)
                deviation = "–" if found.deviation is None else measure.write(found.deviation)
                interval = " to ".join(map(measure.write, found.interval)) if found.interval else "–"
                cells = (measure.title, str(found.count), measure.write(found.mean), deviation, interval)
                table.add_row(escape(each.name), *cells)
    stdout.print(table)
    print_findings(sentences, cautions, lines)
    sys.exit(interrupted.exit_code)


def _compare_networks(files: Sequence[Path], data: str, options: SeedOptions, *, as_json: bool) -> None:
    from model.experiments.report.networks import differing_csv, networks_report
    from model.experiments.seeds.network_comparison import compare_networks
    from model.training import checkpoint

    names = _names(files)
    networks = [checkpoint.load(file) for file in files]
    dataset = load_dataset(data)
    is_training_part = not len(dataset.test_labels)
    images, labels = dataset.test_images, dataset.test_labels
    if is_training_part:
        images, labels = dataset.images, dataset.labels
    named = [(name, network.network) for name, network in zip(names, networks, strict=True)]
    comparison = compare_networks(named, dataset.name, images, labels)
    overlaps = ((name, overlap_note(one, dataset, is_training_part)) for name, one in zip(names, networks, strict=True))
    cautions = [f"{name}: {note}" for name, note in overlaps if note]
    written = options.write_files(
        lambda: networks_report(comparison, cautions, command_line()), lambda: differing_csv(comparison)
    )
    if as_json:
        result: dict[str, Any] = {
            "data": comparison.data,
            "n": len(labels),
            "accuracies": {name: float((answers == labels).mean()) for name, answers in comparison.answers.items()},
            "comparisons": comparison.to_json(),
            "cautions": [*cautions, *comparison.cautions],
            "notes": list(dataset.notes),
        }
        print(json.dumps(result | written))
        return
    for pair in comparison.pairs:
        differing = comparison.differing(pair)
        title = f"Images on which they differ: {len(differing):,}"
        table = Table("image", "label", *map(escape, pair.names), title=title, title_justify="left")
        for image in differing[:MOST_LISTED]:
            table.add_row(*map(str, image.values()))
        stdout.print(table)
        if len(differing) > MOST_LISTED:
            stdout.print(f"The first {MOST_LISTED}; --csv FILE writes all of them.", highlight=False)
    print_findings(comparison.sentences, [*cautions, *comparison.cautions], comparison.paper)


def _names(files: Sequence[Path]) -> list[str]:
    """Name networks by their files, with the folder if two are called the same.

    Raises:
        ValueError: A file is named twice.
    """
    if len({file.resolve() for file in files}) < len(files):
        raise ValueError("a network is named twice: with itself, there is nothing to compare")
    stems = [file.stem for file in files]
    return [str(file) if stems.count(stem) > 1 else stem for file, stem in zip(files, stems, strict=True)]
