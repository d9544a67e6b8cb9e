"""How long a training takes beside busy programs: on as many threads as it chooses, and on each fixed number.

    python -m benchmarks.busy_machine --busy 1 --hidden-sizes 128

prints a line for each, and the ratio of the chosen to the best; above 1.3 the exit code is 1. A fixed number that takes
more than five times as long as the chosen one is stopped there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import Any

from model.common.cores import cores

MOST = 1.3  # times the best
PATIENCE = 5.0  # times the chosen one
SPIN = "while True: pass"


def train(arguments: list[str], timeout: float | None = None) -> dict[str, Any] | None:
    """Train on the command line: the result, None if it takes too long."""
    command = [sys.executable, "-m", "model", "train", *arguments, "--fresh", "--json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True)
    except subprocess.TimeoutExpired:
        return None
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Measure, print, and say whether the choice was good."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", type=int, default=1, help="busy programs beside it")
    parser.add_argument("--data", default="mnist-5k")
    parser.add_argument("--hidden-sizes", default="512,256")
    parser.add_argument("--epochs", default="4")
    options = parser.parse_args()
    arguments = ["--data", options.data, "--hidden-sizes", options.hidden_sizes, "--epochs", options.epochs]
    programs = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(options.busy)]
    try:
        began = time.monotonic()
        chosen = train(arguments)
        taken = time.monotonic() - began
        assert chosen
        print(f"chosen ({chosen['threads']}): {chosen['seconds']:.2f} s")
        best = chosen["seconds"]
        for threads in range(1, cores() + 1):
            fixed = train([*arguments, "--threads", str(threads)], timeout=PATIENCE * taken)
            print(f"{threads}: {fixed['seconds']:.2f} s" if fixed else f"{threads}: more than {PATIENCE * taken:.0f} s")
            best = min(best, fixed["seconds"]) if fixed else best
    finally:
        for program in programs:
            program.kill()
    ratio = chosen["seconds"] / best
    print(f"{options.busy} busy: {ratio:.2f} times the best")
    sys.exit(0 if ratio <= MOST else 1)


if __name__ == "__main__":
    main()
