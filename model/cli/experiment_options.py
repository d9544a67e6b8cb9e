"""What the commands that train with several seeds share: their options, the processes that compute, and the files."""

from __future__ import annotations

import dataclasses
import functools
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from model.cli.console import print_notes, stderr, stdout
from model.cli.interruption import Interruption, interruption
from model.cli.numbers import accuracy
from model.common.cores import cores
from model.data import Dataset
from model.experiments.plan import OBJECTIVES, Objective

if TYPE_CHECKING:  # they take a while to import, which --help need not wait for
    from model.experiments.report.content import Report
    from model.experiments.seeds.seed_runs import SettingRuns
    from model.experiments.seeds.seed_trials import SeedTrials

FILES = {"html": (".html", ".htm"), "csv": (".csv",)}


class Percentage(click.ParamType):
    """A share, as 98% or as 0.98."""

    name = "accuracy"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share, 0..1."""
        try:
            return accuracy("it", value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@dataclass(frozen=True)
class SeedOptions:
    """How many seeds there are, what is measured, who computes, where it is kept, and which files are written."""

    seeds: int
    objective: Objective
    until: float | None
    judge: str
    test: bool
    jobs: int | None
    scheduler: str | None
    storage: str
    name: str | None
    html: Path | None
    csv: Path | None

    def check_files(self) -> None:
        """Check, before hours are spent, that the files can be written."""
        check_files(html=self.html, csv=self.csv)

    def write_files(self, make_report: Callable[[], Report], make_csv: Callable[[], str]) -> dict[str, str]:
        """Write the files that were asked for, and return where they are."""
        return write_files(make_report, make_csv, html=self.html, csv=self.csv)


storage_option = click.option(
    "--storage",
    default="experiments",
    show_default=True,
    help="Where studies are kept: a folder, a journal file (.log), or postgresql://user@host/database.",
)


def seed_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of SeedOptions to a command, which gets them as `options`."""

    @functools.wraps(command)
    def with_options(**given: Any) -> Any:
        found = SeedOptions(**{field.name: given.pop(field.name) for field in dataclasses.fields(SeedOptions)})
        return command(options=found, **given)

    extended: Callable[..., Any] = with_options
    for option in reversed(
        (
            click.option("--seeds", type=int, default=10, show_default=True, help="How many seeds each setting has."),
            click.option(
                "--objective",
                type=click.Choice(OBJECTIVES),
                default="validation_accuracy",
                show_default=True,
                help="What is measured.",
            ),
            click.option(
                "--until", type=Percentage(), help="The validation accuracy at which a run ends, such as 98%."
            ),
            click.option("--judge", default="", help="Ink files for ink_accuracy, separated by commas."),
            click.option("--test", "test", is_flag=True, help="Score each network on the test part, once, in the end."),
            click.option("--jobs", type=click.IntRange(1, 1024), help="Processes [default: as many as cores]."),
            click.option("--scheduler", metavar="TCP://HOST:PORT", help="Compute on the workers of a Dask scheduler."),
            storage_option,
            click.option("--name", help="The study's name [default: one made of what is computed]."),
        )
    ):
        extended = option(extended)
    return file_options(extended)


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for a report and a table."""
    html = click.option("--html", type=click.Path(path_type=Path), help="Write a report here, as one HTML file.")
    csv = click.option("--csv", type=click.Path(path_type=Path), help="Write a table here, as CSV.")
    return html(csv(command))


def check_files(**paths: Path | None) -> None:
    """Check, before hours are spent, that files can be written.

    Raises:
        ValueError: One can't be.
    """
    for kind, path in paths.items():
        if path is None:
            continue
        if path.suffix.lower() not in FILES[kind]:
            raise ValueError(f"--{kind} must end in {FILES[kind][0]}; got {path}")
        if not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
            raise ValueError(f"--{kind} must be in a folder that exists and can be written to; got {path}")


def write_files(make_report: Callable[[], Report], make_csv: Callable[[], str], **paths: Path | None) -> dict[str, str]:
    """Write what was asked for, and return where it is.

    Raises:
        OSError: A file can't be written.
    """
    found = {}
    if html := paths.get("html"):
        from model.experiments.report.html import to_html

        html.write_bytes(to_html(make_report()))
        found["html"] = str(html)
    if csv := paths.get("csv"):
        csv.write_text(make_csv(), encoding="utf-8", newline="")
        found["csv"] = str(csv)
    return found


def print_findings(sentences: Sequence[str], cautions: Sequence[str], lines: Sequence[str]) -> None:
    """Print what was found: sentences for people, cautions, and lines for a paper."""
    for sentence in sentences:
        stdout.print(sentence, highlight=False, markup=False, soft_wrap=True)
    print_notes(cautions)
    for line in lines:
        stdout.print(f"\n{line}", highlight=False, markup=False, style="dim", soft_wrap=True)


def command_line() -> str:
    """Return the command that this process was given, to be given again."""
    return shlex.join(["python", "-m", "model", *sys.argv[1:]])


def compute(trials: SeedTrials, dataset: Dataset, options: SeedOptions) -> tuple[list[SettingRuns], Interruption]:
    """Train all runs, with a bar; return them by their settings, and whether Ctrl-C came before the end.

    Each is kept once it has ended: the same command computes those alone that are missing.

    Raises:
        ValueError: The scheduler or the storage can't be reached, or is gone.
        click.exceptions.Abort: Ctrl-C came before each setting had a run.
    """
    jobs, scheduler = options.jobs, options.scheduler
    if scheduler and jobs:
        raise ValueError("--jobs is for this machine; the workers of --scheduler are started beside it")
    description = trials.description(dataset)  # bad input is refused before processes are started

    from model.experiments.clusters.dask_cluster import connect, local_cluster
    from model.experiments.seeds.kept_runs import KeptRuns, description_digest
    from model.experiments.stores.storage import open_store

    kind = "seeds" if len(trials.contenders) == 1 else "compare"
    store = open_store(options.storage, options.name or f"{kind}-{description_digest(description)[:8]}")
    total = len(trials.keys)
    with (
        store.explain_loss(),
        interruption("Ending with the runs that are there; Ctrl-C again to give up.") as found,
    ):
        kept = KeptRuns(store, description)
        known = kept.known()
        missing = sum(key not in known for key in trials.keys)
        if not missing:
            return trials.collect(known), found
        where = connect(scheduler) if scheduler else local_cluster(min(jobs or cores(), missing))
        with where as cluster, runs_bar(total) as show:
            settings = trials.compute(cluster, dataset, show, lambda: found.has_come, kept)
    if found.has_come and not all(each.runs for each in settings):
        raise click.exceptions.Abort
    if found.has_come:
        ended = sum(len(each.runs) for each in settings)
        print_notes([f"Ctrl-C ended it after {ended} of {total} runs. The same command goes on."])
    return settings, found


@contextmanager
def runs_bar(total: int) -> Iterator[Callable[[int], None]]:
    """Show how many runs have come to an end, and how long the others will take; without a terminal, in some lines."""
    columns = (TextColumn("{task.completed:.0f} of {task.total:.0f} runs"), BarColumn(), TimeRemainingColumn())
    is_terminal = stderr.is_terminal
    with ProgressBar(*columns, console=stderr, transient=True, disable=not is_terminal) as bar:
        task = bar.add_task("", total=total)

        def show(ended: int) -> None:
            bar.update(task, completed=ended)
            if not is_terminal and ended % max(1, total // 20) == 0:
                stderr.print(f"{ended} of {total} runs", highlight=False)

        yield show
