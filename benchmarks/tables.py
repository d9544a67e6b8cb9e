"""Tables show how well other people's handwriting is read, in Markdown, for the README and the terminal alike.

A mean over collections lets each of them count alike, however many drawings it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.ablation import PART as ABLATION
from benchmarks.ablation import STEPS
from benchmarks.leave_one_out import LETTERS, MEANS
from benchmarks.leave_one_out import PART as LEFT_OUT
from benchmarks.runs import Result, Run
from model.common.machine import phrase

Shown = Mapping[str, Any]  # a part's results, with their summary

QUICK = "**A quick run: it all works, and the figures mean nothing.**"


def line(run: Run, result: Result) -> str:
    """A run's result in one line, for whoever waits."""
    accuracy = result["accuracy"]
    found = accuracy if isinstance(accuracy, dict) else {run.name: accuracy}
    return f"{run}: accuracy {', '.join(f'{name} {percent(share)}' for name, share in found.items())}"


def markdown(part: str, shown: Shown) -> str:
    """A part of the README."""
    lines = {LEFT_OUT: collection_lines, ABLATION: ablation_lines}[part]
    return "\n".join([*([QUICK, ""] if shown.get("quick") else []), *lines(shown), f"- {measured(shown)}"])


def measured(shown: Shown) -> str:
    """What was trained, when, and where."""
    config = shown["settings"]["config"]
    shape = ", ".join(map(str, config["hidden_sizes"]))
    size = f"{config['training_size']:,} images of " if config["training_size"] else ""
    epochs = f"{config['epochs']} epoch{'s' if config['epochs'] > 1 else ''}"
    return (
        f"Networks with hidden layers of {shape} units, {epochs} with {size}{config['data']}, seed {config['seed']};"
        f" measured on {shown['date']} on {phrase(shown['machine'])}."
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown, a line each; all columns but the first hold numbers."""
    yield f"| {' | '.join(columns)} |"
    yield f"|---|{'---:|' * (len(columns) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


# ------------------------------------------------------------------------------------- collections left out

DIGIT_COLUMNS = ("left out", "digits", "accuracy", "calibration error", "accepted", "confident errors")
OTHER_COLUMNS = ("AUROC", "rejected", "rejected at 97 % acceptance")


def collection_lines(shown: Shown) -> Iterator[str]:
    """How each collection is read, how its digits are told from what is none, and what is to be said besides."""
    runs, summary = shown["runs"], shown["summary"]
    rows = [collection_cells(f"`{name}`", result) for name, result in runs.items()]
    mean = collection_cells(f"mean of {len(runs)}", summary)
    yield from table((*DIGIT_COLUMNS, f"{LETTERS}: {OTHER_COLUMNS[0]}", *OTHER_COLUMNS[1:]), [*rows, mean])
    others = [(kind, *other_cells(scores)) for kind, scores in summary["kinds"].items()]
    yield from table(("shown beside the digits", *OTHER_COLUMNS), others)
    yield from (f"- {sentence}" for sentence in sentences(shown))


def collection_cells(name: str, found: Result) -> tuple[str, ...]:
    """A row for a collection, or for the mean of all."""
    shares = (percent(found[column]) for column in MEANS)
    return name, f"{found['digits']:,}", *shares, *other_cells(found["kinds"].get(LETTERS))


def other_cells(scores: Result | None) -> tuple[str, ...]:
    """How digits are told from a kind of drawings that are none."""
    if scores is None:
        return ("–",) * len(OTHER_COLUMNS)
    return f"{scores['auroc']:.4f}", percent(scores["refused"]), percent(scores["refused_at_97"])


def sentences(shown: Shown) -> Iterator[str]:
    summary, data = shown["summary"], shown["settings"]["config"]["data"]
    miscut, aside = summary["miscut"], summary["set_aside"]
    yield (
        f"All {summary['digits']:,} digits taken together, the calibration error is"
        f" {percent(summary['calibration_error_together'])}."
    )
    if miscut["digits"]:
        yield (
            f"{miscut['digits']} of them are one straight stroke labeled otherwise than 1, so they were cut out"
            f" wrongly; they make {percent(miscut['share_of_wrong'])} of the errors. Without them the accuracy is"
            f" {percent(miscut['accuracy_without'])}, {percent(1 - miscut['passed_without'])} are rejected, and"
            f" {percent(miscut['wrong_sure_without'])} are confident errors (means over the collections)."
        )
    yield (
        f"Of the {aside['images']:,.0f} training images of {data} that were set aside, the"
        f" networks classify {100 * aside['accuracy']:.2f} % correctly and accept {100 * aside['passed']:.2f} %."
    )
    if together := shown["settings"]["ink"].get("together"):
        groups = "; ".join(", ".join(f"`{name}`" for name in group) for group in together)
        yield f"Left out together, to train fewer networks: {groups}."
    untaught = [f"`{name}` {', '.join(result['untaught'])}" for name, result in shown["runs"].items()]
    yield f"Letters not taught, by the collection left out: {'; '.join(untaught)}."


# ------------------------------------------------------------------------------------------------- ablation


def ablation_lines(shown: Shown) -> Iterator[str]:
    """What each way to lay a drawing out, and each step of the training, is worth."""
    readings, steps = shown["summary"]["readings"], shown["summary"]["steps"]
    if readings:
        first, *_ = readings.values()
        yield from table(
            ("how a drawing is laid out", "accuracy", "difference from the first"),
            compared(list(readings.items()), [first] * len(readings)),
        )
    shares = [(step.words, steps[step.name]) for step in STEPS if step.name in steps]
    above = [share for _, share in (*shares[:1], *shares[:-1])]
    yield from table(("training data", "accuracy", "difference from the row above"), compared(shares, above))
    groups = "; ".join(", ".join(f"`{name}`" for name in group) for group in shown["summary"]["groups"])
    if groups:
        yield f"- Collections left out together: {groups}."


def compared(shares: Sequence[tuple[str, float]], others: Sequence[float]) -> Iterator[tuple[str, ...]]:
    """Rows of shares with how far each is from another, in percentage points; nothing in the first row."""
    for number, ((words, share), other) in enumerate(zip(shares, others, strict=True)):
        change = round(100 * (share - other), 1) + 0.0  # not -0.0
        yield words, percent(share), f"{change:+.1f}" if number else ""
