"""The arguments that name a trained network."""

from __future__ import annotations

from pathlib import Path

import click

from model.training import checkpoint
from model.training.shipped import find_weights

weights_option = click.option(
    "--weights",
    type=click.Path(path_type=Path),
    default=checkpoint.DEFAULT_WEIGHTS,
    callback=lambda _context, _option, value: find_weights(value),
    help="The network's file, or the name of one that comes with Inkling; by default the one that the Draw page starts "
    "with.",
)
