"""The arguments that name trained networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from model.common.paths import expanded, is_file
from model.inference.committee import MAX_VIEWS
from model.training import checkpoint
from model.training.shipped import find_weights, shipped


def networks_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which networks answer, and how many views of each image they get."""
    views = click.option(
        "--views",
        type=click.IntRange(1, MAX_VIEWS),
        default=1,
        show_default=True,
        help="Average over this many views of each image, the others a little distorted. 32 are a good number: more "
        "accurate, and as many times slower.",
    )
    weights = click.option(
        "--weights",
        default=str(checkpoint.DEFAULT_WEIGHTS),
        help="The network's file, or its name if it comes with Inkling; by default the one that the Draw page starts "
        "with. Of several, separated by commas, the mean of their probabilities counts.",
    )
    return weights(views(command))


def load_networks(listed: str) -> list[checkpoint.Checkpoint]:
    """Load the networks of a list that is separated by commas, by their files or their names.

    Raises:
        ValueError: A file is not there, or no network.
        OSError: A file can't be read.
    """
    parts = [listed] if is_file(listed) else [part.strip() for part in listed.split(",") if part.strip()]
    if not parts:
        raise ValueError(f"--weights must name a network's file; networks with Inkling are {', '.join(shipped())}")
    return [checkpoint.load(find_weights(expanded(part))) for part in parts]
