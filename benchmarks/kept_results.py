"""What the benchmark of other people's handwriting keeps: the results of its runs, in a file and in the README.

Results are comparable only with the same settings, so runs are added only to runs of the same ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import ablation, leave_one_out, readme, tables, writer_groups
from benchmarks.runs import Result, Run
from benchmarks.writer_groups import Collections, Source
from model.common.atomic_file import atomic_write
from model.config import TrainingConfig
from tools.readme import replaced

KEPT = Path(__file__).with_name("handwriting.json")  # the runs that README.md shows

Results = dict[str, dict[str, Any]]  # of each part: settings, date, machine, and the results of its runs by name


@dataclass(frozen=True)
class Part:
    """One of the benchmark's parts: how its runs are planned, carried out and summarized."""

    plan: Callable[[TrainingConfig, Source, Collections], list[Run]]
    carry_out: Callable[[Run], Result]
    summary: Callable[[Mapping[str, Result]], Result]


PARTS = {
    leave_one_out.PART: Part(leave_one_out.plan, leave_one_out.carry_out, leave_one_out.summary),
    ablation.PART: Part(ablation.plan, ablation.carry_out, ablation.summary),
}


def settings(runs: list[Run]) -> Result:
    """List what the runs of a part have in common; results are comparable only with the same settings."""
    ink = writer_groups.load(runs[0].source)
    source: Result = {
        "digits": runs[0].source.digits,
        "letters": runs[0].source.letters,
        "fingerprint": ink.fingerprint,
    }
    together = [list(group) for group in dict.fromkeys(run.left_out for run in runs) if len(group) > 1]
    if together and runs[0].part == leave_one_out.PART:
        source["together"] = together
    return {"config": runs[-1].config.model_dump(mode="json"), "ink": source}


def begun(plans: Mapping[str, list[Run]], old: Results, *, partly: bool) -> Results:
    """Collect the earlier results that stay: those with the same settings, and those of parts not run now.

    Raises:
        ValueError: runs are to be added to others (`partly`) that have other settings.
    """
    results = dict(old)
    for name, runs in plans.items():
        ours = settings(runs)
        if name in old and old[name]["settings"] != ours:
            if partly:
                other = ", ".join(differences(old[name]["settings"], ours))
                raise ValueError(
                    f"the runs in {KEPT.name} that these are to stand beside must have the same settings; other there: "
                    f"{other}; leave out --only and --resume to begin anew"
                )
            results.pop(name)
        results.setdefault(name, {"settings": ours, "runs": {}})
    return results


def differences(old: Result, new: Result) -> list[str]:
    """List the settings that differ, with their old and new values."""
    return [
        f"{name} {old[kind].get(name)}, now {value}"
        for kind in new
        for name, value in new[kind].items()
        if old[kind].get(name) != value
    ]


def load(path: Path) -> Results:
    """Read the results of earlier runs from their JSON.

    Raises:
        ValueError: the file holds something else.
    """
    try:
        found = json.loads(path.read_text())
        results = {name: found[name] for name in PARTS if name in found}
        if not results or any(not part["settings"] for part in results.values()):
            raise ValueError
        summarized(results)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(
            f"{path.name} must hold the JSON of earlier runs (`--json`'s last line, or what --write keeps)"
        ) from None
    return results


def kept() -> Results:
    return load(KEPT) if KEPT.is_file() else {}


def take_over(results: Results) -> None:
    """Keep the parts of an earlier benchmark, in place of those kept so far.

    Raises:
        ValueError: it was a quick one.
    """
    if any(part.get("quick") for part in results.values()):
        raise ValueError("--write needs results of whole runs; these are of a quick one")
    keep({**kept(), **results})


def keep(results: Results) -> None:
    """Save the results, and show them in the README."""
    with_summaries = summarized(results)
    with atomic_write(KEPT, durable=True) as file:  # a power cut must not cost what took hours
        file.write((json.dumps(with_summaries, indent=1) + "\n").encode())
    readme.README.write_text(readme_with(with_summaries))


def readme_with(results: Results) -> str:
    """Make the README's text with these results.

    Raises:
        ValueError: it has no place for them.
    """
    text = readme.README.read_text()
    for name in PARTS:
        content = tables.markdown(name, results[name]) if name in results else "Not measured yet."
        text = replaced(text, f"handwriting-{name}", content)
    return text


def summarized(results: Results) -> Results:
    """Add its summary to each part that has runs."""
    return {
        name: {**results[name], "summary": PARTS[name].summary(results[name]["runs"])}
        for name in PARTS
        if name in results and results[name]["runs"]
    }
