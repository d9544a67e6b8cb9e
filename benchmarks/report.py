"""A report turns a run's results into what people read: a table in the terminal, or a part of the README.

Only ratios are shown. Seconds belong to one machine; how two libraries compare on it tells more of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.adapters import ADAPTERS, BASE
from benchmarks.harness import Row
from model.common.machine import phrase

PYTORCH = ("PyTorch", "PyTorch fused")
ALL_ROWS = "geometric mean"


def number(ratio: float) -> str:
    """Three digits are all that a ratio of times can tell: 0.38, 1.42, 12.3."""
    return f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:.1f}"


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def line(row: Row) -> str:
    """A workload's ratios in one line, for whoever waits."""
    ratios = (f"{name} {number(result['ratio'])}" for name, result in row["results"].items() if name != BASE)
    return f"{row['name']}: {', '.join(ratios)}"


def rivals(results: Mapping[str, Any]) -> list[str]:
    """All libraries of a run but Inkling, in their own order."""
    return [name for name in ADAPTERS if name != BASE and name in results["geometric_means"]]


def sentences(results: Mapping[str, Any]) -> Iterator[str]:
    """What was measured beside the workloads, a sentence each; of what was not, nothing is said."""
    parts = {"accuracy": accuracy, "image": one_image, "augmentation": augmentation, "memory": memory}
    for name, sentence in parts.items():
        if name in results:
            yield from sentence(results[name])


def accuracy(found: Mapping[str, Any]) -> Iterator[str]:
    """Seconds to each target, by the better of PyTorch's ways."""
    for target, compared in found["seconds"].items():
        others = [name for name in PYTORCH if name in compared]
        if others:
            best = min(others, key=lambda name: compared[name]["ratio"])
            ratio = number(compared[best]["ratio"])
            yield (
                f"Until it reads {percent(float(target))} of MNIST's test images right, {best} trains {ratio} times"
                f" as long as Inkling ({found['work']}; the median of {found['seeds']} seeds)."
            )


def one_image(found: Mapping[str, Any]) -> Iterator[str]:
    """One image read."""
    for name in PYTORCH:
        if name in found["seconds"]:
            yield (
                "From one image to its ten probabilities, by the network that reads your drawings, "
                f"{name} takes {number(found['seconds'][name]['ratio'])} times as long as Inkling."
            )


def augmentation(found: Mapping[str, Any]) -> Iterator[str]:
    """What augmentation adds to a step."""
    adam, sgd = found["shares"]["adam"], found["shares"]["sgd"]
    yield (
        "To turn, scale and slant a batch's images takes"
        f" {percent(adam['affine']['ratio'])} of the step that they feed with Adam, {percent(sgd['affine']['ratio'])}"
        f" with SGD; to bend them too, {percent(adam['elastic']['ratio'])} and {percent(sgd['elastic']['ratio'])}"
        f" ({found['work'].removesuffix(' adam')})."
    )


def memory(found: Mapping[str, Any]) -> Iterator[str]:
    """Peak memory."""
    ratios = found["ratios"]
    if "PyTorch" in ratios:
        yield (
            f"At its peak PyTorch holds {number(ratios['PyTorch'])} times as much memory as Inkling,"
            f" {number(ratios['PyTorchFromBytes'])} times if it keeps the images as bytes"
            f" ({found['work']}, an epoch; Inkling with elastic augmentation, PyTorch without)."
        )


# ------------------------------------------------------------------------------------------------ terminal


def show(results: Mapping[str, Any], console: Console) -> None:
    """The table of ratios and the sentences, in the terminal."""
    if results["rows"]:
        names = rivals(results)
        table = Table("Inkling takes 1\nfor an epoch", box=SIMPLE, padding=0)
        for name in names:
            table.add_column(name.replace(" ", "\n", 1).replace("-", "-\n"), justify="right")  # fits 80 columns so
        for row in results["rows"]:
            shown = (number(row["results"][name]["ratio"]) for name in names)
            table.add_row(row["name"].replace(" batch", ""), *shown)
        table.add_section()
        table.add_row(ALL_ROWS, *(number(results["geometric_means"][name]) for name in names))
        console.print(table)
    for sentence in sentences(results):
        console.print(sentence, highlight=False)


# -------------------------------------------------------------------------------------------------- README


def markdown(results: Mapping[str, Any], picture: str) -> str:
    """The README's part on training: the machine, the figure (given as Markdown), the table, and the sentences."""
    return "\n".join(
        [
            f"Measured on {results['date']} on {phrase(results['machine'])}.",
            "",
            picture,
            "",
            "How long an epoch takes beside Inkling: 2.00 is twice as long; bold, below 1, is ahead of it"
            f" ({results['images']:,} images; the median of {results['repeats']} rounds).",
            "",
            *table_lines(results),
            "",
            *(f"- {sentence}" for sentence in sentences(results)),
        ]
    )


def table_lines(results: Mapping[str, Any]) -> Iterator[str]:
    """The table of ratios in Markdown, a line each; what is faster than Inkling is bold."""
    names = rivals(results)
    yield f"| network, batch | optimizer | {' | '.join(names)} |"
    yield f"|---|---|{'---:|' * len(names)}"
    previous = ""
    for row in results["rows"]:
        workload = f"{row['network']}, {row['batch_size']}"
        cells = (emphasized(name, row["results"][name]["ratio"]) for name in names)
        yield f"| {'' if workload == previous else workload} | {row['optimizer']} | {' | '.join(cells)} |"
        previous = workload
    means = (emphasized(name, results["geometric_means"][name]) for name in names)
    yield f"| {ALL_ROWS} | | {' | '.join(means)} |"


def emphasized(name: str, ratio: float) -> str:
    """Bold where a library is ahead; the floor is always, and would only shout."""
    return f"**{number(ratio)}**" if float(number(ratio)) < 1 and ADAPTERS[name].learns else number(ratio)
