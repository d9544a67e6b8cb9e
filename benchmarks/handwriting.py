"""The command: how well networks read the handwriting of people whose ink they were not trained on.

    python -m benchmarks.handwriting --write

Progress goes to stderr and the tables to stdout; with --json the last line of stdout is one JSON object instead.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markdown import Markdown

from benchmarks import ablation, leave_one_out, readme, tables, writer_groups
from benchmarks.runs import Result, Run, in_parallel, say
from benchmarks.writer_groups import Collections, Source
from model import data
from model.cli import entry
from model.common import machine
from model.common.atomic_file import atomic_write
from model.common.cores import cores
from model.config import TrainingConfig
from model.presets import preset
from tools.readme import replaced

PRESET = "handwriting"
KEPT = Path(__file__).with_name("handwriting.json")  # the runs that README.md shows

QUICK_DRAWINGS, QUICK_COLLECTIONS = 30, 2  # of each collection; left out
QUICK_SOURCE_SIZE = 200  # scribbles, and corrupted digits

Results = dict[str, dict[str, Any]]  # of each part: settings, date, machine, and the results of its runs by name


@dataclass(frozen=True)
class Part:
    """One of the benchmark's parts: how its runs are planned, carried out and summarized."""

    plan: Callable[[TrainingConfig, Source, Collections], list[Run]]
    carry_out: Callable[[Run], Result]
    summary: Callable[[Mapping[str, Result]], Result]


PARTS = {
    leave_one_out.PART: Part(leave_one_out.plan, leave_one_out.carry_out, leave_one_out.summary),
    ablation.PART: Part(ablation.plan, ablation.carry_out, ablation.summary),
}


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
    "--groups", default=0, show_default=True, help="Leave out the collections in so many groups; 0 is one by one."
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
        results = load(earlier)
        if write:
            take_over(results)
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
        results = begun(plans, kept() if write or resume else {}, partly=bool(only) or resume)
        data.load(plans[wanted[0]][0].config.data)  # so that it is there before several processes look for it
        carry_out(plans, chosen, results, jobs or cores(), resume=resume, write=write)
        results = {name: {"quick": quick, **results[name]} for name in wanted}
    with_summaries = summarized(results)
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


def settings(runs: list[Run]) -> Result:
    """List what the runs of a part have in common; results are comparable only with the same settings."""
    ink = writer_groups.load(runs[0].source)
    source: Result = {
        "digits": runs[0].source.digits,
        "letters": runs[0].source.letters,
        "fingerprint": ink.fingerprint,
    }
    together = [list(group) for group in dict.fromkeys(run.left_out for run in runs) if len(group) > 1]
    if together and runs[0].part == leave_one_out.PART:
        source["together"] = together
    return {"config": runs[-1].config.model_dump(mode="json"), "ink": source}


def begun(plans: Mapping[str, list[Run]], old: Results, *, partly: bool) -> Results:
    """Collect the earlier results that stay: those with the same settings, and those of parts not run now.

    Raises:
        ValueError: runs are to be added to others (`partly`) that have other settings.
    """
    results = dict(old)
    for name, runs in plans.items():
        ours = settings(runs)
        if name in old and old[name]["settings"] != ours:
            if partly:
                other = ", ".join(differences(old[name]["settings"], ours))
                raise ValueError(
                    f"the runs in {KEPT.name} that these are to stand beside must have the same settings; other there: "
                    f"{other}; leave out --only and --resume to begin anew"
                )
            results.pop(name)
        results.setdefault(name, {"settings": ours, "runs": {}})
    return results


def differences(old: Result, new: Result) -> list[str]:
    """List the settings that differ, with their old and new values."""
    return [
        f"{name} {old[kind].get(name)}, now {value}"
        for kind in new
        for name, value in new[kind].items()
        if old[kind].get(name) != value
    ]


def carry_out(
    plans: Mapping[str, list[Run]], chosen: list[Run], results: Results, jobs: int, *, resume: bool, write: bool
) -> None:
    """Carry out the chosen runs and add their results, in the order of the plans."""
    left = [run for run in chosen if not (resume and run.name in results[run.part]["runs"])]
    say(f"{len(left)} runs, {jobs} side by side; {len(chosen) - len(left)} are done already")
    if write:
        readme_with({})  # before hours of work, not after them
    for count, (run, result) in enumerate(in_parallel([(PARTS[run.part].carry_out, run) for run in left], jobs), 1):
        part = results[run.part]
        runs = part["runs"] | {run.name: result}
        part["runs"] = {each.name: runs[each.name] for each in plans[run.part] if each.name in runs}
        part |= {"date": datetime.date.today().isoformat(), "machine": machine.describe({"numpy": "NumPy"})}
        say(f"{count}/{len(left)}  {tables.line(run, result)}")
        if write:
            keep(results)


# ---------------------------------------------------------------------------------------- what is kept of it


def load(path: Path) -> Results:
    """Read the results of earlier runs from their JSON.

    Raises:
        ValueError: the file holds something else.
    """
    try:
        found = json.loads(path.read_text())
        results = {name: found[name] for name in PARTS if name in found}
        if not results or any(not part["settings"] for part in results.values()):
            raise ValueError
        summarized(results)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(
            f"{path.name} must hold the JSON of earlier runs (`--json`'s last line, or what --write keeps)"
        ) from None
    return results


def kept() -> Results:
    return load(KEPT) if KEPT.is_file() else {}


def take_over(results: Results) -> None:
    """Keep the parts of an earlier benchmark, in place of those kept so far.

    Raises:
        ValueError: it was a quick one.
    """
    if any(part.get("quick") for part in results.values()):
        raise ValueError("--write needs results of whole runs; these are of a quick one")
    keep({**kept(), **results})


def keep(results: Results) -> None:
    """Save the results, and show them in the README."""
    with_summaries = summarized(results)
    with atomic_write(KEPT, durable=True) as file:  # a power cut must not cost what took hours
        file.write((json.dumps(with_summaries, indent=1) + "\n").encode())
    readme.README.write_text(readme_with(with_summaries))


def readme_with(results: Results) -> str:
    """Make the README's text with these results.

    Raises:
        ValueError: it has no place for them.
    """
    text = readme.README.read_text()
    for name in PARTS:
        content = tables.markdown(name, results[name]) if name in results else "Not measured yet."
        text = replaced(text, f"handwriting-{name}", content)
    return text


def summarized(results: Results) -> Results:
    """Add its summary to each part that has runs."""
    return {
        name: {**results[name], "summary": PARTS[name].summary(results[name]["runs"])}
        for name in PARTS
        if name in results and results[name]["runs"]
    }


if __name__ == "__main__":
    entry.run(handwriting)
