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


def find_weights(named: Path) -> Path:
    """Return the file of a network that is named by its path, or by its name if it comes with Inkling.

    Raises:
        ValueError: There is neither.
    """
    shipped = {path.stem: path for path in sorted(checkpoint.WEIGHTS.glob("*.safetensors"))}
    if named.is_file():
        return named
    if str(named) in shipped:
        return shipped[str(named)]
    raise ValueError(f"{named}: there is no such file; networks that come with Inkling are {', '.join(shipped)}")
