"""How a reproduced result is written beside what was published: the cells of its table, and the sentences below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from model.common.formatting import format_duration, format_measure
from model.presets import PublishedFigure

COLUMNS = ("figure", "published", "reached", "band", "within")


def cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A row of the table, a text for each of COLUMNS."""
    figure = PublishedFigure(**{field.name: row[field.name] for field in fields(PublishedFigure)})
    reached = "–" if row["reached"] is None else format_measure(figure.measure, row["reached"])
    return row["label"], str(figure), reached, band(figure), {True: "yes", False: "no", None: ""}[row["within"]]


def band(figure: PublishedFigure) -> str:
    """From where to where what is reached counts as the same."""
    if figure.lowest is None:
        return "" if figure.highest is None else f"at most {format_measure(figure.measure, figure.highest)}"
    lowest = format_measure(figure.measure, figure.lowest)
    return (
        f"at least {lowest}"
        if figure.highest is None
        else f"{lowest} to {format_measure(figure.measure, figure.highest)}"
    )


def sentences(name: str, result: Mapping[str, Any]) -> Iterator[str]:
    """What is to be said of a result beside its figures."""
    if result["status"] == "diverged":
        yield f"{name} diverged in epoch {result['epochs']}: its loss was no longer a finite number."
    if found := result.get("mini_batches"):
        goal, accuracy = (format_measure("test_accuracy", found[key]) for key in ("goal", "test_accuracy"))
        share = format_measure("ratio", found["ratio"], decimals=1)
        when = f"after {found['epochs']} epochs ({accuracy}) and {format_duration(found['seconds'])}"
        there = f"is there {when}, {share} of the time" if found["reached"] else f"was not there {when}"
        yield (
            f"{name}: {result['epochs']:,} steps on all images at once reach a test accuracy of {goal} in "
            f"{format_duration(result['seconds'])}. The same network trained in mini-batches of {found['batch_size']} "
            f"(rate {found['learning_rate']:g}) {there}. To stop there, the test images are read after each epoch; "
            "nothing is chosen by that, as it is the quantity compared."
        )
