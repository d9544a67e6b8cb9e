"""A change of settings in the middle of a run, and what a fork may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.config import TrainingConfig


class Change(dict[str, Any]):
    """New values for a run, from its next step on: `Change(learning_rate=0.01)`.

    They are fields of TrainingConfig, of those that are live.
    """


def updated(config: TrainingConfig, values: Mapping[str, Any]) -> TrainingConfig:
    """Return the config of a run after a change.

    Raises:
        ValueError: A value is out of its range, or a setting can't change in the middle of a run.
    """
    live = config.live_fields()
    fixed = [name for name in values if name not in live]
    if fixed:
        raise ValueError(f"{', '.join(fixed)} can't change while training; start a new run for it")
    return config.changed(**values)


def fork_conflicts(parent: TrainingConfig, fork: TrainingConfig) -> list[str]:
    """Return the fields in which a fork differs from its parent although it must not."""
    return [name for name in fork.fork_fixed_fields() if getattr(parent, name) != getattr(fork, name)]
