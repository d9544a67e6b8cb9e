"""The pages on settings and presets, from TrainingConfig and PRESETS."""

from __future__ import annotations

from typing import Any

from model.config import TrainingConfig
from model.presets import PRESETS
from tools.reference.markdown import table

FIELDS = TrainingConfig.model_fields


def settings_page() -> str:
    """Describe every field of TrainingConfig."""
    rows = [
        (
            f"`{name}`",
            TrainingConfig.title(name),
            default(name),
            allowed(name),
            "yes" if TrainingConfig.setting(name).live else "",
        )
        for name in FIELDS
    ]
    return "\n\n".join(
        (
            "# Settings",
            "A training run is described by one frozen `TrainingConfig`. The same values give the same network, bit "
            "for bit, on the same machine with the same number of threads. The app's controls, the options of "
            "`python -m model train`, the parameters of the Train page's address and the metadata of a saved network "
            "all have these names.",
            table(("name", "title", "default", "allowed", "live"), rows),
            "*Live* settings can change during a run: in the app by moving the control, in Python by "
            "`run.send(Change(...))`. The change takes effect before the next step.",
            "## Each setting",
            *(f"### {TrainingConfig.title(name)}\n\n{_facts(name)}\n\n{TrainingConfig.help(name)}" for name in FIELDS),
        )
    )


def _facts(name: str) -> str:
    """Say in one line what holds for a setting."""
    setting = TrainingConfig.setting(name)
    facts = [f"`{name}`", f"command line `--{name.replace('_', '-')}`", f"default {default(name)}", allowed(name)]
    if setting.unit:
        facts[-1] += f" ({setting.unit})"
    for other, values in setting.used_with.items():
        with_values = f"= {', '.join(f'`{value}`' for value in values)}" if values else "not empty"
        facts.append(f"has an effect with `{other}` {with_values}")
    if setting.live:
        facts.append("can change during a run")
    if setting.fork_fixed:
        facts.append("a fork keeps it")
    return " · ".join(facts)


def allowed(name: str) -> str:
    """Say which values a setting can take."""
    limits, kind = TrainingConfig.limits(name), FIELDS[name].annotation
    if options := TrainingConfig.options(name):
        return ", ".join(f"`{option}`" for option in options)
    if kind is bool:
        return "`true`, `false`"
    if kind is str:
        return "text"
    if "max_length" in limits:
        return f"at most {limits['max_length']:g} whole numbers, separated by commas"
    closed = {"ge", "le"} <= limits.keys()
    words = {"ge": "", "le": "to "} if closed else {"ge": "at least ", "gt": "above ", "lt": "below ", "le": "at most "}
    span = [f"{words[key]}{_number(limits[key])}" for key in ("ge", "gt", "lt", "le") if key in limits]
    return f"{'whole number, ' if kind is int else ''}{(' ' if closed else ', ').join(span)}"


def default(name: str) -> str:
    """Show a setting's default."""
    return _value(FIELDS[name].default)


def _number(value: float) -> str:
    return f"{value:,}" if value >= 1000 else f"{value:g}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"`{','.join(map(str, value))}`"
    return f"`{str(value).lower()}`" if value != "" else "none"


def presets_page() -> str:
    """List the presets and the settings in which each differs from the defaults."""
    rows = [
        (
            f"`{name}`",
            f"{'-'.join(map(str, preset.config.sizes))} {preset.config.activation}",
            preset.summary,
            preset.published,
        )
        for name, preset in PRESETS.items()
    ]
    defaults = TrainingConfig()
    details = [
        f"## {name}\n\n    python -m model train --preset {name}\n\n"
        + table(
            ("setting", "value"),
            [
                (f"`{field}`", _value(getattr(preset.config, field)))
                for field in FIELDS
                if getattr(preset.config, field) != getattr(defaults, field)
            ],
        )
        for name, preset in PRESETS.items()
    ]
    return "\n\n".join(
        (
            "# Presets",
            "A preset is a network and the settings to train it, by name: `--preset NAME` on the command line, the "
            "menu *Preset* on the Train page. The tables below list what differs from the [defaults](settings.md). "
            "[Results](../results.md) compares the published networks with what they reach here.",
            table(("name", "network", "what it is", "published"), rows),
            *details,
        )
    )
