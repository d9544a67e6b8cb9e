"""A network is layers of units, each joined to all units of the layer before; the drawing follows the settings.

A layer is a column of dots: up to eleven units have a dot each, and of more only their order of magnitude shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from model.config import TrainingConfig
from ui.common.glossary import NAMES

WIDTH, HEIGHT = 360, 196
MIDDLE, SPACING, RADIUS = 98, 3.3, 1.25  # of the columns of dots
DOTS_PER_FOLD = 4.4  # a layer e times as large has this many dots more
FAN = 6  # dots of a column that lines are drawn from: all of them would be a gray field
ROOM_FOR_DIGITS = 6.2  # the width of a digit in small print


def network_svg(config: TrainingConfig) -> str:
    """Draw the network that a config describes as an SVG, for st.markdown with unsafe_allow_html (st.html drops SVG).

    It shows each layer's units and parameters, the activation, and the totals of parameters and multiply-adds.
    """
    sizes = config.sizes
    columns = [(place + 0.5) * WIDTH / len(sizes) for place in range(len(sizes))]
    heights = [_dots(size) for size in sizes]
    parts = [
        *(_joins(*ends) for ends in zip(pairwise(columns), pairwise(heights), strict=True)),
        *(_column(x, dots) for x, dots in zip(columns, heights, strict=True)),
        *(_text(x, 16, f"{size:,}", 12, kind="units") for x, size in zip(columns, sizes, strict=True)),
        *_parameter_labels(config, columns),
        *_names(config, columns),
        _text(WIDTH / 2, 191, totals(config), 12, kind="total"),
    ]
    style = f"--columns:{len(sizes)}; display:block; width:100%; max-width:36rem; height:auto; margin:0 auto"
    return (
        f'<div><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(_label(config))}" '
        f'style="{style}">{"".join(parts)}</svg></div>'
    )


def multiply_adds(config: TrainingConfig) -> int:
    """How many multiplications by weights it takes to read one image."""
    return sum(inputs * outputs for inputs, outputs in pairwise(config.sizes))


def totals(config: TrainingConfig) -> str:
    """The size of the network and of the work, in words."""
    return f"{config.num_parameters:,} parameters, {multiply_adds(config):,} multiply-adds per image"


def describe_network(config: TrainingConfig) -> str:
    """What the network consists of: "784 inputs, a hidden layer of 128 units with ReLU, and 10 outputs"."""
    hidden = [f"{size:,}" for size in config.hidden_sizes]
    layers = ""
    if hidden:
        sizes = f"{', '.join(hidden[:-1])} and {hidden[-1]}" if len(hidden) > 1 else hidden[0]
        named = "a hidden layer of" if len(hidden) == 1 else f"{len(hidden)} hidden layers of"
        units = "unit" if hidden == ["1"] else "units"
        layers = f", {named} {sizes} {units} with {_bend(config)},"
    return f"{config.sizes[0]} inputs{layers} and {config.sizes[-1]} outputs"


def _label(config: TrainingConfig) -> str:
    """The whole drawing, for those who do not see it."""
    answers = "each digit and one for what is none" if config.background else "each digit"
    return f"The network: {describe_network(config)}, one for {answers}; {totals(config)}."


def _bend(config: TrainingConfig) -> str:
    name = NAMES.get(config.activation, config.activation)
    return f"batch normalization and {name}" if config.batch_normalization else name


def _dots(size: int) -> int:
    return min(size, round(DOTS_PER_FOLD * math.log(1 + size)))


def _places(dots: int) -> list[float]:
    """The height of each dot of a column, from the top."""
    return [MIDDLE + (place - (dots - 1) / 2) * SPACING for place in range(dots)]


def _column(x: float, dots: int) -> str:
    # Lines of no length with round ends: one path for all the dots.
    path = "".join(f"M{x:.1f} {y:.1f}h0" for y in _places(dots))
    return f'<path d="{path}" stroke="currentColor" stroke-width="{2 * RADIUS}" stroke-linecap="round"/>'


def _joins(columns: tuple[float, float], dots: tuple[int, int]) -> str:
    starts, ends = (_fan(count) for count in dots)
    left, right = columns[0] + 3, columns[1] - 3
    path = "".join(f"M{left:.1f} {start:.1f}L{right:.1f} {end:.1f}" for start in starts for end in ends)
    return f'<path d="{path}" stroke="currentColor" stroke-width="0.5" opacity="0.22" fill="none"/>'


def _fan(dots: int) -> list[float]:
    """The heights of a few dots of a column, the first and the last among them."""
    places, count = _places(dots), min(dots, FAN)
    return [places[round(place * (dots - 1) / max(count - 1, 1))] for place in range(count)]


def _parameter_labels(config: TrainingConfig, columns: Sequence[float]) -> list[str]:
    counts = config.layer_parameters
    exact = max(len(f"{count:,}") for count in counts) * ROOM_FOR_DIGITS < columns[1] - columns[0]
    return [
        _text((left + right) / 2, 171, f"{count:,}" if exact else _short(count), 11, kind="detail")
        for (left, right), count in zip(pairwise(columns), counts, strict=True)
    ]


def _short(count: int) -> str:
    """Three digits and the order of magnitude: 50.2k, 16.8M."""
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.3g}{sign}" if count < 999.5 * size else f"{count / size:.0f}{sign}"
    return str(count)


def _names(config: TrainingConfig, columns: Sequence[float]) -> list[str]:
    last = "digit, if any" if config.background else "digit"
    names = [
        _text(columns[0], 29, "image", 11, kind="detail"),
        _text(min(columns[-1], WIDTH - ROOM_FOR_DIGITS * len(last) / 2), 29, last, 11, kind="detail"),
    ]
    if config.hidden_sizes:
        names.append(_text((columns[1] + columns[-2]) / 2, 29, _bend(config), 11, kind="detail"))
    return names


def _text(x: float, y: float, text: str, size: int, *, kind: str) -> str:
    """A text whose middle is at x. Its kind is the class by which the style sheet knows it."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y}" fill="currentColor" text-anchor="middle" '
        f'style="font-size:{size}px">{escape(text)}</text>'
    )
