"""`presets`: list the presets, or train the published ones anew and compare."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.table import Table

from model.cli.comparison import COLUMNS, cells, sentences
from model.cli.console import as_json_option, load_dataset, stderr, stdout, training_bar
from model.common.formatting import format_duration
from model.presets import PRESETS, preset


@click.command("presets")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--run", "run_them", is_flag=True, help="Train them anew; by default all that were published.")
@as_json_option
def presets_command(names: tuple[str, ...], run_them: bool, as_json: bool) -> None:
    """List the presets, or train them and compare with what was published (--run)."""
    if run_them:
        return reproduce_presets(names, as_json)
    chosen = {name: preset(name) for name in names or PRESETS}
    if as_json:
        listing = {
            name: {
                "summary": entry.summary,
                "published": entry.published,
                "figures": [asdict(figure) for figure in entry.figures],
                "config": entry.config.model_dump(),
            }
            for name, entry in chosen.items()
        }
        print(json.dumps({"presets": listing}))
        return
    table = Table("name", "network", "what it is", "published", show_lines=True)
    for name, entry in chosen.items():
        shape = f"{'-'.join(map(str, entry.config.sizes))} {entry.config.activation}"
        table.add_row(name, shape, entry.summary, entry.published)
    stdout.print(table)
    stdout.print("python -m model train --preset NAME", highlight=False)


def reproduce_presets(names: tuple[str, ...], as_json: bool) -> None:
    """Train published presets, one after another, and show each beside what was published of it."""
    from model.experiments import reproduction  # imports the trainer, which --help need not wait for

    results = {}
    for name, entry in reproduction.published(names).items():
        stderr.print(f"{name}: {entry.summary}", highlight=False)
        dataset = load_dataset(entry.config.data)
        with training_bar() as show:
            result = results[name] = reproduction.reproduce(entry, dataset, show)
        if as_json:
            continue
        table = Table(*COLUMNS, title=f"{name}, {format_duration(result['seconds'])}", title_justify="left")
        for row in result["figures"]:
            table.add_row(*cells(row))
        stdout.print(table)
        for sentence in sentences(name, result):
            stdout.print(sentence, highlight=False, markup=False)
    if as_json:
        within = all(result["within"] for result in results.values())
        print(json.dumps({"runs": results, "within": within}))
