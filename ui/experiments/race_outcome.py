"""Who wins a race, told from the points of its two runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from model.training.history import HistoryPoint
from ui.common import errors, formatting
from ui.state.visitor_state import Race


class Racer(NamedTuple):
    """How far one of the two is."""

    points: Sequence[HistoryPoint]
    is_live: bool


def measured(racer: Racer) -> list[tuple[float, float]]:
    """The epochs and validation accuracies of a run so far."""
    return [(it.epoch, it.validation_accuracy) for it in racer.points if it.validation_accuracy is not None]


def reached_at(racer: Racer, goal: float) -> float | None:
    """The epoch in which a run first was as accurate as that; None if it was not yet."""
    return next((epoch for epoch, accuracy in measured(racer) if accuracy >= goal), None)


def is_decided(race: Race, racers: Sequence[Racer]) -> bool:
    """Whether nothing can change the outcome any more."""
    if not any(racer.is_live for racer in racers):
        return True
    if race.goal is None:
        return False
    first, second = (reached_at(racer, race.goal) for racer in racers)
    epochs = [racer.points[-1].epoch if racer.points else 0.0 for racer in racers]
    if first is not None and second is not None:
        return True
    if first is not None:
        return epochs[1] > first or not racers[1].is_live
    return second is not None and (epochs[0] > second or not racers[0].is_live)


def winner(race: Race, racers: Sequence[Racer]) -> int | None:
    """Which of the two leads or has won, 0 or 1; None if neither does."""
    if race.goal is None:
        scores = [measured(racer)[-1][1] if measured(racer) else -1.0 for racer in racers]
    else:
        epochs = [reached_at(racer, race.goal) for racer in racers]
        scores = [float("-inf") if epoch is None else -epoch for epoch in epochs]
    return None if scores[0] == scores[1] else int(scores[1] > scores[0])


def describe(race: Race, racers: Sequence[Racer]) -> str:
    """The outcome of a decided race, and what became of the bet, as Markdown."""
    first, rest = _outcome(race, racers, [errors.escape_markdown(name) for name in race.names])
    return f"**{first}**{rest}"


def sentences(race: Race, racers: Sequence[Racer]) -> list[str]:
    """The same as plain text, also of a race that is not decided yet."""
    if is_decided(race, racers):
        return ["".join(_outcome(race, racers, race.names))]
    leads = winner(race, racers)
    said = "Neither leads so far." if leads is None else f"{race.names[leads]} leads so far."
    return [f"The race goes on. {said} The bet is on {race.names[race.bet]}."]


def _outcome(race: Race, racers: Sequence[Racer], names: Sequence[str]) -> tuple[str, str]:
    """Who has won, and the rest of the sentence."""
    won = winner(race, racers)
    if won is None:
        return "Nobody wins", f": {_tie(race, racers)}. The bet was on {names[race.bet]}."
    bet = "as you bet" if won == race.bet else f"and you bet on {names[race.bet]}"
    return f"{names[won]} wins", f", {bet}: {_figures(race, racers, won)}."


def _tie(race: Race, racers: Sequence[Racer]) -> str:
    if race.goal is None:
        return "both end with the same validation accuracy" if measured(racers[0]) else "neither came to an epoch's end"
    epoch = reached_at(racers[0], race.goal)
    goal = formatting.percent(race.goal)
    return f"both reach {goal} at the end of epoch {epoch:.0f}" if epoch else f"neither reaches {goal}"


def _figures(race: Race, racers: Sequence[Racer], won: int) -> str:
    if race.goal is None:
        ends = [measured(racer)[-1][1] if measured(racer) else None for racer in (racers[won], racers[1 - won])]
        best, other = (formatting.percent(end) if end is not None else "nothing that could be measured" for end in ends)
        return f"{best} of the validation images against {other}"
    goal, epochs = formatting.percent(race.goal), [reached_at(racer, race.goal) for racer in racers]
    loser = epochs[1 - won]
    after = f"the other one after {loser:.0f}" if loser is not None else "the other one did not"
    return f"it reached {goal} after {epochs[won]:.0f} epochs, {after}"
