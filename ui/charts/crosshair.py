"""A vertical rule under the pointer that reads all lines of a chart at one epoch, in one tooltip."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ui.charts import vega
from ui.charts.vega import Spec, XOfEpoch

STOPS = 50  # places along the axis where the rule may stand
NOTE_REACH = 0.03  # of the axis: so near to a note, the rule stands at the note
SAME_PLACE = 0.005  # of the axis: notes so near to each other share a stop
HOVERED = "hovered"  # the name of the selection by the pointer


class Reading(NamedTuple):
    """A line as the tooltip reads it: its name, and its points."""

    name: str
    epochs: NDArray[np.float64]  # (n,), ascending
    values: NDArray[np.float64]  # (n,), finite


class Note(NamedTuple):
    """What the tooltip says at an epoch besides the values."""

    epoch: float
    text: str


def columns(count: int) -> dict[str, type]:
    """The columns of a table with such rows: a text, and one for each line of the chart."""
    return {"text": object, **{f"value_{index}": object for index in range(count)}}


def rows(
    readings: Sequence[Reading],
    value_format: Callable[[float], str],
    end: float,
    x_of_epoch: XOfEpoch,
    notes: Sequence[Note] = (),
) -> list[Spec]:
    """The rows of the rule: at each stop the nearest value of every line that has come so far, and the notes.

    Args:
        end: the last epoch of the axis.
    """
    measured = np.unique(np.concatenate([np.empty(0), *(reading.epochs for reading in readings)]))
    stops = _stops(measured, x_of_epoch, notes)
    if not stops:
        return [{"kind": "unread", "epoch": [end]}]
    epochs = np.array([epoch for epoch, _ in stops])
    part: Spec = {"kind": "hover", "epoch": epochs, "text": [text for _, text in stops]}
    for index, reading in enumerate(readings):
        part[f"value_{index}"] = _nearest(reading, epochs, value_format)
    return [part]


def _stops(measured: NDArray[np.float64], x_of_epoch: XOfEpoch, notes: Sequence[Note]) -> list[tuple[float, str]]:
    """The epochs at which the rule may stand, and the notes there: about evenly along the axis."""
    noted: list[tuple[float, float, str]] = []  # x, epoch, text
    for note in sorted(notes):
        x = x_of_epoch(note.epoch)
        if noted and x - noted[-1][0] < SAME_PLACE:
            noted[-1] = (*noted[-1][:2], f"{noted[-1][2]}; {note.text}")
        else:
            noted.append((x, note.epoch, note.text))
    stops: dict[float, str] = {epoch: text for _, epoch, text in noted}
    newest, places = measured.max(initial=0.0), x_of_epoch(measured)
    for x, _, _ in noted:
        clear = abs(places - x) >= NOTE_REACH
        measured, places = measured[clear], places[clear]
    index = 0
    while index < len(measured):
        stops[float(measured[index])] = ""
        index = int(np.searchsorted(places, places[index] + 1 / STOPS))
    if newest in measured:  # and not at a note
        stops[float(newest)] = ""
    return sorted(stops.items())


def _nearest(
    reading: Reading, epochs: NDArray[np.float64], value_format: Callable[[float], str]
) -> list[str] | NDArray[Any]:
    """A line's nearest value at each epoch as text; nothing before its first point and after its last."""
    if not len(reading.epochs):
        return [""] * len(epochs)
    after = np.searchsorted(reading.epochs, epochs).clip(0, len(reading.epochs) - 1)
    before = (after - 1).clip(0)
    nearer = np.abs(reading.epochs[before] - epochs) < np.abs(reading.epochs[after] - epochs)
    values = reading.values[np.where(nearer, before, after)]
    # A line also says its last value a little later: others are measured more often.
    slack = np.diff(reading.epochs).max(initial=0.0)
    inside = (epochs >= reading.epochs[0] - slack) & (epochs <= reading.epochs[-1] + slack)
    return [value_format(value) if said else "" for value, said in zip(values.tolist(), inside.tolist(), strict=True)]


def layer(names: Sequence[str]) -> Spec:
    """The layer that draws the rule and has the tooltip; wherever the pointer is, the nearest stop is meant."""
    row = "(isObject(datum.datum) ? datum.datum : datum)"  # what reacts to the pointer is a cell around the rule
    said = [f"{{'epoch': format({row}.epoch, '.2f')}}"]
    said += [_if_any(f"{row}.value_{index}", name) for index, name in enumerate(names)]
    said.append(_if_any(f"{row}.text", "changed"))
    mark = {
        "type": "rule",
        "color": vega.TEXT,
        "tooltip": {"expr": f"{row}.kind == 'unread' ? null : merge({', '.join(said)})"},
    }
    shown = {"test": {"and": [{"param": HOVERED, "empty": False}, "datum.kind == 'hover'"]}, "value": 0.7}
    select = {"type": "point", "on": "pointerover", "clear": "pointerout", "fields": ["epoch"], "nearest": True}
    return {
        "transform": [{"filter": "datum.kind == 'hover' || datum.kind == 'unread'"}],
        "mark": mark,
        "encoding": {"opacity": {"condition": shown, "value": 0}},
        "params": [{"name": HOVERED, "select": select}],
    }


def _if_any(field: str, title: str) -> str:
    """A Vega expression: an object with a field under a title, without it if it is empty."""
    return f"({field} ? {{{json.dumps(title)}: {field}}} : {{}})"
