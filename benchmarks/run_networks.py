"""The command: what the paper on Train costs the app, which sends the browser a network while it learns.

python -m benchmarks.run_networks
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.markdown import Markdown

from model.config import TrainingConfig
from model.jobs import Job, TrainingRequest
from model.jobs.protocol import Command
from ui.browser import run_networks
from ui.state.visitor_state import VisitorState

SHAPES = ((64, 64), TrainingConfig().hidden_sizes, (1024, 1024))
REPEATS = 30
SECONDS_BETWEEN = 0.35  # as ui/browser/run_networks.js asks at most


class _NoScheduler:
    """Stands for the pool: nobody trains these runs."""

    def send(self, job: Job, command: Command) -> None: ...

    def queue_position(self, job: Job) -> int:
        return 0


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Time what the route does for networks of several sizes: bytes, processor time, and its share of one core."""
    rows = ["| network | bytes | sent anew | unchanged | asked for | of one core |", "|---|---:|---:|---:|---:|---:|"]
    with tempfile.TemporaryDirectory() as folder:
        rows += [_row(Path(folder), number, hidden) for number, hidden in enumerate(SHAPES, 1)]
    Console(width=120).print(Markdown("\n".join(rows)))


def _row(folder: Path, number: int, hidden: Sequence[int]) -> str:
    config = TrainingConfig(hidden_sizes=tuple(hidden))
    job = Job(_NoScheduler(), number, TrainingRequest("run", "owner", config, folder), folder / str(number))
    network = job.network()
    network.mlp.initialize(config.initialization, np.random.default_rng(0))
    job.files.write_network(network)
    owner = VisitorState("owner", jobs=[job])

    def ask(known: str = "") -> Any:
        owner.sent_until = 0.0  # as much as it wants
        return run_networks.newest(owner, str(number), known)

    answer = ask()
    new, unchanged = _milliseconds(ask), _milliseconds(lambda: ask(answer.version))
    seconds = max(SECONDS_BETWEEN, len(answer.content) / run_networks.BYTES_PER_SECOND)
    shape = "-".join(map(str, config.sizes))
    return (
        f"| {shape} | {len(answer.content):,} | {new:.2f} ms | {unchanged:.2f} ms | every {seconds:.2f} s | "
        f"{new / seconds / 10:.2f} % |"
    )


def _milliseconds(act: Callable[[], Any]) -> float:
    began = time.process_time()
    for _ in range(REPEATS):
        act()
    return 1000 * (time.process_time() - began) / REPEATS


if __name__ == "__main__":
    main()
