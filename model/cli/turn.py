"""The option that turns the images of a data set whose digits do not stand upright."""

from __future__ import annotations

import click

from model.data.orientation import TURNS

turn_option = click.option(
    "--turn",
    type=click.Choice(list(TURNS)),
    help="Turn the images first; EMNIST's need 'transpose'. A message says so where it would help.",
)
