"""What a load came to, as figures and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from model.common.machine import phrase

Result = dict[str, Any]  # plain values, as JSON has them


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """The median, and what 95 and 99 of a hundred answers take at most, in milliseconds."""
    if not seconds:
        return {}
    middle, most, nearly_all = np.percentile(np.array(seconds) * 1000, [50, 95, 99]).tolist()
    return {"median": round(middle, 1), "95 %": round(most, 1), "99 %": round(nearly_all, 1)}


def memory_of(megabytes: Sequence[float | None], visitors: int) -> dict[str, float] | None:
    """What the app's process holds: before the visitors come, when all are there, and from then to the end.

    A session's share is what was added by the end; the growth is that of the last half, a line through its values.
    """
    values = [value for value in megabytes if value is not None]
    if len(values) < len(megabytes) or len(values) < 4:
        return None
    second_half = np.array(values[2 + (len(values) - 2) // 2 :])
    slope = np.polyfit(np.arange(len(second_half)), second_half, 1)[0] if len(second_half) > 1 else 0.0
    return {
        "before": round(values[0], 1),
        "opened": round(values[1], 1),
        "end": round(values[-1], 1),
        "session": round((values[-1] - values[0]) / visitors, 2),
        "growth of the last half": round(float(slope) * max(len(second_half) - 1, 0), 1),
    }


def markdown(results: Result) -> str:
    """The README's part: the machine, and a table."""
    idle, load, memory = results["idle"], results["load"], results["memory"]
    errors = sum(results["errors"].values())
    replicas = (
        f"{results['replicas']} replicas behind {results['proxy'] or 'no proxy'}; " if results["replicas"] > 1 else ""
    )
    lines = [
        f"Measured on {results['date']} on {phrase(results['machine'])}.",
        "",
        f"{replicas}{results['sessions']} visitors, each with a drawing every {results['every']:g} s, for"
        f" {results['seconds']:g} s; {results['trainings']} training runs, as many at a time as there are workers.",
        "",
        "| | |",
        "|---|---:|",
        f"| drawings | {results['drawings']:,} |",
        f"| answers, one for each stroke | {results['answers']:,} |",
        f"| errors | {errors} |",
        f"| sessions lost | {results['lost']} |",
        f"| answers to another drawing | {results['wrong']} |",
    ]
    if idle and load:
        for name in idle:
            lines += [
                f"| {name} of the answers | {load[name]:.1f} ms, {load[name] / idle[name]:.2f} times one visitor's |"
            ]
    for what, milliseconds in results["drawing"].items():
        lines += [f"| CPU time of the app for {what} | {milliseconds:.1f} ms |"]
    for kind, seconds in results["cpu"].items():
        lines += [f"| CPU cores used: {kind} | {seconds:.2f} |"]
    if memory:
        lines += [
            f"| memory for each session | {memory['session']:.1f} MB |",
            f"| growth of the app in the last half | {memory['growth of the last half']:.1f} MB |",
        ]
    lines += [f"\nError: {message} ({count} times)" for message, count in results["errors"].items()]
    return "\n".join(lines)
