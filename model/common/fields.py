"""Describe a setting once, on its field: range, label, help, formula, place on the page, when it may change.

`setting` makes such a field, and `SettingsModel` is a frozen value made of them. Widgets, command-line options,
addresses and messages are derived from the fields, so a new setting needs its field and the code that uses it, and no
list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

LIMITS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}  # pydantic's names, and ours in messages


class Group(StrEnum):
    """The groups of settings on the Train page, from top to bottom."""

    LIVE = "Live settings"
    REGULARIZATION = "Regularization"
    MODEL = "Model and data"
    INITIALIZATION = "Initialization and normalization"
    OPTIMIZER = "Optimizer and schedule"
    DATA = "Data options"
    TRANSFER = "Distillation and fine-tuning"


class Choice(NamedTuple):
    """One of the values that a setting can take: what a menu calls it, and what it computes (Markdown with KaTeX)."""

    label: str
    formula: str


@dataclass(frozen=True)
class Setting:
    """What a field says of its setting, besides its type, default, limits, title and description."""

    group: Group | None = None  # None: its widget is not one of the usual kinds, and stands apart
    rank: int = 99  # its place in the group: smaller ones come first, and equal ones in the order of the fields
    live: bool = False  # whether it may change while the network trains
    fork_fixed: bool = False  # whether a fork must keep its value
    in_address: bool = True  # whether the page's address may give it
    # The setting that decides whether this one has an effect, and its values with which it has; none: any but empty.
    used_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stops: tuple[float, ...] = ()  # what its slider stops at; a 0 at the end means "all"
    unit: str = ""  # of a number that has one
    formula: str = ""  # Markdown with KaTeX, or an example
    choices: Mapping[str, Choice] = field(default_factory=dict)
    network: str = ""  # of a setting that names a trained network: what no network is called


def setting(
    default: Any,
    *,
    title: str,
    help: str,
    group: Group | None = None,
    rank: int = 99,
    live: bool = False,
    fork_fixed: bool = False,
    in_address: bool = True,
    used_with: Mapping[str, tuple[str, ...]] | None = None,
    stops: tuple[float, ...] = (),
    unit: str = "",
    formula: str = "",
    choices: Mapping[str, Choice] | None = None,
    network: str = "",
    **limits: Any,
) -> Any:
    """A field of a `SettingsModel`: see `Setting`; `limits` are pydantic's (ge, gt, le, lt, min_length, max_length)."""
    info: FieldInfo = Field(default, title=title, description=help, **limits)
    info.metadata.append(
        Setting(
            group, rank, live, fork_fixed, in_address, used_with or {}, stops, unit, formula, choices or {}, network
        )
    )
    return info


class SettingsModel(BaseModel):
    """A frozen value whose fields are settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Settings from plain values, or from their texts.

        Raises:
            ValueError: one line that names each bad setting, what it must be, and what came.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            raise ValueError("; ".join(cls._explain(finding) for finding in error.errors())) from None

    @classmethod
    def of_valid(cls, values: Mapping[str, Any]) -> tuple[Self, list[str]]:
        """Settings from those values that are valid, the others at their defaults; and a message for each bad one."""
        try:
            return cls(**values), []
        except ValidationError as error:
            findings = error.errors()
            bad = {finding["loc"][0] for finding in findings}
            valid = {name: value for name, value in values.items() if name not in bad}
            return cls(**valid), [cls._explain(finding) for finding in findings]

    def changed(self, /, **values: Any) -> Self:
        """These settings with some changed, and checked like any others."""
        return self.of(self.model_dump() | values)

    def uses(self, name: str) -> bool:
        """Whether a setting has any effect, with the others as they are."""
        return all(
            getattr(self, other) in values if values else bool(getattr(self, other))
            for other, values in self.setting(name).used_with.items()
        )

    @classmethod
    def setting(cls, name: str) -> Setting:
        """What a field says of its setting."""
        return next(one for one in cls.model_fields[name].metadata if isinstance(one, Setting))

    @classmethod
    def title(cls, name: str) -> str:
        """A setting's label."""
        return cls.model_fields[name].title or name

    @classmethod
    def help(cls, name: str) -> str:
        """What a setting does, in plain words."""
        return cls.model_fields[name].description or ""

    @classmethod
    def limits(cls, name: str) -> dict[str, float]:
        """The limits of a setting, by their names in pydantic: ge, gt, le, lt, min_length, max_length."""
        return _limits(cls.model_fields[name])

    @classmethod
    def options(cls, name: str) -> tuple[str, ...]:
        """The values that a setting can take, if they are a fixed list; else nothing."""
        annotation = cls.model_fields[name].annotation
        return get_args(annotation) if get_origin(annotation) is Literal else ()

    @classmethod
    def live_fields(cls) -> tuple[str, ...]:
        """The settings that may change while the network trains; the others decide its shape, its data or its start."""
        return tuple(name for name in cls.model_fields if cls.setting(name).live)

    @classmethod
    def fork_fixed_fields(cls) -> tuple[str, ...]:
        """The settings that a fork has in common with its parent: the data, the network's shape, and its start."""
        return tuple(name for name in cls.model_fields if cls.setting(name).fork_fixed)

    @classmethod
    def groups(cls) -> dict[Group, tuple[str, ...]]:
        """The settings of each group on the page, in the page's order."""
        ranked = sorted(cls.model_fields, key=lambda name: cls.setting(name).rank)
        return {group: tuple(name for name in ranked if cls.setting(name).group == group) for group in Group}

    @classmethod
    def _explain(cls, finding: Mapping[str, Any]) -> str:
        """One of pydantic's findings in a line: `learning_rate must be above 0 and at most 10; got -1`."""
        name, *inner = finding["loc"]
        info = cls.model_fields.get(name)
        got = repr(finding["input"])[:60]
        if info is None:
            return f"{name[:60]} is not a setting; the settings are {', '.join(cls.model_fields)}"
        if inner:
            return f"{name} must be whole numbers from {_item_range(info)} each; got {got} in layer {int(inner[0]) + 1}"
        return f"{name} must be {cls._requirement(name, info)}; got {got}"

    @classmethod
    def _requirement(cls, name: str, info: FieldInfo) -> str:
        limits = _limits(info)
        if cls.options(name):
            return f"one of {', '.join(cls.options(name))}"
        if info.annotation is str:
            return f"a text of {limits.get('min_length', 0):.0f} to {limits['max_length']:.0f} characters"
        if get_origin(info.annotation) is tuple:
            most = f"{limits['max_length']:.0f}"
            return f"at most {most} whole numbers from {_item_range(info)}, separated by commas"
        if info.annotation is bool:
            return "true or false"
        kind = "a whole number, " if info.annotation is int else ""
        return kind + " and ".join(
            f"{LIMITS[key]} {value:g}" if value < 1e6 else f"{LIMITS[key]} {value:,}"
            for key, value in limits.items()
            if key in LIMITS
        )


def _limits(info: FieldInfo) -> dict[str, float]:
    return {
        key: getattr(rule, key)
        for rule in info.metadata
        for key in (*LIMITS, "min_length", "max_length")
        if getattr(rule, key, None) is not None
    }


def _item_range(info: FieldInfo) -> str:
    """What each item of a tuple may be: `1 to 4096`."""
    limits = _limits(FieldInfo.from_annotation(get_args(info.annotation)[0]))
    return f"{limits['ge']} to {limits['le']}"
