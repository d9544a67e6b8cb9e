"""Names of runs: what differs from the first one, such as "lr 0.01, batch 1"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from model.config import TrainingConfig

MAX_PARTS = 3  # of a name; what else differs is in the table of runs
MAX_LENGTH = 40

# How a setting is named in so few words, in the order of what matters most. Others go by their titles.
_WORDS: dict[str, Callable[[Any], str]] = {
    "data": str,
    "hidden_sizes": lambda sizes: f"{'-'.join(map(str, sizes))} units" if sizes else "no hidden layer",
    "activation": str,
    "optimizer": str,
    "learning_rate": lambda rate: f"lr {rate:g}",
    "batch_size": lambda size: f"batch {size}" if size else "full batch",
    "training_size": lambda size: f"{size} images" if size else "all images",
    "augmentation": lambda kind: "no augmentation" if kind == "none" else str(kind),
    "schedule": lambda kind: "constant lr" if kind == "constant" else str(kind).replace("_", " "),
    "initialization": lambda kind: f"{kind} weights",
    "batch_normalization": lambda on: "batch norm" if on else "no batch norm",
    "background": lambda on: "reject class" if on else "no reject class",
    "epochs": lambda epochs: f"{epochs} epochs",
}


def name_run(
    config: TrainingConfig,
    title: str,
    *,
    reference: TrainingConfig | None,
    taken: Collection[str],
    branch_epoch: float | None = None,
) -> str:
    """Name a run by what differs from another one; the name is unique, and stays when other runs come.

    Args:
        title: its name if there is nothing to compare it with, or nothing differs.
        reference: the settings that it is compared with: those of the first run, or of the one that it branches off.
        taken: the names of other runs.
        branch_epoch: where it branches off, if it does.
    """
    parts = [] if branch_epoch is None else [f"branch at {branch_epoch:.3g}"]
    if reference is not None:
        parts += describe_difference(config, reference)
    return unique(", ".join(parts) or title, taken)


def describe_difference(config: TrainingConfig, reference: TrainingConfig) -> list[str]:
    """The settings that have an effect and differ from a reference, each in a few words; at most MAX_PARTS."""
    names = [*_WORDS, *(name for name in TrainingConfig.model_fields if name not in _WORDS)]
    differing = [
        name
        for name in names
        if getattr(config, name) != getattr(reference, name) and (config.uses(name) or reference.uses(name))
    ]
    return [_describe(name, getattr(config, name)) for name in differing[:MAX_PARTS]]


def _describe(name: str, value: Any) -> str:
    if name in _WORDS:
        return _WORDS[name](value)
    title = TrainingConfig.title(name)
    title = title[0].lower() + title[1:]
    if isinstance(value, bool):
        return title if value else f"no {title}"
    return f"{title} {value:g}" if isinstance(value, int | float) else f"{title} {value}"


def unique(name: str, taken: Collection[str]) -> str:
    """A name that is not taken and not too long: itself, or with a number behind it."""
    name = " ".join(name.split())[:MAX_LENGTH].strip() or "run"
    return next(candidate for candidate in _numbered(name, len(taken)) if candidate not in taken)


def _numbered(name: str, count: int) -> Iterable[str]:
    yield name
    for number in range(2, count + 3):
        yield f"{name} ({number})"
