"""`export`: a trained network as a file for elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import click

from model.cli.console import as_json_option, stdout
from model.training import checkpoint
from model.training.shipped import find_weights


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write; its ending is the format: page.html, network.onnx, network.npz, network.safetensors, "
    "network.zip.",
)
@click.option("--name", help="What the page calls the network; by default FILE's name.")
@as_json_option
def export_command(file: Path, target: Path, name: str | None, as_json: bool) -> None:
    """Write a trained network in another format.

    FILE is the network's file, or the name of a network that comes with Inkling, such as handwriting.

    .html is a page with paper that reads what one draws on it, with no server and no internet. .onnx is for other
    programs; it needs the package onnx. .npz and .safetensors hold the weights, and Inkling opens them. .zip holds the
    weights with a program that reads digits with NumPy alone.
    """
    from model.export import formats

    ending = formats.checked_ending(target)
    source = find_weights(file)
    if not target.parent.is_dir():
        raise ValueError(f"{target.parent}: there is no such folder")
    size = formats.export(checkpoint.load(source), target, name or source.stem)
    if as_json:
        print(json.dumps({"path": str(target), "bytes": size, "format": ending.removeprefix(".")}))
    else:
        stdout.print(f"{target}: {size:,} bytes", markup=False, highlight=False, soft_wrap=True)
