"""Settings that are held against others, by the name of a preset, or by what is written of them.

`optimizer=sgd,learning_rate=0.1` is the default settings with these changes, `starter,epochs=5` a preset with one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.common.paths import expanded, is_file
from model.config import TrainingConfig
from model.export.description import setting_value
from model.presets import PRESETS, preset
from model.training.shipped import shipped

MOST_SAID = 4  # settings, in a name
NETWORK_FILES = (".safetensors", ".npz")


@dataclass(frozen=True)
class Contender:
    """Settings with a short name for sentences."""

    name: str
    config: TrainingConfig


def contender(text: str, common: Mapping[str, Any]) -> Contender:
    """Read settings.

    Args:
        text: As the module describes it.
        common: The settings that all contenders have, unless the text says otherwise.

    Raises:
        ValueError: It names no preset, or settings that do not exist or can't be.
    """
    changes: dict[str, str] = {}
    start, names = TrainingConfig(), []
    for place, part in enumerate(_parts(text)):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        name = name.replace("-", "_").lstrip("_") if equals else name
        if not equals and place == 0:
            start, names = _preset(name).config, [name]
        elif not equals or name not in TrainingConfig.model_fields:
            known = ", ".join(TrainingConfig.model_fields)
            raise ValueError(f"{part[:60]!r} is no setting with a value; the settings are {known}")
        elif name in changes:
            raise ValueError(f"{name} is given twice in {text[:60]!r}")
        else:
            changes[name] = value
    config = start.changed(**{**common, **changes})
    return Contender(_name(config, names, list(changes or ({} if names else common))), config)


def contenders(texts: Sequence[str], common: Mapping[str, Any]) -> list[Contender]:
    """Read settings that are to be compared.

    Raises:
        ValueError: As `contender`; or there are fewer than two, two are the same, or they can't be compared.
    """
    found = [contender(text, common) for text in texts]
    if len(found) < 2:
        raise ValueError(f"a comparison needs two settings or networks; got {len(found)}")
    for place, one in enumerate(found):
        for other in found[:place]:
            if one.config == other.config:
                raise ValueError(f"{other.name} and {one.name} are the same settings: nothing would differ")
    for setting, why in {
        "data": "runs are compared on the same data",
        "seed": "each pair of runs has the same seed; --seeds says how many there are",
        "training_size": "runs are compared on the same images",
        "validation_size": "runs are compared on the same validation images",
    }.items():
        if len({getattr(one.config, setting) for one in found}) > 1:
            values = " and ".join(f"{getattr(one.config, setting)} of {one.name}" for one in found)
            option = "" if setting == "seed" else f"; --{setting.replace('_', '-')} sets it for all"
            raise ValueError(f"{setting} differs, {values}: {why}{option}")
    return _with_distinct_names(found)


def network_file(text: str) -> Path | None:
    """Return the file of a network if that is what the text names; None if it names settings.

    Raises:
        ValueError: There is no such file.
    """
    path = expanded(text)
    if path.suffix.lower() not in NETWORK_FILES:
        return path if is_file(path) else None
    if is_file(path):
        return path
    if (known := shipped().get(text.removesuffix(path.suffix))) is not None:
        return known
    raise ValueError(f"{text}: there is no such file")


def _with_distinct_names(found: list[Contender]) -> list[Contender]:
    """Number those that are called the same, so that sentences can be understood."""
    names = [one.name for one in found]
    return [
        Contender(f"{one.name} ({place + 1})", one.config) if names.count(one.name) > 1 else one
        for place, one in enumerate(found)
    ]


def _preset(name: str) -> Any:
    if name in PRESETS:
        return preset(name)
    raise ValueError(
        f"{name[:60]!r} is neither a preset ({', '.join(PRESETS)}), nor settings such as optimizer=adam, nor a "
        "network's file"
    )


def _parts(text: str) -> list[str]:
    """Split at commas; what has no = belongs to the value before it, as in hidden_sizes=64,32."""
    parts: list[str] = []
    for piece in text.split(","):
        if parts and "=" in parts[-1] and "=" not in piece:
            parts[-1] += f",{piece}"
        elif piece.strip():
            parts.append(piece)
    return parts


def _name(config: TrainingConfig, preset_names: Sequence[str], settings: Sequence[str]) -> str:
    """Name a configuration for sentences: Adam, SGD with learning rate 0.1, dropout 0.1 and epochs 3."""
    shown = {name: setting_value(config, name) for name in settings}
    is_kind = {name: bool(TrainingConfig.setting(name).choices) and value != "none" for name, value in shown.items()}
    kinds = [*preset_names, *(shown[name] for name in settings if is_kind[name])]
    others = [f"{TrainingConfig.title(name).lower()} {shown[name]}" for name in settings if not is_kind[name]]
    if len(kinds) + len(others) > MOST_SAID:
        return "this setting"
    listed = " and ".join(filter(None, (", ".join(others[:-1]), *others[-1:])))
    return " with ".join(filter(None, (" ".join(kinds), listed))) or "the default setting"
