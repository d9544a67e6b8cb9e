"""The command: how well networks read the handwriting of people whose ink they were not trained on.

    python -m benchmarks.handwriting --write

Progress goes to stderr and the tables to stdout; with --json the last line of stdout is one JSON object instead.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown

from benchmarks import ablation, kept_results, leave_one_out, tables, writer_groups
from benchmarks.kept_results import KEPT, PARTS, Results
from benchmarks.runs import Run, in_parallel, say
from benchmarks.writer_groups import Source
from model import data
from model.cli import entry
from model.common import machine
from model.common.cores import cores
from model.config import TrainingConfig
from model.presets import preset

PRESET = "handwriting"

QUICK_DRAWINGS, QUICK_COLLECTIONS = 30, 2  # of each collection; left out
QUICK_SOURCE_SIZE = 200  # scribbles, and corrupted digits


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--part", type=click.Choice(("all", *PARTS)), default="all", show_default=True)
@click.option(
    "--digits", default=writer_groups.DIGITS, show_default=True, help="Ink of digits; looked for in $INK_DIR."
)
@click.option("--letters", default=writer_groups.LETTERS, show_default=True, help="Ink of letters, likewise.")
@click.option("--epochs", default=12, show_default=True, help="Epochs of each run that leaves out one collection.")
@click.option("--ablation-epochs", default=8, show_default=True, help="Epochs of each run of the ablation.")
@click.option("--training-size", default=0, show_default=True, help="How many of MNIST's images to use; 0 is all.")
@click.option("--seed", default=0, show_default=True, help="The start of all random numbers.")
@click.option(
    "--groups", default=0, show_default=True, help="Leave out the collections in this many groups; 0 is one by one."
)
@click.option("--only", default="", help="Leave out only these collections, separated by commas; no ablation.")
@click.option("--jobs", type=click.IntRange(1), help="Runs side by side, one core each. [default: all cores]")
@click.option(
    "--networks", type=click.Path(path_type=Path), help="A folder to keep the networks in, by the collection left out."
)
@click.option("--quick", is_flag=True, help="Tiny networks: tells in a minute or two whether it all works, no more.")
@click.option("--resume", is_flag=True, help=f"Go on: take the runs that benchmarks/{KEPT.name} holds as done.")
@click.option("--from", "earlier", type=click.Path(path_type=Path), help="Show the JSON of earlier runs again.")
@click.option(
    "--write", is_flag=True, help=f"Keep each run in benchmarks/{KEPT.name} once it is done, and in the README."
)
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def handwriting(
    part: str,
    digits: str,
    letters: str,
    epochs: int,
    ablation_epochs: int,
    training_size: int,
    seed: int,
    groups: int,
    only: str,
    jobs: int | None,
    networks: Path | None,
    quick: bool,
    resume: bool,
    earlier: Path | None,
    write: bool,
    as_json: bool,
) -> None:
    """Test networks on ink of people whose ink they were not trained on, and measure what each step adds."""
    if quick and (write or resume):
        raise ValueError("--quick gives no results worth keeping; leave out --write and --resume")
    if only and part == ablation.PART:
        raise ValueError("--only names collections to leave out one by one; the ablation takes them all")
    if earlier:
        results = kept_results.load(earlier)
        if write:
            kept_results.take_over(results)
    else:
        config = preset(PRESET).config.changed(training_size=training_size, seed=seed)
        trainings = {leave_one_out.PART: shortened(config, epochs), ablation.PART: shortened(config, ablation_epochs)}
        wanted = [leave_one_out.PART] if only else [name for name in PARTS if part in ("all", name)]
        source = Source(digits, letters, QUICK_DRAWINGS if quick else 0)
        plans = {name: planned(name, trainings[name], source, quick=quick, groups=groups) for name in wanted}
        chosen = chosen_runs(plans, only, quick=quick)
        if networks:
            networks.mkdir(parents=True, exist_ok=True)
            chosen = [replace(run, networks=networks) for run in chosen]
        results = kept_results.begun(plans, kept_results.kept() if write or resume else {}, partly=bool(only) or resume)
        data.load(plans[wanted[0]][0].config.data)  # so that it is there before several processes look for it
        carry_out(plans, chosen, results, jobs or cores(), resume=resume, write=write)
        results = {name: {"quick": quick, **results[name]} for name in wanted}
    with_summaries = kept_results.summarized(results)
    if as_json:
        print(json.dumps(with_summaries))
    else:
        for name, found in with_summaries.items():
            Console().print(Markdown(tables.markdown(name, found)))


# ------------------------------------------------------------------------------------------------- running


def shortened(config: TrainingConfig, epochs: int) -> TrainingConfig:
    """Let a training have fewer epochs, and average the same share of them as before."""
    return config.changed(epochs=epochs, average_last=round(config.average_last * epochs / config.epochs))


def planned(name: str, config: TrainingConfig, source: Source, *, quick: bool, groups: int = 0) -> list[Run]:
    """Plan all runs of a part, tiny ones when quick."""
    ink = writer_groups.load(source)
    plan = PARTS[name].plan
    if name == leave_one_out.PART:
        plan = functools.partial(leave_one_out.plan, groups=groups)
    if not quick:
        return plan(config, source, ink)
    tiny = config.changed(data="mnist-5k", training_size=1000, hidden_sizes=(32,), epochs=1)
    runs = plan(tiny, source, ink)
    return [replace(run, mixture=replace(run.mixture, source_size=QUICK_SOURCE_SIZE)) for run in runs]


def chosen_runs(plans: Mapping[str, list[Run]], only: str, *, quick: bool) -> list[Run]:
    """Select the runs that are wanted.

    Raises:
        ValueError: there are no such collections.
    """
    names = [name for name in only.split(",") if name]
    known = [run.name for run in plans.get(leave_one_out.PART, ())]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"--only must be some of {', '.join(known)}; got {', '.join(unknown)}")
    if not names:
        names = known[:QUICK_COLLECTIONS] if quick else known
    return [run for runs in plans.values() for run in runs if run.part != leave_one_out.PART or run.name in names]


def carry_out(
    plans: Mapping[str, list[Run]], chosen: list[Run], results: Results, jobs: int, *, resume: bool, write: bool
) -> None:
    """Carry out the chosen runs and add their results, in the order of the plans."""
    left = [run for run in chosen if not (resume and run.name in results[run.part]["runs"])]
    say(f"{len(left)} runs, {jobs} side by side; {len(chosen) - len(left)} are done already")
    if write:
        kept_results.readme_with({})  # before hours of work, not after them
    for count, (run, result) in enumerate(in_parallel([(PARTS[run.part].carry_out, run) for run in left], jobs), 1):
        part = results[run.part]
        runs = part["runs"] | {run.name: result}
        part["runs"] = {each.name: runs[each.name] for each in plans[run.part] if each.name in runs}
        part |= {"date": datetime.date.today().isoformat(), "machine": machine.describe({"numpy": "NumPy"})}
        say(f"{count}/{len(left)}  {tables.line(run, result)}")
        if write:
            kept_results.keep(results)


if __name__ == "__main__":
    entry.run(handwriting)
