"""What `sweep` shows: a line while it works, and in the end a table, or one JSON object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from model.cli.console import finite, stderr, stdout, value_table
from model.experiments.plan import ExperimentPlan

if TYPE_CHECKING:
    from model.experiments.progress import StudyProgress
    from model.experiments.study_view import StudyView, TrialView

SHOWN_TRIALS = 5
UNITS = {
    "validation_accuracy": "{:.2%}",
    "ink_accuracy": "{:.2%}",
    "seconds_to": "{:.3g} s",
    "parameters_to": "{:,.0f} parameters",
}


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


def print_study(view: StudyView, shares: dict[str, float]) -> None:
    """Print the best trials, and those that failed."""
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
            grid.add_row(str(trial.number), *numbers, *(escape(_text(trial.params.get(name, ""))) for name in names))
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
def progress_line(plan: ExperimentPlan) -> Iterator[Callable[[StudyProgress], None]]:
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


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value) or "none"
