"""Races: two settings side by side from the same initial weights, and a bet on which one is better.

Both are ordinary runs of the visitor: they are on Train too, and their networks come into the menus.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from model.common.constants import CLASSES
from model.config import TrainingConfig
from model.jobs import Job
from ui import state
from ui.charts import curve_summary, learning_curves, vega
from ui.charts.curve_lines import Curve
from ui.charts.learning_curves import Look
from ui.common import errors, formatting
from ui.experiments import race_files, race_outcome, race_settings
from ui.experiments.race_outcome import Racer
from ui.pickers import datasets, networks
from ui.state import jobs, presentation, run_names, widget_state
from ui.state.visitor_state import Race
from ui.train import actions, speed

SECONDS = 1.0  # from one look at the runs to the next
RACE_SECONDS = 20.0  # how long a race of quick runs is made to last, so that it can be watched
BEST, FIRST = "the better one at the end", "the first one at a goal"
DEFAULT_GOAL = 90.0  # percent


def show() -> None:
    """The newest race, and the settings of the next one."""
    race = state.visitor().race
    if race and all(jobs.find(number) for number in race.numbers):
        st.fragment(_race, run_every=SECONDS if _is_live(race) else None)(race)
    _next_race()


def _next_race() -> None:
    base = state.visitor().config
    st.markdown(
        "Two runs from the same initial weights, on the same images in the same order. All other settings are those on "
        f"Train: {'-'.join(map(str, base.sizes))}, {base.epochs} epochs, seed {base.seed}."
    )
    if base.data not in state.visitor().datasets and not datasets.is_available(base.data):
        errors.show_error(f"{base.data} is not here yet: choose it on Train, or another data set.")
        return
    if problem := datasets.split_problem(base.data, base):
        errors.show_error(problem)
        return
    try:
        configs = race_settings.choose(base)
    except ValueError as error:
        errors.show_error(str(error))
        return
    with st.container(key="bet", horizontal=True, vertical_alignment="bottom", gap="medium"):
        won_by = st.selectbox("Winner", [BEST, FIRST], key="race_won_by", persist_state="session", width=260)
        goal = None
        if won_by == FIRST:
            goal = st.number_input(
                "Goal (% of the validation images)", 10.0, 100.0, DEFAULT_GOAL, step=0.5, key="race_goal", width=260
            )
        bet = st.radio("Your bet", race_settings.SIDES, None, key="race_bet", horizontal=True)
        same = configs[0] == configs[1]
        st.button(
            "Start the race",
            key="start_race",
            type="primary",
            icon=":material/flag:",
            disabled=bet is None or same,
            help="Choose something that differs." if same else "First place your bet." if bet is None else None,
            on_click=_start,
            args=(configs, race_settings.SIDES.index(bet) if bet else 0, goal and goal / 100),
        )


def _start(configs: Sequence[TrainingConfig], bet: int, goal: float | None) -> None:
    """Start both runs, or neither."""
    visitor = state.visitor()
    started: list[Job] = []
    _stop_race(visitor.race)
    names = [_name(side, config, configs) for side, config in enumerate(configs)]
    for config, name in zip(configs, names, strict=True):
        before = visitor.job
        actions.start(config, config.data, title=name, pace=_pace(configs), beside=True)
        if visitor.job is before or visitor.job is None:  # it is said why
            for job in started:
                jobs.delete(job)
            return
        jobs.rename(visitor.job, name)
        started.append(visitor.job)
    first, second = started
    visitor.race = Race((first.number, second.number), (names[0], names[1]), bet, goal)
    widget_state.put("race_bet", None)


def _name(side: int, config: TrainingConfig, configs: Sequence[TrainingConfig]) -> str:
    difference = run_names.describe_difference(config, configs[1 - side])
    return f"{race_settings.SIDES[side]}: {', '.join(difference)}"


def _pace(configs: Sequence[TrainingConfig]) -> int | None:
    """The speed of both, unless the visitor has chosen one for all runs."""
    if state.visitor().speed is not None:
        return None
    steps = max(speed.num_steps(config, config.data) for config in configs)
    return speed.lasting(steps, RACE_SECONDS)


def _stop_race(race: Race | None) -> None:
    for job in _jobs(race) if race else []:
        if job.is_live:
            job.stop()


def _jobs(race: Race) -> list[Job]:
    return [job for number in race.numbers if (job := jobs.find(number))]


def _is_live(race: Race) -> bool:
    return any(job.is_live for job in _jobs(race))


# -- The race -----------------------------------------------------------------------------------------------


def _race(race: Race) -> None:
    """The curves of a race, who leads, and in the end who has won."""
    found = _jobs(race)
    if len(found) < 2:
        st.rerun()
    racers = [race_files.racer(job) for job in found]
    curves = [Curve(name, racer.points) for name, racer in zip(race.names, racers, strict=True)]
    with st.container(key="race", border=True):
        for column, name, job in zip(st.columns(2, gap="medium"), race.names, found, strict=True):
            with column:
                _standing(name, job)
        reached = max((racer.points[-1].epoch for racer in racers if racer.points), default=0.0)
        end = vega.axis_end(reached, max(job.config.epochs for job in found))
        best = max((accuracy for racer in racers for _, accuracy in race_outcome.measured(racer)), default=0.0)
        look = Look(log=max(best, race.goal or 0.0) > learning_curves.LOG_FROM)
        figure = learning_curves.accuracy_curve(curves, end, look)
        st.vega_lite_chart(presentation.fit(figure).chart(), key="race_curve")
        st.caption(
            f"Accuracy on the validation images, of which a network that guesses has {1 / CLASSES:.0%} right. "
            f"{errors.escape_markdown(curve_summary.summarize(curves))}"
        )
        with st.container(key="race_outcome", horizontal=True, vertical_alignment="center"):
            if race_outcome.is_decided(race, racers):
                st.success(race_outcome.describe(race, racers), icon=":material/flag:")
            else:
                st.info(_so_far(race, racers), icon=":material/timer:")
        is_live = any(racer.is_live for racer in racers)
        with st.container(key="race_buttons", horizontal=True, gap="small"):
            if is_live:
                st.button("Stop the race", key="stop_race", icon=":material/stop:", on_click=_stop_race, args=(race,))
            race_files.show(race, found)
        if not is_live:
            _after(found)
    if not _is_live(race) and any(racer.is_live for racer in racers):
        st.rerun()


def _after(found: Sequence[Job]) -> None:
    """What there is to do after a race."""
    names = [name for job in found if (name := networks.of_job(job))]
    if names:
        st.caption(f"In the menus of Draw, Evaluate and Inside as {errors.escape_markdown(' and '.join(names))}.")
    st.caption("One race proves little: another seed may turn it round. Change it on Train, and race again.")


def _standing(name: str, job: Job) -> None:
    view = job.state()
    accuracies = [it.validation_accuracy for it in view.points if it.validation_accuracy is not None]
    shown = formatting.percent(accuracies[-1]) if accuracies else "–"
    st.metric(
        errors.escape_markdown(name), shown, help="Accuracy on the validation images, at the end of the last epoch."
    )
    st.progress(view.fraction, f"Epoch {view.points[-1].epoch if view.points else 0:.0f} of {view.epochs}")
    if view.message:
        st.caption(errors.escape_markdown(view.message))


def _so_far(race: Race, racers: Sequence[Racer]) -> str:
    leads = race_outcome.winner(race, racers)
    names = [errors.escape_markdown(name) for name in race.names]
    said = "Neither leads so far." if leads is None else f"{names[leads]} leads."
    return f"{said} Your bet is on {names[race.bet]}."
