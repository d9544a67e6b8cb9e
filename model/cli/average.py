"""`average`: the mean of several networks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from model.cli.console import as_json_option, load_dataset, print_notes, stdout, value_table
from model.cli.network_file import NetworkFile
from model.ink import sampler
from model.training import checkpoint, checkpoint_formats, soup
from model.training.shipped import find_weights

VALIDATED = "validation_accuracy"


@click.command("average")
@click.argument("files", nargs=-1, required=True, metavar="FILE FILE...", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Write the network here: .safetensors or .npz."
)
@as_json_option
def average_command(files: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Average the parameters of several networks that were trained further from the same one.

    The mean (a model soup; Wortsman et al. 2022) is often better than each of them, and answers as fast as one. They
    must have the same layers and have set the same images aside: the mean is calibrated on these, as the networks are.
    """
    checkpoint_formats.checked_kind(out)
    if not out.parent.is_dir():
        raise ValueError(f"--out must be in a folder that exists; got {out}")
    members = [(file.name, checkpoint.load(find_weights(file))) for file in files]
    config = soup.checked(members)
    mean = soup.average(members, load_dataset(config.data), sampler.read_ink_files(config.ink))
    validated = {name: member.scores.get(VALIDATED) for name, member in members}
    notes = worse_than(mean.scores.get(VALIDATED), validated.values())
    print_notes(notes)
    saved = NetworkFile(out).save(mean)
    saved.warn()
    result = {**mean.scores, "of": validated, "checksum": mean.network.checksum(), "out": str(saved.path)}
    if as_json:
        print(json.dumps(result | {"notes": notes}))
    else:
        stdout.print(
            value_table({f"{VALIDATED} of {name}": f"{value:.2%}" for name, value in validated.items() if value})
        )
        stdout.print(value_table({name: result[name] for name in (VALIDATED, "test_accuracy", "out") if result[name]}))
    sys.exit(2 if saved.why_elsewhere else 0)


def worse_than(reached: Any, members: Iterable[Any]) -> list[str]:
    """Say that a mean validates worse than each of its networks; a validation accuracy that is None is not known."""
    known = [value for value in members if value is not None]
    if reached is None or not known or reached >= min(known):
        return []
    return [
        "the mean is worse than each network: only networks that were trained further from the same one go together"
    ]
