"""The arguments that name a trained network."""

from __future__ import annotations

from pathlib import Path

import click

from model.training import checkpoint

weights_option = click.option(
    "--weights",
    type=click.Path(path_type=Path),
    default=checkpoint.DEFAULT_WEIGHTS,
    help="The network's file; by default the one that the Draw page starts with.",
)
