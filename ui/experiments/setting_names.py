"""The settings in the order of the Train page, whatever they are."""

from __future__ import annotations

from model.config import TrainingConfig


def in_page_order() -> list[str]:
    """The names of all settings that have a group, group by group."""
    return [name for names in TrainingConfig.groups().values() for name in names]
