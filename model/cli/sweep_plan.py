"""What `sweep` is asked for: the plan in a TOML file and options, or the name of a study that was begun before."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from model.cli.numbers import accuracy, whole_number
from model.config import TrainingConfig
from model.experiments.plan import ExperimentPlan
from model.experiments.space import SearchSpace
from model.presets import preset

PLAN_KEYS = ("name", "trials", "seeds", "until", "objective", "sampler", "pruner", "judge", "timeout", "preset")


def read_plan(file: Path | None, given: dict[str, Any]) -> ExperimentPlan | None:
    """Make the plan of a TOML file and of options, which go before it; None if they name a study and nothing else.

    Raises:
        ValueError: it can't be; one line says why.
        OSError: the file can't be read.
    """
    table = _read_toml(file) if file else {}
    values = {key: value for key, value in table.items() if key not in ("vary", "base")}
    if unknown := sorted(set(values) - set(PLAN_KEYS)):
        raise ValueError(f"{file}: {unknown[0]} is none of {', '.join(PLAN_KEYS)}, base and vary")
    base, vary = table.get("base", {}), table.get("vary", {})
    if not isinstance(base, dict) or not isinstance(vary, (dict, str)):
        raise ValueError(f"{file}: base and vary must be tables")
    options = dict(given)
    text, preset_name = options.pop("vary", None), options.pop("preset_name", None) or values.pop("preset", None)
    settings = base | {name: options.pop(name) for name in list(options) if name in TrainingConfig.model_fields}
    values |= options
    if not file and text is None:
        if not set(values) - {"trials", "timeout"} == {"name"} or settings or preset_name:
            raise ValueError("name what varies: a TOML file, or --vary learning_rate=log:1e-4..1,hidden_sizes=[32;64]")
        return None
    vary = vary if text is None else text
    space = SearchSpace.parse(vary) if isinstance(vary, str) else SearchSpace.from_toml(vary)
    start = preset(str(preset_name)).config if preset_name else TrainingConfig()
    plan = _plan(values, start.changed(**settings), space)
    if "name" in values:
        return plan
    return plan.model_copy(update={"name": file.stem if file else f"sweep-{plan.digest[:8]}"})


def _plan(values: dict[str, Any], base: TrainingConfig, space: SearchSpace) -> ExperimentPlan:
    plain: dict[str, Any] = {"base": base, "space": space}
    for key, value in values.items():
        if key in ("trials", "seeds"):
            plain[key] = whole_number(key, value)
        elif key == "until":
            plain[key] = accuracy("until", value)
        elif key == "objective":
            names = value.split(",") if isinstance(value, str) else value
            if not isinstance(names, list):
                raise ValueError(f"objective must be a text or a list of texts; got {value!r}")
            plain["objectives"] = tuple(str(name).strip() for name in names)
        else:
            plain[key] = value
    return ExperimentPlan.of(plain)


def known_plan(store: Any, given: dict[str, str | None]) -> ExperimentPlan:
    """Return the plan of a study that was begun before, with more trials if they are asked for."""
    plan: ExperimentPlan = store.plan()
    changed = {name: whole_number(name, given[name]) for name in ("trials",) if given.get(name) is not None}
    if given.get("timeout") is not None:
        changed["timeout"] = given["timeout"]  # type: ignore[assignment]
    return ExperimentPlan.of(plan.model_dump() | changed)


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file}: no TOML file ({error})") from None
