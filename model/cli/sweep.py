"""`sweep`: search for good settings by many trainings, on this machine or on many."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from model.cli.console import as_json_option, finite, load_dataset, print_notes, stderr, stdout, value_table
from model.cli.interruption import interruption
from model.cli.train import config_options
from model.config import TrainingConfig
from model.experiments.plan import OBJECTIVES, ExperimentPlan
from model.experiments.space import SearchSpace
from model.presets import PRESETS, preset

if TYPE_CHECKING:
    from model.experiments.progress import StudyProgress
    from model.experiments.study_view import StudyView, TrialView

PLAN_KEYS = ("name", "trials", "seeds", "until", "objective", "sampler", "pruner", "judge", "timeout", "preset")
SHOWN_TRIALS = 5
UNITS = {
    "validation_accuracy": "{:.2%}",
    "ink_accuracy": "{:.2%}",
    "seconds_to": "{:.3g} s",
    "parameters_to": "{:,.0f} parameters",
}


@click.command("sweep")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--vary", help="What varies: learning_rate=log:1e-4..1,dropout=0..0.5,hidden_sizes=[32;64;128,64].")
@click.option("--name", help="The study's name [default: the file's, or one made of the plan].")
@click.option("--trials", help="How many trials [default: 30]; more than before are added to a study.")
@click.option("--seeds", help="How many runs each trial has, each with its own seed [default: 1].")
@click.option("--until", metavar="ACCURACY", help="End a run at this validation accuracy, such as 98%.")
@click.option(
    "--objective",
    help=f"What is aimed at: {', '.join(OBJECTIVES)}, or two of them with a comma between [default: "
    "validation_accuracy].",
)
@click.option("--judge", help="Ink files for ink_accuracy, separated by commas.")
@click.option("--sampler", help="Who chooses what is tried: tpe, random, grid or cma-es [default: tpe].")
@click.option("--pruner", help="Who gives runs up early: none, median or hyperband [default: none].")
@click.option("--timeout", help="Begin no more trials after so many seconds.")
@click.option(
    "--storage",
    default="experiments",
    show_default=True,
    help="Where studies are kept: a folder, a journal file (.log), or postgresql://user@host/database.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Compute on the workers of this Dask scheduler: tcp://host:8786.")
@click.option("--jobs", metavar="NUMBER", help="Compute so many trials at once on this machine [default: its cores].")
@click.option(
    "--importance",
    "method",
    default="ped-anova",
    show_default=True,
    help="How it is told which settings matter: ped-anova, or fanova, which needs scikit-learn.",
)
@click.option("--preset", "preset_name", help=f"What does not vary is as in a preset: {', '.join(PRESETS)}.")
@config_options
@as_json_option
def sweep_command(
    file: Path | None,
    storage: str,
    scheduler: str | None,
    jobs: str | None,
    method: str,
    as_json: bool,
    **given: str | None,
) -> None:
    """Search for good settings: a training for each trial, or several with other seeds.

    What varies is in a TOML FILE, or in --vary; the other settings are as in `train`. The same command goes on with a
    study that was interrupted, and so does --name alone. Ctrl-C begins no more trials; a second one ends those that are
    being computed, too, and they are begun again when the study goes on. Two commands may work at one study.

    The test part of the data is looked at once, for the trial that is best in the end.
    """
    if method not in ("ped-anova", "fanova"):
        raise ValueError(f"--importance must be ped-anova or fanova; got {method}")
    count = _whole("--jobs", jobs) if jobs is not None else None
    if scheduler and count:
        raise ValueError("--jobs is for this machine; the workers of --scheduler are started beside it")
    plan = read_plan(file, {name: value for name, value in given.items() if value is not None})

    # Optuna and Dask take a second to import: bad input is refused before.
    from model.experiments.storage import open_store

    name = plan.name if plan else given["name"]
    assert name
    store = open_store(storage, name, create=plan is not None)
    plan = plan or _known_plan(store, given)
    dataset = load_dataset(plan.data)

    from model.experiments.dask_cluster import connect, local_cluster
    from model.experiments.engine import StudyEngine
    from model.experiments.importance import importance
    from model.experiments.study_reader import StudyReader

    ends = "No more trials are begun; Ctrl-C again to end those that are computed, too. The same command goes on."
    store.open(plan)  # a study of another plan is refused before processes are started
    with interruption(ends) as interrupted:
        if not is_done(StudyReader(store).read()):
            where = connect(scheduler) if scheduler else local_cluster(count)
            with where as cluster, _progress_line(plan) as show:
                StudyEngine(plan, store, cluster, dataset, show, is_asked_to_end=lambda: interrupted.has_come).run()
    view = StudyReader(store).read()
    shares = importance(view, "fanova" if method == "fanova" else "ped-anova")
    print_notes([view.message] if view.message else [])
    if as_json:
        print(json.dumps(summary(view, shares)))
    else:
        _print(view, shares)
    if view.ended < view.target:
        stderr.print("The same command goes on.", soft_wrap=True)
    sys.exit(interrupted.exit_code)


def read_plan(file: Path | None, given: dict[str, Any]) -> ExperimentPlan | None:
    """Make the plan of a TOML file and of options, which go before it; None if they name a study and nothing else.

    Raises:
        ValueError: it can't be; one line says why.
        OSError: the file can't be read.
    """
    table = _read_toml(file) if file else {}
    values = {key: value for key, value in table.items() if key not in ("vary", "base")}
    if unknown := sorted(set(values) - set(PLAN_KEYS)):
        raise ValueError(f"{file}: {unknown[0]} is none of {', '.join(PLAN_KEYS)}, base and vary")
    base, vary = table.get("base", {}), table.get("vary", {})
    if not isinstance(base, dict) or not isinstance(vary, (dict, str)):
        raise ValueError(f"{file}: base and vary must be tables")
    options = dict(given)
    text, preset_name = options.pop("vary", None), options.pop("preset_name", None) or values.pop("preset", None)
    settings = base | {name: options.pop(name) for name in list(options) if name in TrainingConfig.model_fields}
    values |= options
    if not file and text is None:
        if not set(values) - {"trials", "timeout"} == {"name"} or settings or preset_name:
            raise ValueError("name what varies: a TOML file, or --vary learning_rate=log:1e-4..1,hidden_sizes=[32;64]")
        return None
    vary = vary if text is None else text
    space = SearchSpace.parse(vary) if isinstance(vary, str) else SearchSpace.from_toml(vary)
    start = preset(str(preset_name)).config if preset_name else TrainingConfig()
    plan = _plan(values, start.changed(**settings), space)
    if "name" in values:
        return plan
    return plan.model_copy(update={"name": file.stem if file else f"sweep-{plan.digest[:8]}"})


def is_done(view: StudyView) -> bool:
    """Whether a study has all its trials, and the chosen one is tested: there is nothing to compute."""
    return view.state == "finished" and (view.best is None or view.best.test_accuracy is not None)


def summary(view: StudyView, shares: dict[str, float]) -> dict[str, Any]:
    """Return what `sweep --json` ends with."""
    best = view.best
    return {
        "name": view.plan.name,
        "state": view.state,
        "objectives": view.plan.objectives,
        "trials": [_plain(trial) for trial in view.trials],
        "target": view.target,
        "best": _plain(best) if best else None,
        "pareto_front": [trial.number for trial in view.pareto_front],
        "importance": shares,
        "machines": view.machines,
        "message": view.message,
        "plan": view.plan.model_dump(mode="json"),
    }


def _plain(trial: TrialView) -> dict[str, Any]:
    return {
        "number": trial.number,
        "state": trial.state,
        "params": trial.params,
        "values": trial.values,
        "seed_values": trial.seed_values,
        "seconds": finite(trial.seconds),
        "parameters": trial.parameters,
        "machine": trial.machine,
        "note": trial.note,
        "attempts": trial.attempts,
        "weights": str(trial.weights) if trial.weights else None,
        "test_accuracy": trial.test_accuracy,
    }


def _print(view: StudyView, shares: dict[str, float]) -> None:
    states = [trial.state for trial in view.trials]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    values: dict[str, Any] = {"study": view.plan.name, "state": view.state, "trials": counts or "none"}
    best = view.best
    if best:
        assert best.values
        values["best"] = f"trial {best.number}: {described(view.plan, best.values)}"
        values |= {name: _text(value) for name, value in best.params.items()}
        if best.test_accuracy is not None:
            values["test_accuracy"] = best.test_accuracy
        if best.weights:
            values["network"] = best.weights
    if shares:
        values["what matters"] = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    if len(view.machines) > 1:
        values["computed by"] = "; ".join(view.machines)
    stdout.print(value_table(values))
    is_front = len(view.plan.objectives) > 1
    reached = [trial for trial in view.trials if trial.has_values]
    shown = view.pareto_front if is_front else sorted(reached, key=view.losses)[:SHOWN_TRIALS]
    if len(shown) > 1:
        names = list(view.plan.space.dimensions)
        grid = Table("trial", *view.plan.objectives, *names, title="Pareto front" if is_front else "The best trials")
        for trial in shown:
            assert trial.values
            numbers = [described(view.plan, trial.values, place) for place in range(len(trial.values))]
            grid.add_row(str(trial.number), *numbers, *(_text(trial.params.get(name, "")) for name in names))
        stdout.print(grid)
    for trial in view.trials:
        if trial.state in ("failed", "lost"):
            stdout.print(f"trial {trial.number} {trial.state}: {trial.note}", markup=False, soft_wrap=True)


def described(plan: ExperimentPlan, values: tuple[float | None, ...], place: int | None = None) -> str:
    """Write what a trial reached, of all objectives or of one."""
    parts = [
        "not reached" if value is None else UNITS[objective].format(value)
        for objective, value in zip(plan.objectives, values, strict=True)
    ]
    return ", ".join(parts) if place is None else parts[place]


@contextmanager
def _progress_line(plan: ExperimentPlan) -> Iterator[Callable[[StudyProgress], None]]:
    """Show how far a study is: a bar in a terminal, else a line for each trial that has ended."""
    columns = (
        TextColumn("trial {task.fields[ended]}/{task.fields[target]}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
    )
    is_terminal = stderr.is_terminal
    with ProgressBar(*columns, console=stderr, transient=True, disable=not is_terminal) as bar:
        task = bar.add_task("", total=1.0, ended=0, target=plan.all_trials, state="starting")
        said = ("", -1)

        def show(progress: StudyProgress) -> None:
            nonlocal said
            parts = [progress.message] if progress.message else []
            if progress.state != "running":
                parts.append(progress.state)
            if progress.best:
                parts.append(f"best {described(plan, progress.best[1])} (trial {progress.best[0]})")
            if progress.seconds_left is not None and progress.ended < progress.target:
                parts.append(f"{duration(progress.seconds_left)} left")
            state = "  ".join(parts)
            share = progress.ended / max(progress.target, 1)
            bar.update(task, completed=share, ended=progress.ended, target=progress.target, state=state)
            now = (progress.message, progress.ended)
            if not is_terminal and now != said and (progress.ended or progress.message):
                line = f"trial {progress.ended}/{progress.target}  {state}"
                stderr.print(line, markup=False, highlight=False, soft_wrap=True)
                said = now

        yield show


def duration(seconds: float) -> str:
    """Write a time as one reads it: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _plan(values: dict[str, Any], base: TrainingConfig, space: SearchSpace) -> ExperimentPlan:
    plain: dict[str, Any] = {"base": base, "space": space}
    for key, value in values.items():
        if key in ("trials", "seeds"):
            plain[key] = _whole(key, value)
        elif key == "until":
            plain[key] = _share(value)
        elif key == "objective":
            names = value.split(",") if isinstance(value, str) else value
            plain["objectives"] = tuple(str(name).strip() for name in names)
        else:
            plain[key] = value
    return ExperimentPlan.of(plain)


def _known_plan(store: Any, given: dict[str, str | None]) -> ExperimentPlan:
    """Return the plan of a study that was begun before, with more trials if they are asked for."""
    plan: ExperimentPlan = store.plan()
    changed = {name: _whole(name, given[name]) for name in ("trials",) if given.get(name) is not None}
    if given.get("timeout") is not None:
        changed["timeout"] = given["timeout"]  # type: ignore[assignment]
    return ExperimentPlan.of(plan.model_dump() | changed)


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file}: no TOML file ({error})") from None


def _whole(name: str, value: object) -> int:
    text = str(value).strip()
    if not text.isdecimal() or not int(text):
        raise ValueError(f"{name} must be a whole number from 1 on; got {text[:40]!r}")
    return int(text)


def _share(value: object) -> float:
    text = str(value).strip()
    try:
        share = float(text.removesuffix("%"))
        share /= 100 if text.endswith("%") or share > 1 else 1
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise ValueError(f"until must be an accuracy such as 98% or 0.98; got {text[:40]!r}")
    return share


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value) or "none"
