"""The plan of a search: what varies, how many trials, with how many seeds, and what is aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from model.common.formatting import format_duration
from model.config import TrainingConfig
from model.experiments.plan import MAX_OBJECTIVES, NEEDS_GOAL, ExperimentPlan
from model.experiments.space import SearchSpace
from model.experiments.study_view import StudyView
from ui.experiments import judge, vary
from ui.experiments.feed import OBJECTIVES
from ui.pickers import varied
from ui.state import limits

INK = "ink_accuracy"
JUDGE = "drawings.jsonl"  # in the search's folder
SAMPLERS = {
    "tpe": "TPE",
    "random": "Random",
    "grid": "Grid",
    "cma-es": "CMA-ES",
}
PRUNERS = {
    "none": "None",
    "median": "Median",
    "hyperband": "Hyperband",
}
MAX_TRIALS, MAX_SEEDS = 500, 10  # that a visitor may ask for


class PlannedSearch(NamedTuple):
    """A plan, and the files that it needs, by their names."""

    plan: ExperimentPlan
    files: Mapping[str, bytes]


def choose(base: TrainingConfig, name: str) -> PlannedSearch:
    """The widgets of a plan; returns the plan.

    Args:
        base: what does not vary, as it stands on Train.
        name: of the study.

    Raises:
        ValueError: it can't be, which the message says in a line.
    """
    what, how = st.columns([3, 2], gap="large")
    with how:
        with st.container(key="search_size", horizontal=True, vertical_alignment="bottom", gap="small"):
            trials = st.number_input(
                "Trials", 2, MAX_TRIALS, 20, key="trials", persist_state="session", width="stretch"
            )
            seeds = st.number_input(
                "Seeds",
                1,
                MAX_SEEDS,
                1,
                key="seeds",
                persist_state="session",
                help="How often each trial is trained, each time with another seed; their mean counts.",
            )
            until = st.number_input(
                "Target accuracy (%)",
                0.0,
                100.0,
                0.0,
                step=0.5,
                key="until",
                persist_state="session",
                help="A run ends when its validation accuracy reaches this; at 0, runs take all their epochs.",
            )
        objectives = st.multiselect(
            "Objective",
            list(OBJECTIVES),
            list(OBJECTIVES)[:1],
            key="objectives",
            max_selections=MAX_OBJECTIVES,
            persist_state="session",
            format_func=lambda name: OBJECTIVES[name][0],
            help="What makes a trial good. With two, the best are the Pareto front: no other trial is better in both.",
        )
        drawings, no_drawings = _judge() if INK in objectives else (b"", "")
        with st.container(horizontal=True, gap="small"):
            sampler = _select(
                "Sampler",
                SAMPLERS,
                "What decides which values are tried next. TPE learns where good trials lie; grid tries all "
                "combinations; CMA-ES is for numbers alone.",
            )
            pruner = _select(
                "Pruner",
                PRUNERS,
                "Ends trials early that fall behind. Median: those worse than half of the others at that epoch; "
                "hyperband: all but a few, in several rounds.",
            )
    with what:
        space = vary.choose(base)
    if not objectives:
        raise ValueError("choose an objective: what makes a trial good")
    if no_drawings:
        raise ValueError(no_drawings)
    if not until and set(objectives) & set(NEEDS_GOAL):
        needing = next(one for one in objectives if one in NEEDS_GOAL)
        raise ValueError(f"{OBJECTIVES[needing][0].lower()} needs one: set Target accuracy above 0")
    check_sizes(space, base)
    plan = ExperimentPlan.of(
        {
            "name": name,
            "base": base,
            "space": space,
            "trials": trials,
            "seeds": seeds,
            "objectives": tuple(objectives),
            "until": until / 100 or None,
            "sampler": sampler,
            "pruner": pruner,
            "judge": JUDGE if drawings else "",
        }
    )
    return PlannedSearch(plan, {JUDGE: drawings} if drawings else {})


def _select(title: str, choices: Mapping[str, str], explanation: str) -> str:
    return st.selectbox(
        title,
        list(choices),
        key=title.lower(),
        persist_state="session",
        format_func=choices.__getitem__,
        help=explanation,
    )


def _judge() -> tuple[bytes, str]:
    """The drawings to judge by, or why there is none: what else is to be chosen is shown in either case."""
    try:
        return judge.choose(), ""
    except ValueError as error:
        return b"", str(error)


def check_sizes(space: SearchSpace, base: TrainingConfig) -> None:
    """Refuse networks that are larger than the operator allows.

    Raises:
        ValueError: one of them is.
    """
    layers = space.dimensions.get(varied.LAYERS)
    for config in [base.changed(hidden_sizes=sizes) for sizes in layers.values] if layers else [base]:
        limits.check_network(config)


def estimate(view: StudyView, processes: int) -> float | None:
    """How many seconds the rest of a study takes, from the trials that have ended; None before the first one."""
    ended = [trial.seconds for trial in view.trials if trial.state in ("finished", "pruned") and trial.seconds]
    if not ended:
        return None
    rest = (view.target or view.plan.all_trials) - view.ended
    return sum(ended) / len(ended) * rest / max(1, processes)


def describe_estimate(view: StudyView, processes: int) -> str:
    """The same as a sentence."""
    seconds = estimate(view, processes)
    if seconds is None:
        return ""
    at_a_time = f", {processes} at a time" if processes > 1 else ""
    return f"By its first trials, the rest takes about {format_duration(seconds)}{at_a_time}."
