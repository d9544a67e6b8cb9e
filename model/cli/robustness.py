"""`break` and `stress`: what is left of a network's accuracy once it, or its images, have been perturbed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.markup import escape
from rich.table import Table

from model.cli.console import as_json_option, load_dataset, print_notes, stderr, stdout
from model.cli.turn import turn_option
from model.cli.weights import load_networks
from model.common.arrays import Array
from model.data import Dataset
from model.training import checkpoint

DATA_HELP = "mnist, mnist-5k, or the path of a data set or an ink file."
ONE_NETWORK_HELP = "The network's file, or its name if it comes with Inkling; by default the one that Draw starts with."
NETWORKS_HELP = "The networks' files or names, separated by commas; by default the network that Draw starts with."
IMAGES_HELP = "Measure on at most this many images, spread evenly over the data set; 0 takes all."
SHARES = ("accuracy", "lowest", "highest", "before", "after")  # columns of a table


def common_options(weights_help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options that both commands have."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in (
            as_json_option,
            click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Also write the results here."),
            turn_option,
            click.option("--images", type=click.IntRange(0), default=2000, show_default=True, help=IMAGES_HELP),
            click.option("--data", "source", default="mnist-5k", show_default=True, help=DATA_HELP),
            click.option("--weights", default=str(checkpoint.DEFAULT_WEIGHTS), help=weights_help),
        ):
            command = option(command)
        return command

    return add


@click.command("break")
@common_options(ONE_NETWORK_HELP)
@click.option("--silence", help="Silence this share of the hidden units: 30%, or 0.3; or unit numbers: 3,7,12-20.")
@click.option("--strongest", is_flag=True, help="With --silence: the strongest units first, not random ones.")
@click.option("--noise", type=float, help="Add noise to the weights, with this multiple of their standard deviation.")
@click.option("--bits", type=int, help="Round the weights to this many bits.")
@click.option("--cut", is_flag=True, help="Set all weights of the layer to 0.")
@click.option("--shuffle", is_flag=True, help="Permute the weights of the layer at random.")
@click.option("--reset", is_flag=True, help="Give the layer new random weights.")
@click.option(
    "--layer",
    type=click.IntRange(1),
    help="Layer to perturb, counted from 1 [default: all]. --cut, --shuffle, --reset and unit numbers need it.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the random perturbations.")
@click.option("--out", type=click.Path(path_type=Path), help="Save the perturbed network here.")
def break_command(**given: Any) -> None:
    """Perturb a network, and score it before and after, by digit.

    Without a perturbation, the curves are measured: accuracy against the share of units silenced, against noise on
    the weights, and against their bits.
    """
    from model.robustness import trials
    from model.robustness.tables import curve_csv, to_csv

    trained = _one(given["weights"])
    perturbation = _perturbation(given, trained)
    dataset, images, labels = _images(given)
    network = trained.network
    result: dict[str, Any] = {"weights": given["weights"], "data": dataset.name, "n": len(labels)}
    if perturbation is None:
        if given["out"]:
            raise ValueError("--out saves a perturbed network: say how, such as --silence 30%")
        planned = [*trials.silencing(network.mlp), *trials.noise(), *trials.rounding()]
        points = trials.measure(network, planned, images, labels)
        result["curves"] = [point._asdict() for point in points]
        _write(given["csv_file"], curve_csv(points))
        _finish(given, result, _table(("series", "amount", "accuracy", "lowest", "highest"), result["curves"]))
        return
    perturbed = perturbation.applied(network)
    before, after = (trials.predictions(one, images) == labels for one in (network, perturbed))
    rows = [
        {"digit": digit, "n": int(chosen.sum()), "before": _share(before[chosen]), "after": _share(after[chosen])}
        for digit in range(10)
        for chosen in [labels == digit]
    ]
    result |= {
        "perturbation": perturbation.to_json(),
        "description": str(perturbation),
        "accuracy_before": _share(before),
        "accuracy": _share(after),
        "by_digit": rows,
    }
    if given["out"]:
        scores = {"perturbation": str(perturbation)} | {
            name: score for name, score in trained.scores.items() if not name.endswith("_accuracy")
        }
        checkpoint.Checkpoint(perturbed, trained.config, scores).save(given["out"])
        result["out"] = str(given["out"])
    _write(given["csv_file"], to_csv(("digit", "n", "before", "after"), rows))
    table = _table(("digit", "n", "before", "after"), rows)
    table.title = f"{perturbation}: {_said(result['accuracy_before'])} before, {_said(result['accuracy'])} after"
    _finish(given, result, table)


@click.command("stress")
@common_options(NETWORKS_HELP)
@click.option("--kinds", default="", help="Which stresses, separated by commas; by default all of them.")
def stress_command(**given: Any) -> None:
    """Score networks on images that are shifted, rotated, scaled, thickened, noisy or blurred more and more."""
    from model.robustness import stress as stresses
    from model.robustness import trials
    from model.robustness.tables import to_csv

    wanted = stresses.find_stresses([name.strip() for name in given["kinds"].split(",") if name.strip()])
    names = [Path(name.strip()).stem for name in given["weights"].split(",")]
    networks = [one.network for one in load_networks(given["weights"])]
    dataset, images, labels = _images(given)
    rows: list[dict[str, Any]] = []
    for kind, stress in wanted.items():
        for amount in stress.amounts:
            changed = stresses.stressed(images, stress, amount)
            shares = [_share(trials.predictions(network, changed) == labels) for network in networks]
            rows += [
                {"stress": kind, "amount": amount, "unit": stress.unit, "network": name, "accuracy": share}
                for name, share in zip(names, shares, strict=True)
            ]
    result = {"weights": given["weights"], "data": dataset.name, "n": len(labels), "results": rows}
    columns = ("stress", "amount", "unit", "network", "accuracy")
    _write(given["csv_file"], to_csv(columns, rows))
    _finish(given, result, _table(columns, rows))


def _one(weights: str) -> checkpoint.Checkpoint:
    trained = load_networks(weights)
    if len(trained) > 1:
        raise ValueError(f"--weights must name one network to break; got {len(trained)}")
    return trained[0]


def _perturbation(given: dict[str, Any], trained: checkpoint.Checkpoint) -> Any:
    """Return what is to be done to the network; None if nothing was said.

    Raises:
        ValueError: More than one thing was said, or it can't be done to this network.
    """
    from model.robustness.layer_changes import CutLayer, ResetLayer, ShuffleLayer
    from model.robustness.weight_changes import RoundWeights, WeightNoise

    said = [
        name for name in ("silence", "noise", "bits", "cut", "shuffle", "reset") if given[name] not in (None, False)
    ]
    if len(said) > 1:
        raise ValueError(f"choose one of --{' and --'.join(said)}: a network is perturbed in one way at a time")
    if given["strongest"] and said != ["silence"]:
        raise ValueError("--strongest goes with --silence and a share, such as --silence 30%")
    layer = None if given["layer"] is None else given["layer"] - 1
    seed, config = given["seed"], trained.config
    if not said:
        return None
    if said[0] in ("cut", "shuffle", "reset") and layer is None:
        raise ValueError(f"--{said[0]} needs --layer, from 1 to {len(trained.network.mlp.layers)}")
    match said[0]:
        case "silence":
            perturbation: Any = _silence(given["silence"], layer, seed, strongest=given["strongest"])
        case "noise":
            perturbation = WeightNoise(given["noise"], layer, seed)
        case "bits":
            perturbation = RoundWeights(given["bits"], layer)
        case "cut":
            perturbation = CutLayer(layer or 0)
        case "shuffle":
            perturbation = ShuffleLayer(layer or 0, seed)
        case _:
            made = (config.initialization, config.initial_std) if config else ()
            perturbation = ResetLayer(layer or 0, seed, *made)
    perturbation.check(trained.network.mlp)
    return perturbation


def _silence(text: str, layer: int | None, seed: int, *, strongest: bool) -> Any:
    from model.robustness.silencing import SilenceShare, SilenceUnits, parse_units

    bare = text.strip().removesuffix("%").strip()
    is_share = text.strip().endswith("%") or "." in text
    if not is_share:
        if layer is None:
            raise ValueError("units are numbered within a layer: name it with --layer, or give a share such as 30%")
        if strongest:
            raise ValueError("--strongest goes with a share, such as --silence 30%")
        return SilenceUnits(layer, parse_units(text))
    try:
        share = float(bare) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise ValueError(f"--silence must be a share such as 30% or units such as 3,7,12-20; got {text!r}") from None
    return SilenceShare(share, "strongest" if strongest else "random", layer, seed)


def _images(given: dict[str, Any]) -> tuple[Dataset, Array, Array]:
    """Return the data set, and the images and labels to measure on: its test part, or all without one."""
    dataset = load_dataset(given["source"], given["turn"])
    images, labels = dataset.test_images, dataset.test_labels
    if not len(labels):
        images, labels = dataset.images, dataset.labels
        print_notes(["this data set has no test part: all of its images are measured"])
    if not len(labels):
        raise ValueError("there must be labeled images to measure on; got none")
    count = min(given["images"] or len(labels), len(labels))
    chosen = np.linspace(0, len(labels) - 1, count).round().astype(np.intp)
    return dataset, np.asarray(images[chosen]), np.asarray(labels[chosen])


def _share(right: Array) -> float | None:
    return float(right.mean()) if len(right) else None


def _said(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f} %"


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> Table:
    table = Table(*columns)
    for row in rows:
        table.add_row(*(_said(row[name]) if name in SHARES else escape(f"{row[name]}") for name in columns))
    return table


def _write(path: Path | None, content: str) -> None:
    if path:
        path.write_text(content, encoding="utf-8")
        stderr.print(f"{path}: written", markup=False, highlight=False, soft_wrap=True)


def _finish(given: dict[str, Any], result: dict[str, Any], table: Table) -> None:
    if given["as_json"]:
        print(json.dumps(result))
    else:
        stdout.print(table)
        stdout.print(f"{result['n']:,} images of {result['data']}", markup=False, highlight=False)
