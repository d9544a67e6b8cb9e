"""How long a training run takes beside busy programs: on as many threads as it chooses, and on each fixed number.

    python -m benchmarks.busy_machine --busy 1 --hidden-sizes 128 --rounds 7

Each round trains once with each, in an order that changes from round to round, and compares them with one another: what
else goes on in the machine is then nearly the same for all of them. A round is left out if other programs than the
busy ones took more than a fifth of a core in any of its runs. The ratio is the median of the rounds: seconds on
the chosen number to seconds on the best fixed one. It is held to 1.3: above it the exit code is 1, and 3 if no round
was quiet enough to tell.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks.processes import cpu_seconds
from model.common.cores import cores

MOST = 1.3  # times the best
PATIENCE = 5.0  # times the chosen one: a fixed number that takes longer is stopped there
QUIET = 0.2  # of a core, that other programs may take
CHOSEN = "chosen"
SPIN = "while True: pass"
NOT_IDLE = (0, 1, 2, 5, 6, 7)  # of a line of /proc/stat: user, nice, system, interrupts, stolen


@dataclass(frozen=True)
class Measured:
    """What one training took."""

    seconds: float  # of training, by the clock; of one that was stopped, until then
    cpu_seconds: float  # of the whole command, with its start
    others: float  # cores that other programs took meanwhile, neither this one nor the busy ones
    threads: str  # that it noted


Round = Mapping[str, Measured]  # by number of threads, or CHOSEN


def ratio(rounds: Sequence[Round]) -> tuple[float, str] | None:
    """The median of the rounds' ratios of the chosen number to the best fixed one, and which that is.

    Only rounds are counted in which the machine was quiet; None if there is none.
    """
    quiet = [each for each in rounds if all(it.others <= QUIET for it in each.values())]
    if not quiet:
        return None
    fixed = [name for name in quiet[0] if name != CHOSEN]
    best = min(fixed, key=lambda name: statistics.median(each[name].seconds for each in quiet))
    return statistics.median(each[CHOSEN].seconds / each[best].seconds for each in quiet), best


def train(arguments: list[str], busy: Sequence[int], timeout: float | None = None) -> Measured:
    """Train on the command line, beside programs of these numbers."""
    command = [sys.executable, "-m", "model", "train", *arguments, "--fresh", "--json"]
    began, before, spun = time.monotonic(), _ticks(), _spent(busy)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    before_children = os.times()
    try:
        out, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, _ = process.communicate()
    after_children = os.times()
    passed = time.monotonic() - began
    own = sum(after_children[2:4]) - sum(before_children[2:4])
    others = (_ticks() - before - own - (_spent(busy) - spun)) / passed
    if not out.strip():
        return Measured(passed, round(own, 2), round(others, 2), "stopped")
    result = json.loads(out.splitlines()[-1])
    return Measured(result["seconds"], round(own, 2), round(others, 2), str(result["threads"]))


def _ticks() -> float:
    """For how many seconds the cores have computed so far; nothing where that is not known."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return 0.0
    return sum(int(fields[place]) for place in NOT_IDLE) / os.sysconf("SC_CLK_TCK")


def _spent(processes: Sequence[int]) -> float:
    """For how many seconds processes have computed."""
    return sum(cpu_seconds(processes).values())


def measure(arguments: list[str], busy: Sequence[int], rounds: int) -> list[Round]:
    """Train on the chosen number and on each fixed one, as often as there are rounds, and print each."""
    names = [CHOSEN, *map(str, range(1, cores() + 1))]
    patience: float | None = None
    done: list[Round] = []
    for number in range(rounds):
        taken: dict[str, Measured] = {}
        for name in names[number % len(names) :] + names[: number % len(names)]:
            began = time.monotonic()
            fixed = [] if name == CHOSEN else ["--threads", name]
            taken[name] = it = train([*arguments, *fixed], busy, None if name == CHOSEN else patience)
            if name == CHOSEN:
                patience = PATIENCE * max((patience or 0) / PATIENCE, time.monotonic() - began)
            print(
                f"round {number + 1}: {name:>6} ({it.threads}): {it.seconds:6.2f} s, {it.cpu_seconds:6.2f} s of"
                f" processors; others took {it.others:.2f} cores",
                flush=True,
            )
        done.append(taken)
    return done


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--busy", type=click.IntRange(0), default=1, show_default=True, help="Busy programs beside it.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--data", default="mnist-5k", show_default=True)
@click.option("--hidden-sizes", default="512,256", show_default=True)
@click.option("--epochs", default="4", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def main(busy: int, rounds: int, data: str, hidden_sizes: str, epochs: str, as_json: bool) -> None:
    """Say whether a training run beside busy programs chooses its threads well."""
    arguments = ["--data", data, "--hidden-sizes", hidden_sizes, "--epochs", epochs]
    programs = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(busy)]
    try:
        done = measure(arguments, [program.pid for program in programs], rounds)
    finally:
        for program in programs:
            program.kill()
    found = ratio(done)
    if found:
        print(f"{busy} busy: {found[0]:.2f} times as long as on the best fixed number, {found[1]}")
    else:
        print("in each round other programs took too much: nothing can be said; close them, and try again")
    if as_json:
        print(json.dumps([{name: asdict(it) for name, it in each.items()} for each in done]))
    sys.exit(3 if found is None else int(found[0] > MOST))


if __name__ == "__main__":
    main()
