"""The command line over the same library that the app uses: training, evaluation, comparisons and more.

Results go to stdout, progress to stderr; with --json the last line of stdout is one JSON object. Bad input ends
with one line on stderr and exit code 2.
"""

from __future__ import annotations

import click

from model.cli.average import average_command
from model.cli.classify import classify_command
from model.cli.compare import compare_command
from model.cli.entry import run
from model.cli.evaluate import evaluate_command
from model.cli.export import export_command
from model.cli.presets import presets_command
from model.cli.report import report_command
from model.cli.robustness import break_command, stress_command
from model.cli.seeds import seeds_command
from model.cli.sweep import sweep_command
from model.cli.train import train_command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Inkling: a neural network in NumPy that learns to read handwriting."""


for command in (
    train_command,
    evaluate_command,
    classify_command,
    average_command,
    export_command,
    presets_command,
    sweep_command,
    seeds_command,
    compare_command,
    report_command,
    break_command,
    stress_command,
):
    cli.add_command(command)


def main() -> None:
    """Run the command that the arguments name."""
    run(cli, prog_name="python -m model")
