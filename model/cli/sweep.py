"""`sweep`: search for good settings by many training runs, on this machine or on many."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.cli.console import as_json_option, load_dataset, print_notes, stderr
from model.cli.experiment_options import storage_option
from model.cli.interruption import interruption
from model.cli.numbers import whole_number
from model.cli.sweep_output import print_study, progress_line, summary
from model.cli.sweep_plan import known_plan, read_plan
from model.cli.train import config_options
from model.experiments.plan import OBJECTIVES
from model.presets import PRESETS

if TYPE_CHECKING:
    from model.experiments.study_view import StudyView


@click.command("sweep")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--vary", help="What varies: learning_rate=log:1e-4..1,dropout=0..0.5,hidden_sizes=[32;64;128,64].")
@click.option("--name", help="The study's name [default: the file's, or one made of the plan].")
@click.option("--trials", help="How many trials [default: 30]; more than before are added to a study.")
@click.option("--seeds", help="How many runs each trial has, each with its own seed [default: 1].")
@click.option("--until", metavar="ACCURACY", help="End a run at this validation accuracy, such as 98%.")
@click.option(
    "--objective",
    help=f"Objective: {', '.join(OBJECTIVES)}, or two of them with a comma between [default: validation_accuracy].",
)
@click.option("--judge", help="Ink files for ink_accuracy, separated by commas.")
@click.option("--sampler", help="Sampler that chooses the trials: tpe, random, grid or cma-es [default: tpe].")
@click.option("--pruner", help="Pruner that ends unpromising runs early: none, median or hyperband [default: none].")
@click.option("--timeout", help="Start no more trials after this many seconds.")
@storage_option
@click.option("--scheduler", metavar="ADDRESS", help="Compute on the workers of this Dask scheduler: tcp://host:8786.")
@click.option("--jobs", metavar="NUMBER", help="Compute this many trials at once on this machine [default: its cores].")
@click.option(
    "--importance",
    "method",
    default="ped-anova",
    show_default=True,
    help="Method to compute which settings matter: ped-anova, or fanova, which needs scikit-learn.",
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
    """Search for good settings: a training run for each trial, or several with other seeds.

    What varies is in a TOML FILE, or in --vary; the other settings are as in `train`. The same command continues an
    interrupted study, and so does --name alone. After Ctrl-C no more trials start; a second Ctrl-C ends those in
    progress, too, which start again when the study continues. Two commands may work on one study.

    The test set is used once, at the end, for the best trial.
    """
    if method not in ("ped-anova", "fanova"):
        raise ValueError(f"--importance must be ped-anova or fanova; got {method}")
    count = whole_number("--jobs", jobs) if jobs is not None else None
    if scheduler and count:
        raise ValueError("--jobs is for this machine; the workers of --scheduler are started beside it")
    plan = read_plan(file, {name: value for name, value in given.items() if value is not None})

    # Optuna and Dask take a second to import: bad input is refused before.
    from model.experiments.stores.storage import open_store

    name = plan.name if plan else given["name"]
    assert name
    store = None if plan else open_store(storage, name, create=False)
    plan = plan or known_plan(store, given)
    dataset = load_dataset(plan.data)

    from model.experiments.clusters.dask_cluster import connect, local_cluster
    from model.experiments.engine import StudyEngine, material_of
    from model.experiments.feasibility import check_plan
    from model.experiments.importance import importance
    from model.experiments.study_reader import StudyReader

    ends = "No more trials are begun; Ctrl-C again to end those that are computed, too. The same command goes on."
    check_plan(plan, material_of(plan, dataset))  # what can't be is refused before a study is begun
    store = store or open_store(storage, name)
    with store.explain_loss(), interruption(ends) as interrupted:
        store.open(plan)  # and a study of another plan, before processes are started
        if not is_done(StudyReader(store).read()):
            where = connect(scheduler) if scheduler else local_cluster(count)
            with where as cluster, progress_line(plan) as show:
                StudyEngine(plan, store, cluster, dataset, show, is_asked_to_end=lambda: interrupted.has_come).run()
    view = StudyReader(store).read()
    shares = importance(view, "fanova" if method == "fanova" else "ped-anova")
    print_notes([view.message] if view.message else [])
    if as_json:
        print(json.dumps(summary(view, shares)))
    else:
        print_study(view, shares)
    if view.ended < view.target:
        stderr.print("The same command goes on.", soft_wrap=True)
    sys.exit(interrupted.exit_code)


def is_done(view: StudyView) -> bool:
    """Whether a study has all its trials, and the chosen one is tested: there is nothing to compute."""
    return view.state == "finished" and (view.best is None or view.best.test_accuracy is not None)
