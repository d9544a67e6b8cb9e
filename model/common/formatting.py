"""How numbers are written for people, the same in the app, on the command line and in the documentation."""

from __future__ import annotations


def format_duration(seconds: float) -> str:
    """Write seconds as a stretch of time: 14 min 42 s, or 2.9 s below a minute."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def format_measure(measure: str, value: float, decimals: int = 2) -> str:
    """Write a measure's value: 92.70 %, 0.035363 (a cost per output), 14 min 42 s (a time)."""
    if measure == "seconds_to_best":
        return format_duration(value)
    return f"{value:.6f}" if measure == "cost_per_output" else f"{100 * value:.{decimals}f} %"


def format_share(share: float) -> str:
    """Write a share in as many digits as a sentence needs: 98 %, 2.4 %, 99.6 %; 100 % is all of it."""
    percents = 100 * share
    if share >= 0.99 and share < 1:
        return f"{min(percents, 99.9):.1f} %"
    return f"{percents:.2g} %" if percents < 10 else f"{percents:.0f} %"
