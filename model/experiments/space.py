"""What varies in an experiment: settings of a training run, each with a range or a list of values to try.

Written as a text, `learning_rate=log:1e-4..1,dropout=0..0.5,hidden_sizes=[32;64;128,64]`: the bounds of a range stand
around two dots, `log:` before them tries as many small values as large ones, and `:16` behind them is a step; the
values of a list are separated by semicolons.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from model.config import TrainingConfig

Value = bool | int | float | str
Params = dict[str, Value]  # the values of a trial, by their settings; hidden layers as a text, `128,64`

FIXED = {
    "data": "an experiment compares runs on the same data",
    "ink": "an experiment compares runs on the same data",
    "training_size": "an experiment compares runs on the same data",
    "validation_size": "an experiment compares runs on the same validation split",
    "seed": "every trial has the same seeds; ask for several by --seeds",
}
MAX_GRID = 100_000
MOST_STEPS = 1e15  # that are counted


class Range(BaseModel):
    """The numbers from `low` to `high`, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    low: float
    high: float
    log: bool = False  # as many trials between 0.001 and 0.01 as between 0.01 and 0.1
    integer: bool = False
    step: float | None = None

    @property
    def count(self) -> int:
        """How many values it has, which may be more than there is memory for."""
        return self._steps or len(self.values)

    @property
    def _steps(self) -> int:
        """How many values a range has that goes by steps; 0 if it does not."""
        if self.step or (self.integer and not self.log):
            return int(min((self.high - self.low) / (self.step or 1) + 1e-9, MOST_STEPS)) + 1
        return 0

    def value(self, index: int) -> Value:
        """The value at an index below `count`."""
        if not self._steps:
            return self.values[index]
        value = self.low + (self.step or 1) * index
        return round(value) if self.integer else value

    @property
    def values(self) -> tuple[Value, ...]:
        """All of them, if they can be counted; a range of any numbers has ten, evenly spaced."""
        low, high = self.low, self.high
        if self._steps:
            return tuple(map(self.value, range(self._steps)))
        if self.log:
            values = [math.exp(value) for value in _spaced(math.log(low), math.log(high))]
            values[0], values[-1] = low, high
        else:
            values = _spaced(low, high)
        whole = dict.fromkeys(round(value) for value in values)
        return tuple(whole) if self.integer else tuple(values)

    def __str__(self) -> str:
        log, step = "log:" if self.log else "", f":{self.step:g}" if self.step else ""
        return f"{log}{self.low:g}..{self.high:g}{step}"


class Choices(BaseModel):
    """A list of values."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    values: tuple[Value, ...]

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    def value(self, index: int) -> Value:
        """The value at an index below `count`."""
        return self.values[index]

    def __str__(self) -> str:
        return f"[{';'.join(map(_text, self.values))}]"


Dimension = Range | Choices


class SearchSpace(BaseModel):
    """The settings that vary, in order, each with what it may be.

    Raises:
        ValueError: a setting does not exist, can't vary, or can't have such a value; one line says what and why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dimensions: dict[str, Dimension]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.dimensions:
            raise ValueError(
                "nothing varies: name at least one setting with a range or a list of values, such as "
                "learning_rate=log:1e-4..1"
            )
        for name, dimension in self.dimensions.items():
            _check_dimension(name, dimension)
        return self

    @classmethod
    def of(cls, dimensions: Mapping[str, Dimension]) -> Self:
        """The space of these dimensions; whole numbers and hidden layers are written as their settings have them.

        Raises:
            ValueError: as for the class, in one line.
        """
        checked = {name: _fitting(name, dimension) for name, dimension in dimensions.items()}
        return _plain(cls, {"dimensions": checked})

    @classmethod
    def parse(cls, vary: str) -> Self:
        """Read a space from a text, as the module describes it.

        Raises:
            ValueError: it can't be read, or is none; one line says where.
        """
        dimensions: dict[str, Dimension] = {}
        for part in _split(vary):
            name, equals, values = (piece.strip() for piece in part.partition("="))
            name = name.replace("-", "_")
            if not equals or not values:
                raise ValueError(f"each setting that varies needs =values, such as dropout=0..0.5; got {part[:60]!r}")
            if name in dimensions:
                raise ValueError(f"{name} is given twice")
            dimensions[name] = parse_dimension(name, values)
        return cls.of(dimensions)

    @classmethod
    def from_toml(cls, table: Mapping[str, Any]) -> Self:
        """Read a space from a table of a TOML file.

        A value is a text as in `parse`, a list of values, or a table with low, high, log, step.

        Raises:
            ValueError: it can't be read, or is none; one line says where.
        """
        dimensions: dict[str, Dimension] = {}
        for key, value in table.items():
            name = key.replace("-", "_")
            if isinstance(value, str):
                dimensions[name] = parse_dimension(name, value)
            elif isinstance(value, list):
                dimensions[name] = Choices(values=tuple(_as_value(item) for item in value))
            elif isinstance(value, dict):
                try:
                    dimensions[name] = Range(**value)
                except (TypeError, ValueError):
                    raise ValueError(
                        f"{name} needs numbers for low and high, and may have log and step; got {str(value)[:60]}"
                    ) from None
            else:
                raise ValueError(
                    f"{name} needs a range such as 'log:1e-4..1', or a list of values; got {str(value)[:60]}"
                )
        return cls.of(dimensions)

    def to_json(self) -> str:
        """Return the space as a text of JSON."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written.

        Raises:
            ValueError: it is no space.
        """
        return _plain(cls, json.loads(text))

    def grid(self) -> Iterator[Params]:
        """Return all combinations of values: a range of any numbers gives ten."""
        names = list(self.dimensions)
        for values in itertools.product(*(dimension.values for dimension in self.dimensions.values())):
            yield dict(zip(names, values, strict=True))

    @property
    def grid_size(self) -> int:
        """How many combinations there are."""
        return math.prod(dimension.count for dimension in self.dimensions.values())

    def __str__(self) -> str:
        return ",".join(f"{name}={dimension}" for name, dimension in self.dimensions.items())


def parse_dimension(name: str, text: str) -> Dimension:
    """Read the values of one setting: `log:1e-4..1`, `16..256:16`, `[32;64;128,64]`.

    Raises:
        ValueError: it is neither a range nor a list.
    """
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return Choices(values=tuple(item.strip() for item in text[1:-1].split(";")))
    found = re.fullmatch(r"(log:)?\s*([^:]+?)\s*\.\.\s*([^:]+?)\s*(?::\s*([^:]+))?", text)
    try:
        if found:
            log, low, high, step = found.groups()
            return Range(low=float(low), high=float(high), log=bool(log), step=float(step) if step else None)
    except ValueError:
        pass
    raise ValueError(
        f"{name} needs a range such as 0..0.5, log:1e-4..1 or 16..256:16, or a list such as [32;64]; got {text[:60]!r}"
    )


def _plain(cls: type[SearchSpace], values: Mapping[str, Any]) -> Any:
    """Make a space; what pydantic says about a bad one becomes one line."""
    try:
        return cls.model_validate(values)
    except ValueError as error:
        findings: list[dict[str, Any]] = getattr(error, "errors", list)()
        raise ValueError(str(findings[0]["msg"]).removeprefix("Value error, ") if findings else str(error)) from None


def _fitting(name: str, dimension: Dimension) -> Dimension:
    """Return a dimension with values of the setting's own type."""
    field = TrainingConfig.model_fields.get(name)
    if field is None:
        return dimension
    if isinstance(dimension, Range):
        return dimension.model_copy(update={"integer": field.annotation is int})
    return Choices(values=tuple(plain_value(name, value) for value in dimension.values))


def plain_value(name: str, value: Any) -> Value:
    """Return a setting's value as a trial has it: numbers and truth values as such, hidden layers as `128,64`.

    Raises:
        ValueError: the setting can't have this value.
    """
    if name == "hidden_sizes" and isinstance(value, int):  # one layer
        value = str(value)
    own = getattr(TrainingConfig.of({name: value}), name)
    return ",".join(map(str, own)) if isinstance(own, tuple) else own


def _check_dimension(name: str, dimension: Dimension) -> None:
    if name not in TrainingConfig.model_fields:
        raise ValueError(f"{name[:60]} is not a setting; the settings are {', '.join(TrainingConfig.model_fields)}")
    if name in FIXED:
        raise ValueError(f"{name} can't vary: {FIXED[name]}")
    if isinstance(dimension, Choices):
        if not dimension.values:
            raise ValueError(f"{name} needs at least one value")
        if len(set(map(_text, dimension.values))) < len(dimension.values):
            raise ValueError(f"{name} has a value twice: {dimension}")
        for value in dimension.values:
            TrainingConfig.of({name: value})
        return
    if TrainingConfig.model_fields[name].annotation not in (int, float):
        raise ValueError(f"{name} needs a list of values, such as {name}=[...;...]: a range is for numbers")
    if dimension.low >= dimension.high:
        raise ValueError(f"{name} needs a range from a smaller to a larger number; got {dimension}")
    if dimension.log and dimension.low <= 0:
        raise ValueError(f"{name} needs a range above 0 for log; got {dimension}")
    if dimension.step is not None and not 0 < dimension.step <= dimension.high - dimension.low:
        raise ValueError(f"{name} needs a step above 0 that fits between its bounds; got {dimension}")
    if dimension.log and dimension.step:
        raise ValueError(f"{name} can have log or a step, not both; got {dimension}")
    if dimension.integer and not all(float(value).is_integer() for value in (dimension.low, dimension.high)):
        raise ValueError(f"{name} needs whole numbers; got {dimension}")
    if dimension.integer and dimension.step and not dimension.step.is_integer():
        raise ValueError(f"{name} needs a whole number as its step; got {dimension}")
    for bound in (dimension.low, dimension.high):
        TrainingConfig.of({name: int(bound) if dimension.integer else bound})


def _as_value(item: Any) -> Value:
    if isinstance(item, list):  # layers
        return ",".join(map(str, item))
    return item if isinstance(item, (bool, int, float)) else str(item)


def _text(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def _spaced(low: float, high: float, count: int = 10) -> list[float]:
    return [low + (high - low) * index / (count - 1) for index in range(count)]


def _split(text: str) -> list[str]:
    """Split at the commas outside of brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    if depth:
        raise ValueError(f"a list of values begins with [ and ends with ]; got {text[:60]!r}")
    return [part for part in parts if part.strip()]
